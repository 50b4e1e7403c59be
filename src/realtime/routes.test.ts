import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { systemClock } from '../platform/clock/index.ts';
import { createEvents, type EventRecord, type Events } from '../platform/events/index.ts';
import { type App, createHttpServer } from '../platform/http/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import { type Realtime, type RealtimeOptions, registerRealtimeRoutes } from './index.ts';

type Message = { type: string; channel: string | null; data: Record<string, unknown>; id: number | null };

const PUBLIC_URL = 'https://robian.example';
let app: App;
let realtime: Realtime;
let base: string;

async function open(options: Partial<RealtimeOptions> & Pick<RealtimeOptions, 'events'>): Promise<void> {
  app = await createHttpServer({
    logger: createLogger({ level: 'silent' }),
    publicUrl: PUBLIC_URL,
    trustProxy: false,
    version: 'test',
  });
  realtime = await registerRealtimeRoutes(app, {
    clock: systemClock,
    publicUrl: PUBLIC_URL,
    corsOrigins: ['https://app.example'],
    authenticate: async (token) => (token === 'of-u1' ? { accountId: 'u1', expiresAt: null } : null),
    onError: (error) => {
      throw error;
    },
    ...options,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  base = `127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

/** A client that remembers what it hears. */
async function connect(options: ClientOptions & { path?: string } = {}) {
  const socket = new WebSocket(`ws://${base}${options.path ?? '/ws'}`, options);
  const heard: Message[] = [];
  socket.on('message', (data) => heard.push(JSON.parse(String(data))));
  await once(socket, 'open');
  return {
    socket,
    heard,
    say: (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    /** What was heard of a type, once there are that many. */
    hears: async (type: string, count = 1): Promise<Message[]> => {
      await vi.waitFor(() => expect(heard.filter((one) => one.type === type).length).toBeGreaterThanOrEqual(count), {
        timeout: 5_000,
      });
      return heard.filter((one) => one.type === type);
    },
    closed: async (): Promise<number> => {
      const [code] = socket.readyState === socket.CLOSED ? [1006] : await once(socket, 'close');
      return code as number;
    },
  };
}

/** The status with which a connection is refused, and the code of the problem. */
async function refusal(options: { path?: string; origin?: string }): Promise<[number | undefined, string]> {
  const socket = new WebSocket(`ws://${base}${options.path ?? '/ws'}`, options);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  let body = '';
  for await (const chunk of response) body += chunk;
  return [response.statusCode, JSON.parse(body).code];
}

/** An event stream as a browser reads it. */
async function listen(query: string, headers: Record<string, string> = {}) {
  const [response] = (await once(get(`http://${base}/api/events${query}`, { headers }), 'response')) as [
    IncomingMessage,
  ];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const messages = () =>
    [...text.matchAll(/(?:id: (\d+)\n)?event: (\w+)\ndata: (.+)\n\n/g)].map(([, id, event, data = '{}']) => ({
      id: id === undefined ? null : Number(id),
      event,
      data: JSON.parse(data) as Message,
    }));
  return { response, messages, text: () => text };
}

describe('news from the database', () => {
  let database: TestDatabase;
  let events: Events;
  beforeAll(async () => {
    database = await openTestDatabase();
    events = createEvents({ database, onError: () => undefined });
    for (const id of ['a', 'b', 'c']) await append('debate_created', { debate_id: id });
    await open({ events });
  });
  afterAll(async () => {
    await app.close();
    await events.close();
    await database.close();
  });
  const append = (type: string, data: Record<string, unknown>, channel = 'debates'): Promise<void> =>
    database.db.transaction().execute((trx) => events.append(trx, { type, channel, data }));

  it('reach a WebSocket that follows them, as numbered frames', async () => {
    const client = await connect();
    client.say({ type: 'subscribe', channel: 'debate:x' });
    const [subscribed] = await client.hears('subscribed');
    await append('debate_started', { debate_id: 'x', state: 'live' });
    await append('debate_started', { debate_id: 'y', state: 'live' });
    await append('extraction_started', { debate_id: 'x' }, 'extractions');
    const [started] = await client.hears('debate_started');
    await client.hears('extraction_started');
    expect(started).toEqual({
      type: 'debate_started',
      channel: 'debate:x',
      data: { debate_id: 'x', state: 'live' },
      id: Number(subscribed?.data.after) + 1,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(client.heard.map((one) => one.type)).toEqual(['subscribed', 'debate_started', 'extraction_started']);
    client.socket.terminate();
  });

  it('that were missed come first after a reconnection, however far back, then those to come', async () => {
    const client = await connect();
    client.say({ type: 'subscribe', channel: 'debates', after: 1 });
    await client.hears('debate_created', 2);
    await append('debate_updated', { debate_id: 'a' });
    await client.hears('debate_updated');
    const ids = client.heard.flatMap((one) => (one.id === null ? [] : [one.id]));
    expect(ids).toEqual([...new Set(ids)].sort((one, other) => one - other));
    expect(ids.slice(0, 2)).toEqual([2, 3]);
    client.socket.terminate();
  });

  it('reach an event stream, and Last-Event-ID resumes it, all channels in one order', async () => {
    const first = await listen('?channels=debates,extractions');
    expect(first.response.headers['content-type']).toBe('text/event-stream');
    expect(first.response.headers['x-content-type-options']).toBe('nosniff');
    await vi.waitFor(() => expect(first.text()).toContain('retry:'));
    await append('debate_updated', { debate_id: 'a' });
    await append('extraction_failed', { debate_id: 'a' }, 'extractions');
    await append('debate_updated', { debate_id: 'b' });
    await vi.waitFor(() => expect(first.messages()).toHaveLength(3));
    expect(first.messages().map((one) => one.event)).toEqual(['debate_updated', 'extraction_failed', 'debate_updated']);
    expect(first.messages()[1]?.data).toMatchObject({ channel: 'extractions', id: first.messages()[1]?.id });
    const last = first.messages().at(-2)?.id ?? 0;
    first.response.destroy();
    const again = await listen('?channels=debates,extractions&after=1', { 'last-event-id': String(last) });
    await vi.waitFor(() => expect(again.messages().map((one) => one.id)).toEqual([last + 1]));
    again.response.destroy();
    await vi.waitFor(() => expect(realtime.stats().eventStreams).toBe(0));
  });
});

/** Events that tests commit by hand, so that they decide when and how much. */
function createSource() {
  let listener: (event: EventRecord) => void | Promise<void> = () => undefined;
  let id = 0;
  return {
    tell: (data: Record<string, unknown>, channel = 'debates', type = 'debate_updated') => {
      id += 1;
      void listener({ id, type, channel, data, createdAt: new Date() });
    },
    events: {
      readAfter: async () => [],
      lastId: async () => id,
      subscribe: async (given: typeof listener) => {
        listener = given;
        return () => undefined;
      },
    },
  };
}

describe('a WebSocket', () => {
  let source: ReturnType<typeof createSource>;
  beforeEach(async () => {
    source = createSource();
    await open({ events: source.events, connections: { total: 10, perClient: 3 }, heartbeatEveryMs: 300 });
  });
  afterEach(() => app.close());

  it('answers ping, and takes subscriptions back', async () => {
    const client = await connect();
    client.say({ type: 'ping' });
    await client.hears('pong');
    client.say({ type: 'subscribe', channel: 'debates' });
    await client.hears('subscribed');
    source.tell({ debate_id: 'a' });
    await client.hears('debate_updated');
    client.say({ type: 'unsubscribe', channel: 'debates' });
    await client.hears('unsubscribed');
    source.tell({ debate_id: 'a' });
    client.say({ type: 'ping' });
    await client.hears('pong', 2);
    expect(client.heard.filter((one) => one.type === 'debate_updated')).toHaveLength(1);
  });

  it('tells one account its own news, and nobody another’s', async () => {
    const [own, stranger] = [await connect({ headers: { authorization: 'Bearer of-u1' } }), await connect()];
    own.say({ type: 'subscribe', channel: 'user' });
    await own.hears('subscribed');
    for (const token of [undefined, 'stolen']) stranger.say({ type: 'subscribe', channel: 'user', token });
    const refusals = await stranger.hears('error', 2);
    expect(refusals.map((one) => one.data.code)).toEqual(['realtime/token-required', 'realtime/token-required']);
    stranger.say({ type: 'subscribe', channel: 'user:u1' });
    await stranger.hears('error', 3);
    source.tell({ favorite: 'a' }, 'user:u2', 'favorite_added');
    source.tell({ favorite: 'b' }, 'user:u1', 'favorite_added');
    const [news] = await own.hears('favorite_added');
    expect(news).toMatchObject({ channel: 'user', data: { favorite: 'b' } });
    expect(JSON.stringify(own.heard)).not.toContain('u1');
    stranger.say({ type: 'ping' });
    await stranger.hears('pong');
    expect(stranger.heard.some((one) => one.type === 'favorite_added')).toBe(false);
  });

  it('tells what it does not understand, and bounds what it follows', async () => {
    const client = await connect({ headers: { 'accept-language': 'en' } });
    client.say('{');
    client.say({ type: 'subscribe', channel: 'opera' });
    const [bad, unknown] = await client.hears('error', 2);
    expect(bad).toMatchObject({ data: { code: 'realtime/bad-message' }, channel: null });
    expect(unknown?.data).toEqual({ code: 'realtime/unknown-channel', detail: 'There is no channel "opera".' });
    for (let number = 0; number < 51; number += 1) client.say({ type: 'subscribe', channel: `debate:${number}` });
    const errors = await client.hears('error', 3);
    expect(errors[2]).toMatchObject({ channel: 'debate:50', data: { code: 'realtime/too-many-channels' } });
  });

  it.each([
    ['sends bytes', (client: WebSocket) => client.send(Buffer.from([1])), 1008],
    ['sends too much at once', (client: WebSocket) => client.send('x'.repeat(20_000)), 1009],
    [
      'sends too often',
      (client: WebSocket) => {
        for (let count = 0; count < 200; count += 1) client.send('{"type":"ping"}');
      },
      1008,
    ],
  ])('is closed when the client %s', async (_, offend, code) => {
    const client = await connect();
    offend(client.socket);
    expect(await client.closed()).toBe(code);
  });

  it('is closed when the client does not take what it is sent, and nothing piles up meanwhile', async () => {
    const [slow, quick] = [await connect(), await connect()];
    for (const client of [slow, quick]) client.say({ type: 'subscribe', channel: 'debates' });
    await Promise.all([slow.hears('subscribed'), quick.hears('subscribed')]);
    slow.socket.pause();
    const filler = 'x'.repeat(50_000);
    await vi.waitFor(
      async () => {
        for (let count = 0; count < 20; count += 1) source.tell({ filler });
        await quick.hears('debate_updated', 1);
        expect(realtime.stats().webSockets).toBe(1);
      },
      { timeout: 15_000, interval: 50 },
    );
    slow.socket.resume();
    expect([4408, 1006]).toContain(await slow.closed());
    expect(quick.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('is cut when the client does not answer the heartbeat, and kept when it does', async () => {
    const [dead, alive] = [await connect({ autoPong: false }), await connect()];
    expect(await dead.closed()).toBe(1006);
    alive.say({ type: 'ping' });
    await alive.hears('pong');
  });

  it('is told when the server leaves', async () => {
    const client = await connect();
    const [code] = await Promise.all([client.closed(), app.close()]);
    expect(code).toBe(1001);
  });

  it('ends what was followed with a token when the token ends', async () => {
    await app.close();
    const authenticate = async () => ({ accountId: 'u1', expiresAt: new Date(Date.now() + 100) });
    await open({ events: source.events, heartbeatEveryMs: 300, authenticate });
    const client = await connect();
    client.say({ type: 'subscribe', channel: 'user', token: 'short' });
    await client.hears('subscribed');
    expect(await client.hears('error')).toMatchObject([{ channel: 'user', data: { code: 'realtime/token-required' } }]);
    source.tell({}, 'user:u1', 'favorite_added');
    client.say({ type: 'ping' });
    await client.hears('pong');
    expect(client.heard.some((one) => one.type === 'favorite_added')).toBe(false);
  });
});

describe('an event stream', () => {
  let source: ReturnType<typeof createSource>;
  beforeEach(async () => {
    source = createSource();
    await open({ events: source.events, heartbeatEveryMs: 100 });
  });
  afterEach(() => app.close());

  it('stays open while nothing happens, for proxies that close what is silent', async () => {
    const stream = await listen('');
    await vi.waitFor(() => expect(stream.text().match(/^:$/gm)?.length).toBeGreaterThan(1));
    stream.response.destroy();
  });

  it('is closed when the client does not take what it is sent', async () => {
    const stream = await listen('');
    stream.response.pause();
    await vi.waitFor(
      () => {
        for (let count = 0; count < 20; count += 1) source.tell({ filler: 'x'.repeat(50_000) });
        expect(realtime.stats().eventStreams).toBe(0);
      },
      { timeout: 15_000, interval: 50 },
    );
    stream.response.destroy();
  });

  it('says when it cannot tell all that was missed, in the reader’s language, and goes on', async () => {
    const stream = await listen('', { 'last-event-id': '999', 'accept-language': 'en' });
    await vi.waitFor(() => expect(stream.messages()).toHaveLength(1));
    expect(stream.messages()[0]).toMatchObject({
      id: null,
      event: 'error',
      data: {
        channel: 'debates',
        data: { code: 'realtime/too-old', detail: expect.stringContaining('after number 999') },
      },
    });
    source.tell({ debate_id: 'a' });
    await vi.waitFor(() => expect(stream.messages()).toHaveLength(2));
    stream.response.destroy();
  });
});

describe('a connection', () => {
  beforeEach(() => open({ events: createSource().events, connections: { total: 10, perClient: 2 } }));
  afterEach(() => app.close());

  it('is refused to pages of sites that are not listed', async () => {
    expect(await refusal({ origin: 'https://evil.example' })).toEqual([403, 'realtime/origin-refused']);
    for (const origin of ['https://app.example', PUBLIC_URL]) (await connect({ origin })).socket.terminate();
  });

  it('is refused beyond the number for one client, and freed when it ends', async () => {
    const first = await connect({ path: '/ws/' });
    const second = await listen('');
    expect(await refusal({})).toEqual([503, 'realtime/too-many-connections']);
    const stream = await fetch(`http://${base}/api/events`);
    expect([stream.status, stream.headers.get('retry-after')]).toEqual([503, '30']);
    first.socket.terminate();
    second.response.destroy();
    await vi.waitFor(async () => {
      const again = await connect();
      again.socket.terminate();
    });
  });

  it('to another address is refused like any request', async () => {
    expect(await refusal({ path: '/nowhere' })).toEqual([404, 'http/not-found']);
    expect(await refusal({ path: '/ws?surprise=1' })).toEqual([400, 'http/invalid-request']);
  });

  it('without an upgrade says what is expected', async () => {
    const answer = await fetch(`http://${base}/ws`);
    expect([answer.status, await answer.json()]).toMatchObject([426, { code: 'realtime/upgrade-required' }]);
  });

  it.each([
    ['?channels=opera', 400, 'realtime/unknown-channel'],
    ['?channels=', 400, 'realtime/unknown-channel'],
    ['?channels=user', 401, 'realtime/token-required'],
    ['?after=-1', 400, 'http/invalid-request'],
    [`?channels=${Array.from({ length: 51 }, (_, n) => `debate:${n}`)}`, 400, 'realtime/too-many-channels'],
  ])('as a stream is refused for %s', async (query, status, code) => {
    const answer = await fetch(`http://${base}/api/events${query}`);
    expect([answer.status, await answer.json()]).toMatchObject([status, { code }]);
  });

  it('as a stream follows the account’s own news with its token', async () => {
    const stream = await listen('?channels=user', { authorization: 'Bearer of-u1' });
    expect(stream.response.statusCode).toBe(200);
    stream.response.destroy();
  });

  it('as a stream ends when the server leaves', async () => {
    const stream = await listen('');
    await Promise.all([once(stream.response, 'end'), app.close()]);
  });
});

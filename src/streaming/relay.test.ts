import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mp3Frames } from '../../tests/support/audio-fixtures.ts';
import { systemClock } from '../platform/clock/index.ts';
import { createFetcher, type Fetcher } from '../platform/fetch/index.ts';
import { type App, createHttpServer } from '../platform/http/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import { createRelay, type Relay } from './relay.ts';

const sound = mp3Frames(500);
const MAX_RELAYS = 2;

let source: Server;
let sourceUrl: string;
let fetcher: Fetcher;
let app: App;
let relay: Relay;
let base: string;
/** What the source does next, and what it was asked. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: IncomingMessage[] = [];
/** How often first bytes went to a listener. */
let begun = 0;

beforeAll(async () => {
  source = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  source.listen(0, '127.0.0.1');
  await once(source, 'listening');
  sourceUrl = `http://127.0.0.1:${(source.address() as AddressInfo).port}/a.mp3`;
  fetcher = createFetcher({
    userAgent: 'test',
    clock: { ...systemClock, sleep: async () => undefined },
    random: () => 0,
    headersTimeoutMs: 300,
    connectionsPerOrigin: MAX_RELAYS,
  });
  relay = createRelay({ fetcher, maxRelays: MAX_RELAYS });
  app = await createHttpServer({
    logger: createLogger({ level: 'silent' }),
    publicUrl: 'http://x',
    trustProxy: false,
    version: '1',
  });
  app.get('/relayed', async (request, reply) => {
    await relay.send(request, reply, {
      url: sourceUrl,
      headers: { 'content-type': 'audio/mpeg', 'cache-control': 'public, no-cache' },
      onFirstBytes: () => {
        begun += 1;
      },
    });
    return reply;
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/relayed`;
});
afterAll(async () => {
  // A client may hold connections open that it has not used yet.
  app.server.closeAllConnections();
  await app.close();
  await fetcher.close();
  source.closeAllConnections();
  source.close();
});
beforeEach(() => {
  asked = [];
  begun = 0;
  answer = wholeOrPart;
});

/** A polite origin: ranges, validators. */
function wholeOrPart(request: IncomingMessage, response: ServerResponse): void {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const headers = {
    'content-type': 'audio/mpeg',
    'accept-ranges': 'bytes',
    etag: '"of-the-source"',
    'set-cookie': 'a=b',
    server: 'theirs',
  };
  if (first === undefined) {
    response.writeHead(200, { ...headers, 'content-length': sound.length });
    response.end(request.method === 'HEAD' ? undefined : sound);
    return;
  }
  const start = Number(first);
  if (start >= sound.length) {
    response.writeHead(416, { 'content-range': `bytes */${sound.length}` }).end();
    return;
  }
  const end = last ? Number(last) : sound.length - 1;
  response.writeHead(206, {
    ...headers,
    'content-length': end + 1 - start,
    'content-range': `bytes ${start}-${end}/${sound.length}`,
  });
  response.end(request.method === 'HEAD' ? undefined : sound.subarray(start, end + 1));
}

describe('relaying', () => {
  it.each([
    ['the whole', {}, 'GET', 1],
    ['the first piece', { range: 'bytes=0-9' }, 'GET', 1],
    ['a later piece', { range: 'bytes=100-199' }, 'GET', 0],
    ['nothing of it', {}, 'HEAD', 0],
  ])('tells that a listener is given %s', async (_, headers, method, times) => {
    await (await fetch(base, { headers, method })).arrayBuffer();
    expect(begun).toBe(times);
  });

  it('passes the whole through, with what describes it and nothing of the source’s own affairs', async () => {
    const before = relay.stats().sentBytes;
    const response = await fetch(base);
    expect(Buffer.from(await response.arrayBuffer()).equals(sound)).toBe(true);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'content-type': 'audio/mpeg',
      'content-length': String(sound.length),
      'cache-control': 'public, no-cache',
      etag: '"of-the-source"',
      'accept-ranges': 'bytes',
    });
    expect(headers['x-request-id']).toBeDefined();
    expect(Object.keys(headers)).not.toContain('set-cookie');
    expect(Object.keys(headers)).not.toContain('server');
    expect(asked[0]?.headers).toMatchObject({ 'user-agent': 'test', 'accept-encoding': 'identity' });
    expect(relay.stats()).toEqual({ active: 0, sentBytes: before + sound.length });
  });

  it('passes ranges and their condition through, and nothing else that the listener said', async () => {
    const headers = {
      range: 'bytes=100-199',
      'if-range': '"of-the-source"',
      authorization: 'Bearer secret',
      cookie: 'a=b',
    };
    const response = await fetch(base, { headers });
    expect([response.status, response.headers.get('content-range')]).toEqual([206, `bytes 100-199/${sound.length}`]);
    expect(Buffer.from(await response.arrayBuffer()).equals(sound.subarray(100, 200))).toBe(true);
    expect(asked[0]?.headers).toMatchObject({ range: 'bytes=100-199', 'if-range': '"of-the-source"' });
    expect(asked[0]?.headers).not.toHaveProperty('authorization');
    expect(asked[0]?.headers).not.toHaveProperty('cookie');
  });

  it('answers HEAD, and a range beyond the end', async () => {
    const head = await fetch(base, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), asked[0]?.method]).toEqual([
      200,
      String(sound.length),
      'HEAD',
    ]);
    const beyond = await fetch(base, { headers: { range: 'bytes=99999999-' } });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${sound.length}`]);
    expect(await beyond.json()).toMatchObject({ code: 'streaming/range-not-satisfiable' });
  });

  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void, number, string]>([
    ['is absent', (_request, response) => response.writeHead(404).end(), 502, 'streaming/source-failed'],
    ['fails', (_request, response) => response.writeHead(500).end(), 502, 'streaming/source-failed'],
    ['closes the door', (request) => request.socket.destroy(), 502, 'streaming/source-failed'],
    [
      'sends a page',
      (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      502,
      'streaming/source-failed',
    ],
    ['says nothing', () => undefined, 504, 'streaming/source-timeout'],
    [
      'is asked too much',
      (_request, response) => response.writeHead(429, { 'retry-after': '7200' }).end(),
      503,
      'streaming/relays-busy',
    ],
  ])('says in a code that the source %s', async (_name, behaviour, status, code) => {
    answer = behaviour;
    const response = await fetch(base);
    expect([response.status, await response.json()]).toMatchObject([status, { code }]);
    if (status === 503) expect(response.headers.get('retry-after')).toBe('7200');
  });

  it('breaks off where the source breaks off, so that a player asks for the rest', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': sound.length });
      response.write(sound.subarray(0, 50_000), () => response.destroy());
    };
    const response = await fetch(base);
    await expect(response.arrayBuffer()).rejects.toThrow();
  });

  it('lets go of the source when the listener leaves, before or after the first byte', async () => {
    const left: Promise<unknown>[] = [];
    answer = (request, response) => {
      left.push(once(request.socket, 'close'));
      if (asked.length === 2)
        response
          .writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': sound.length })
          .write(sound.subarray(0, 1_000));
    };
    const silent = httpRequest(base);
    silent.on('error', () => undefined);
    silent.end();
    await expect.poll(() => asked.length).toBe(1);
    silent.destroy();
    await expect.poll(() => left.length).toBe(1);
    await left[0];
    const playing = httpRequest(base);
    playing.on('error', () => undefined);
    playing.end();
    await once(playing, 'response');
    playing.destroy();
    await left[1];
  });

  it('is for so many listeners at once, and tells the others when to come back', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': sound.length });
      response.write(sound.subarray(0, 1_000));
    };
    const playing = await Promise.all([0, 1].map(() => fetch(base)));
    const refused = await fetch(base);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    for (const response of playing) await response.body?.cancel();
    answer = wholeOrPart;
    const retried = async (): Promise<number> => {
      const response = await fetch(base);
      await response.arrayBuffer();
      return response.status;
    };
    await expect.poll(retried).toBe(200);
  });
});

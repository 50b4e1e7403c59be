import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { hasRedisServer, type RedisServer, startRedisServer } from '../../../tests/support/redis-server.ts';
import { systemClock } from '../clock/index.ts';
import { createLimit } from '../limits/index.ts';
import { createRedis } from '../redis/index.ts';
import { createLogger } from '../telemetry/index.ts';
import { keyOf } from './answers.ts';
import {
  type AnswerCache,
  type App,
  createAnswerCache,
  createHttpServer,
  createSharedAnswers,
  dependOn,
} from './index.ts';

type Answer = Awaited<ReturnType<App['inject']>>;

describe('one key for one answer', () => {
  it.each([
    ['/api/things', '/api/things'],
    ['/api/things/', '/api/things'],
    ['/', '/'],
    ['/api/things/?page=2', '/api/things?page=2'],
    ['/api/things?b=2&a=1', '/api/things?a=1&b=2'],
    ['/api/things?type=b&type=a', '/api/things?type=a&type=b'],
  ])('%s is %s', (url, key) => {
    expect(keyOf(url)).toBe(key);
  });
});

/** A server whose one list counts how often it is computed. */
async function openCounted(cache: AnswerCache) {
  const computed: string[] = [];
  const lines: string[] = [];
  let gate: Promise<void> = Promise.resolve();
  let version = 0;
  const app = await createHttpServer({
    logger: createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } }),
    publicUrl: 'https://robian.example',
    trustProxy: false,
    version: 'test',
    corsOrigins: ['https://app.example'],
    limits: {
      byName: { default: createLimit({ name: 'default', quota: 10_000, windowSeconds: 60 }, { clock: systemClock }) },
      fallback: 'default',
    },
    cache,
  });
  const kept = { cache: { tags: () => ['things'], ttlSeconds: 300 } };
  app.get('/api/things', { config: kept, schema: { querystring: {} } }, async (request, reply) => {
    computed.push(request.url);
    await gate;
    reply.header('x-total-count', '200');
    return Array.from({ length: 200 }, (_, number) => ({ number, version }));
  });
  app.get('/api/things/:id', { config: kept }, async (request, reply) => {
    computed.push(request.url);
    const { id } = request.params as { id: string };
    if (id === 'broken') throw new Error('broken');
    if (id === 'private') reply.header('cache-control', 'no-store');
    dependOn(request, [`thing:${id}`]);
    return { id, version };
  });
  app.post(
    '/api/questions',
    { config: { cache: { ...kept.cache, byBody: true } }, schema: { body: { type: 'object', required: ['q'] } } },
    async (request) => {
      computed.push(JSON.stringify(request.body));
      return { asked: request.body, version };
    },
  );
  await app.ready();
  return {
    app,
    computed,
    lines,
    hold: (until: Promise<void>) => {
      gate = until;
    },
    change: (tags: string[], eventId: number) => {
      version += 1;
      cache.evict(tags, eventId);
    },
  };
}

describe('kept answers', () => {
  let cache: AnswerCache;
  let server: Awaited<ReturnType<typeof openCounted>>;
  beforeEach(async () => {
    cache = createAnswerCache({ maxBytes: 1e6, clock: systemClock });
    server = await openCounted(cache);
    return () => server.app.close();
  });
  const get = (url: string, headers: Record<string, string> = {}): Promise<Answer> =>
    server.app.inject({ url, headers });

  it('are the computed answer, header for header and byte for byte', async () => {
    const first = await get('/api/things', { 'x-request-id': 'one' });
    const second = await get('/api/v1/things/', { 'x-request-id': 'two' });
    expect(server.computed).toEqual(['/api/things']);
    expect(second.body).toBe(first.body);
    const differing = { 'x-request-id': 'two', ratelimit: expect.stringContaining('r=9998'), date: expect.anything() };
    expect(second.headers).toMatchObject({ ...first.headers, ...differing });
    expect(Object.keys(second.headers).sort()).toEqual(Object.keys(first.headers).sort());
  });

  it('exist in every encoding, each with its own ETag, each good for 304', async () => {
    const plain = await get('/api/things');
    for (const encoding of ['gzip', 'br']) {
      const [first, again] = [
        await get('/api/things', { 'accept-encoding': encoding }),
        await get('/api/things', { 'accept-encoding': encoding }),
      ];
      expect(first.headers['content-encoding']).toBe(encoding);
      expect(first.headers.etag).not.toBe(plain.headers.etag);
      expect(again.rawPayload).toEqual(first.rawPayload);
      if (encoding === 'gzip') expect(gunzipSync(again.rawPayload).toString()).toBe(plain.body);
      const known = await get('/api/things', {
        'accept-encoding': encoding,
        'if-none-match': String(first.headers.etag),
      });
      expect([known.statusCode, known.body]).toEqual([304, '']);
      expect(known.headers['content-type']).toBeUndefined();
    }
    expect(server.computed).toHaveLength(1);
  });

  it('answer HEAD with the same headers and no body', async () => {
    const got = await get('/api/things');
    const head = await server.app.inject({ method: 'HEAD', url: '/api/things' });
    expect(head.headers['content-length']).toBe(String(got.rawPayload.length));
    expect(head.headers.etag).toBe(got.headers.etag);
    expect(head.body).toBe('');
  });

  it('keep nothing of the request they were computed for', async () => {
    await get('/api/things', { origin: 'https://app.example' });
    const plain = await get('/api/things');
    expect(plain.headers['access-control-allow-origin']).toBeUndefined();
    expect(plain.headers.vary).toBe('origin, accept-encoding');
    const listed = await get('/api/things', { origin: 'https://app.example' });
    expect(listed.headers['access-control-allow-origin']).toBe('https://app.example');
  });

  it('are gone with the change, also one that a handler learnt of', async () => {
    await get('/api/things');
    await get('/api/things/a');
    await get('/api/things/b');
    server.change(['thing:a'], 1);
    expect((await get('/api/things/a')).json()).toEqual({ id: 'a', version: 1 });
    expect((await get('/api/things/b')).json()).toEqual({ id: 'b', version: 0 });
    server.change(['things'], 2);
    expect((await get('/api/things')).json()[0].version).toBe(2);
  });

  it('may answer a question in a body, the same for the same fields in any order', async () => {
    const ask = (payload: object, headers = {}) =>
      server.app.inject({ method: 'POST', url: '/api/questions', payload, headers });
    const first = await ask({ q: 'loi', page: 1 });
    const again = await ask({ page: 1, q: 'loi' }, { 'if-none-match': '*', 'x-request-id': 'mine' });
    expect(again.statusCode).toBe(200);
    expect(again.json()).toEqual(first.json());
    expect(again.headers['x-request-id']).toBe('mine');
    expect(server.computed).toHaveLength(1);
    expect((await ask({ q: 'loi', page: 2 })).json().asked).toEqual({ q: 'loi', page: 2 });
    expect((await ask({ page: 1 })).statusCode).toBe(400);
    server.change(['things'], 2);
    expect((await ask({ q: 'loi', page: 1 })).json().version).toBe(1);
    expect(server.computed).toHaveLength(3);
  });

  it('are computed once for all who ask at the same time', async () => {
    const open = Promise.withResolvers<void>();
    server.hold(open.promise);
    const asked = Array.from({ length: 20 }, () => get('/api/things', { 'accept-encoding': 'gzip' }));
    await vi.waitFor(() => expect(cache.stats().misses).toBe(20));
    open.resolve();
    const answers = await Promise.all(asked);
    expect(new Set(answers.map((answer) => answer.headers.etag)).size).toBe(1);
    expect(server.computed).toHaveLength(1);
  });

  it('are never errors, nor what must not be stored', async () => {
    for (let count = 0; count < 2; count += 1) {
      expect((await get('/api/things/broken')).statusCode).toBe(500);
      expect((await get('/api/things/private')).statusCode).toBe(200);
      expect((await get('/api/things?unknown=1&x')).statusCode).toBe(200);
    }
    expect(server.computed.filter((url) => url.includes('broken'))).toHaveLength(2);
    expect(server.computed.filter((url) => url.includes('private'))).toHaveLength(2);
  });

  it('leave a line in the log like every request', async () => {
    await get('/api/things');
    await get('/api/things');
    await vi.waitFor(() => expect(server.lines.filter((line) => line.includes('"/api/things"'))).toHaveLength(2));
  });
});

describe.skipIf(!hasRedisServer)('answers shared through Redis', () => {
  let redisServer: RedisServer;
  beforeAll(async () => {
    redisServer = await startRedisServer();
  });
  afterAll(() => redisServer.close());

  it('are computed once for all processes, never across a change, and Redis may die meanwhile', async () => {
    const redis = createRedis({ url: redisServer.url, clock: systemClock, onChange: () => undefined });
    await vi.waitFor(() => redis.ping(), { timeout: 10_000, interval: 20 });
    const shared = createSharedAnswers({ redis, clock: systemClock, space: 'test' });
    const caches = [1, 2].map(() => createAnswerCache({ maxBytes: 1e6, clock: systemClock, shared }));
    for (const cache of caches) cache.followedFrom(1);
    const [one, two] = [await openCounted(caches[0] as AnswerCache), await openCounted(caches[1] as AnswerCache)];
    const first = await one.app.inject('/api/things');
    await vi.waitFor(async () => expect(await redis.get('robian:answer:test:1:/api/things')).not.toBeNull());
    const second = await two.app.inject('/api/things');
    expect(two.computed).toEqual([]);
    expect(second.body).toBe(first.body);
    expect(second.headers.etag).toBe(first.headers.etag);
    expect(second.headers['x-total-count']).toBe('200');

    two.change(['things'], 2);
    await two.app.inject('/api/things');
    expect(two.computed).toHaveLength(1);

    await redisServer.kill();
    for (const [eventId, server] of [one, two].entries()) {
      server.change(['things'], 10 + eventId);
      expect((await server.app.inject('/api/things')).statusCode).toBe(200);
    }
    await one.app.close();
    await two.app.close();
    await redis.close();
  });
});

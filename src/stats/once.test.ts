import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasRedisServer, type RedisServer, startRedisServer } from '../../tests/support/redis-server.ts';
import { systemClock } from '../platform/clock/index.ts';
import { createRedis, type Redis } from '../platform/redis/index.ts';
import { claimShared, createRecent } from './once.ts';

describe('what was seen lately', () => {
  it('is new again when its time is over, and its time does not begin anew', () => {
    const recent = createRecent({ keptMs: 100, max: 10 });
    expect(recent.add('a', 0)).toBe(true);
    expect(recent.add('a', 99)).toBe(false);
    expect(recent.has('a', 99)).toBe(true);
    expect(recent.has('a', 100)).toBe(false);
    expect(recent.add('a', 100)).toBe(true);
  });

  it('is bounded: the oldest leaves first', () => {
    const recent = createRecent({ keptMs: 100, max: 3 });
    for (const name of ['a', 'b', 'c', 'd']) recent.add(name, 0);
    expect(['a', 'b', 'c', 'd'].map((name) => recent.has(name, 1))).toEqual([false, true, true, true]);
  });
});

describe.skipIf(!hasRedisServer)('what processes claim through Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedisServer();
    redis = createRedis({ url: server.url, clock: systemClock, onChange: () => undefined });
    await vi.waitFor(() => redis.ping(), { timeout: 10_000, interval: 20 });
  });
  afterAll(async () => {
    await redis.close();
    await server.close();
  });

  it('is claimed once, also in batches', async () => {
    const names = Array.from({ length: 450 }, (_, number) => `n${number}`);
    expect(await claimShared(redis, names.slice(0, 300), 60)).toEqual(new Set(names.slice(0, 300)));
    expect(await claimShared(redis, names, 60)).toEqual(new Set(names.slice(300)));
  });

  it('is all of it while Redis is away', async () => {
    const away = { run: () => Promise.reject(new Error('away')) };
    expect(await claimShared(away, ['x', 'y'], 60)).toEqual(new Set(['x', 'y']));
  });
});

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasRedisServer, type RedisServer, startRedisServer } from '../../../tests/support/redis-server.ts';
import { systemClock } from '../clock/index.ts';
import { createRedis, type Redis, RedisAwayError, script } from './index.ts';

const increment = script(`return redis.call('INCRBY', KEYS[1], ARGV[1])`);

describe.skipIf(!hasRedisServer)('Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  const changes: string[] = [];
  beforeAll(async () => {
    server = await startRedisServer();
    redis = createRedis({ url: server.url, clock: systemClock, onChange: (state) => changes.push(state) });
    await expect(redis.ping()).rejects.toThrow(RedisAwayError);
    await back();
  });
  afterAll(async () => {
    await redis.close();
    await server.close();
  });

  const back = (): Promise<unknown> => vi.waitFor(() => redis.ping(), { timeout: 10_000, interval: 20 });

  it('keeps bytes as they are, for as long as told', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 128]);
    await redis.set('bytes', bytes, 1);
    expect(await redis.get('bytes')).toEqual(bytes);
    await vi.waitFor(async () => expect(await redis.get('bytes')).toBeNull(), { timeout: 3_000 });
    expect(await redis.get('absent')).toBeNull();
  });

  it('runs scripts, also on a server that never saw them', async () => {
    expect(await redis.run(increment, ['counter'], ['2'])).toBe(2);
    expect(await redis.run(increment, ['counter'], ['3'])).toBe(5);
    await server.kill();
    await server.start();
    await back();
    expect(await redis.run(increment, ['counter'], ['4'])).toBe(4);
  });

  it('is given up within a tenth of a second when it is dead or frozen, at once afterwards, and found again', async () => {
    for (const [stop, restore] of [
      [server.kill, server.start],
      [async () => server.freeze(), async () => server.resume()],
    ] as const) {
      changes.length = 0;
      await stop();
      const startedMs = performance.now();
      for (let count = 0; count < 100; count += 1) await expect(redis.get('any')).rejects.toThrow(RedisAwayError);
      expect(performance.now() - startedMs).toBeLessThan(1_000);
      await restore();
      await back();
      expect(await redis.get('any')).toBeNull();
    }
  });

  it('says once that it is away, and once that it is back', async () => {
    changes.length = 0;
    await server.kill();
    await vi.waitFor(() => expect(changes).toEqual(['away']), { timeout: 5_000 });
    await server.start();
    await back();
    expect(changes).toEqual(['away', 'ready']);
  });
});

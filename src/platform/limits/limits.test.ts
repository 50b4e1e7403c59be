import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createManualClock } from '../../../tests/support/manual-clock.ts';
import { hasRedisServer, type RedisServer, startRedisServer } from '../../../tests/support/redis-server.ts';
import { systemClock } from '../clock/index.ts';
import { createRedis, type Redis } from '../redis/index.ts';
import { createLimit, type Limit, type Policy } from './index.ts';
import { createLocalCounter } from './local-counter.ts';

const policy: Policy = { name: 'lists', quota: 10, windowSeconds: 60 };

async function allowedOf(limit: Limit, client: string, requests: number): Promise<number> {
  let allowed = 0;
  for (let count = 0; count < requests; count += 1) if ((await limit.take(client)).allowed) allowed += 1;
  return allowed;
}

describe('a limit in one process', () => {
  it('gives each client its quota, and says so in structured fields', async () => {
    const limit = createLimit(policy, { clock: createManualClock('2026-10-06T12:00:00Z') });
    expect(limit.policyHeader).toBe('"lists";q=10;w=60');
    expect(limit.header(await limit.take('a'))).toBe('"lists";r=9;t=60');
    expect(await allowedOf(limit, 'a', 20)).toBe(9);
    expect(limit.header(await limit.take('a'))).toMatch(/^"lists";r=0;t=\d+$/);
    expect(await allowedOf(limit, 'b', 20)).toBe(10);
  });

  it('serves again who waited as told, and nobody twice as much where two windows meet', async () => {
    const clock = createManualClock('2026-10-06T12:00:00Z');
    const limit = createLimit(policy, { clock });
    clock.advance(59_000);
    expect(await allowedOf(limit, 'a', 20)).toBe(10);
    clock.advance(2_000);
    expect(await allowedOf(limit, 'a', 20)).toBeLessThanOrEqual(1);
    clock.advance((await limit.take('a')).resetSeconds * 1000);
    expect(await allowedOf(limit, 'a', 1)).toBe(1);
    clock.advance(600_000);
    expect(await allowedOf(limit, 'a', 20)).toBe(10);
  });

  it('remembers a bounded number of clients', () => {
    const counter = createLocalCounter({ ...policy, quota: 1 }, 2);
    expect(['a', 'b', 'c'].map((client) => counter.take(client, 0).allowed)).toEqual([true, true, true]);
    expect(counter.take('c', 0).allowed).toBe(false);
    expect(counter.take('a', 0).allowed).toBe(true);
  });
});

describe.skipIf(!hasRedisServer)('a limit shared through Redis', () => {
  let server: RedisServer;
  const processes: Redis[] = [];
  beforeAll(async () => {
    server = await startRedisServer();
    for (let count = 0; count < 2; count += 1) {
      processes.push(createRedis({ url: server.url, clock: systemClock, onChange: () => undefined }));
    }
    await bothReady();
  });
  afterAll(async () => {
    for (const redis of processes) await redis.close();
    await server.close();
  });
  const bothReady = async (): Promise<void> => {
    for (const redis of processes) await vi.waitFor(() => redis.ping(), { timeout: 10_000, interval: 20 });
  };
  const limits = (name: string): Limit[] =>
    processes.map((redis) => createLimit({ ...policy, name }, { clock: systemClock, redis }));

  it('is one quota however many processes count, also at once', async () => {
    const both = limits('shared');
    const asked = Array.from({ length: 40 }, (_, number) => both[number % 2]?.take('a'));
    const taken = await Promise.all(asked);
    expect(taken.filter((decision) => decision?.allowed)).toHaveLength(10);
    expect((await both[0]?.take('b'))?.remaining).toBe(9);
  });

  it('goes on by its own count while Redis is away, and never refuses for it', async () => {
    const [limit] = limits('killed');
    if (!limit) throw new Error('no limit');
    expect(await allowedOf(limit, 'a', 4)).toBe(4);
    await server.kill();
    expect(await allowedOf(limit, 'a', 20)).toBe(6);
    await server.start();
    await bothReady();
    expect((await limit.take('b')).allowed).toBe(true);
  });
});

import { type Redis, script } from '../redis/index.ts';
import type { Taken } from './local-counter.ts';
import type { Policy } from './window.ts';

/**
 * The same sliding window as `fits`, counted for all processes at once, on Redis's own clock. A key holds the number of its
 * window and the counts of that window and the one before; it, and the address in it, is gone after two quiet windows.
 */
const TAKE = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local length, quota = tonumber(ARGV[1]), tonumber(ARGV[2])
local window, elapsed = math.floor(now / length), now % length
local known = redis.call('HMGET', KEYS[1], 'window', 'current', 'previous')
local current, previous = tonumber(known[2]) or 0, tonumber(known[3]) or 0
local age = window - (tonumber(known[1]) or -2)
if age ~= 0 then
  previous = age == 1 and current or 0
  current = 0
end
local allowed = 0
if current + previous * (1 - elapsed / length) + 1 <= quota then
  allowed = 1
  current = current + 1
  redis.call('HSET', KEYS[1], 'window', window, 'current', current, 'previous', previous)
  redis.call('PEXPIRE', KEYS[1], 2 * length)
end
return {allowed, current, previous, elapsed}
`);

export function createSharedCounter(redis: Redis, policy: Policy) {
  const args = [String(policy.windowSeconds * 1000), String(policy.quota)];
  return {
    /** @throws RedisAwayError */
    async take(client: string): Promise<Taken> {
      const answer = await redis.run(TAKE, [`robian:limit:${policy.name}:${client}`], args);
      const [allowed, current, previous, elapsedMs] = (answer as unknown[]).map(Number);
      return {
        allowed: allowed === 1,
        count: { current: current ?? 0, previous: previous ?? 0, elapsedMs: elapsedMs ?? 0 },
      };
    },
  };
}

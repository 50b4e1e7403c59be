import type { Redis } from '../platform/redis/index.ts';
import { script } from '../platform/redis/index.ts';

/** Names kept for a time, the oldest leaving first when there are too many. */
export interface Recent {
  has(name: string, nowMs: number): boolean;
  /** Says whether it was not there. The time of a name that was there goes on. */
  add(name: string, nowMs: number): boolean;
}

export function createRecent(options: { keptMs: number; max: number }): Recent {
  // In the order of insertion, which is that of expiry.
  const expiresAtMs = new Map<string, number>();

  const forget = (nowMs: number): void => {
    for (const [name, atMs] of expiresAtMs) {
      if (atMs > nowMs && expiresAtMs.size < options.max) return;
      expiresAtMs.delete(name);
    }
  };
  const has = (name: string, nowMs: number): boolean => (expiresAtMs.get(name) ?? 0) > nowMs;
  return {
    has,
    add: (name, nowMs) => {
      if (has(name, nowMs)) return false;
      expiresAtMs.delete(name);
      forget(nowMs);
      expiresAtMs.set(name, nowMs + options.keptMs);
      return true;
    },
  };
}

const CLAIM = script(`
local claimed = {}
for index, key in ipairs(KEYS) do
  claimed[index] = redis.call('SET', key, '', 'NX', 'EX', ARGV[1]) and 1 or 0
end
return claimed
`);
/** A script keeps Redis from everybody else while it runs: some 0.2 ms with this many. */
const CLAIMED_AT_ONCE = 200;

/**
 * Which of these names no process has claimed within the time. Without a Redis that answers: all of them, as each process then
 * counts for itself.
 */
export async function claimShared(
  redis: Pick<Redis, 'run'> | undefined,
  names: readonly string[],
  keptSeconds: number,
): Promise<ReadonlySet<string>> {
  const fresh = new Set(names);
  if (redis === undefined) return fresh;
  for (let from = 0; from < names.length; from += CLAIMED_AT_ONCE) {
    const some = names.slice(from, from + CLAIMED_AT_ONCE);
    const keys = some.map((name) => `robian:heard:${name}`);
    const claimed = await redis.run(CLAIM, keys, [String(keptSeconds)]).catch(() => null);
    if (!Array.isArray(claimed)) return fresh;
    for (const [index, name] of some.entries()) if (Number(claimed[index]) === 0) fresh.delete(name);
  }
  return fresh;
}

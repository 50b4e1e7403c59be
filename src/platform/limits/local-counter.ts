import type { Count, Policy } from './window.ts';
import { fits } from './window.ts';

export interface Taken {
  allowed: boolean;
  count: Count;
}

/**
 * Clients remembered a window, for each policy: about 10 MB when full. Beyond it the one seen longest ago is forgotten, which
 * gives that client a fresh quota and nobody an empty one.
 */
const CLIENTS_MAX = 100_000;

/** Counts in this process: two maps, this window's and the one before; a window that is over leaves with its map. */
export function createLocalCounter(policy: Policy, clientsMax = CLIENTS_MAX) {
  const windowMs = policy.windowSeconds * 1000;
  let window = 0;
  let current = new Map<string, number>();
  let previous = new Map<string, number>();

  const turnTo = (next: number): void => {
    previous = next === window + 1 ? current : new Map();
    current = new Map();
    window = next;
  };

  return {
    /** @param nowMs of a clock that does not jump */
    take(client: string, nowMs: number): Taken {
      const next = Math.floor(nowMs / windowMs);
      if (next !== window) turnTo(next);
      const known = current.get(client);
      const count: Count = {
        current: known ?? 0,
        previous: previous.get(client) ?? 0,
        elapsedMs: nowMs - next * windowMs,
      };
      if (!fits(count, policy)) return { allowed: false, count };
      if (known === undefined && current.size >= clientsMax) forgetFirst(current);
      count.current += 1;
      current.set(client, count.current);
      return { allowed: true, count };
    },
  };
}

function forgetFirst(counts: Map<string, number>): void {
  const first = counts.keys().next();
  if (!first.done) counts.delete(first.value);
}

import type { Clock } from './platform/clock/index.ts';
import type { RequestLimits } from './platform/http/index.ts';
import { createLimit } from './platform/limits/index.ts';
import type { Redis } from './platform/redis/index.ts';

/** For what names no class: it costs about what a list costs. */
const FALLBACK = 'debates';
const WINDOW_SECONDS = 60;

/** Requests a client may make in a minute, by class of operation: the founding plan's numbers. Routes name their class. */
const QUOTAS = { debates: 100, 'streaming-info': 50, extraction: 10, health: 200, search: 60, auth: 10 } as const;

/** Counted for all processes together when there is a Redis. */
export function createRequestLimits(options: {
  clock: Clock;
  redis: Redis | undefined;
  accountOf: NonNullable<RequestLimits['accountOf']>;
}): RequestLimits {
  const limits = Object.entries(QUOTAS).map(([name, quota]) => {
    const policy = { name, quota, windowSeconds: WINDOW_SECONDS };
    return [name, createLimit(policy, options)] as const;
  });
  return { byName: Object.fromEntries(limits), fallback: FALLBACK, accountOf: options.accountOf };
}

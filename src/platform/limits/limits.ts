import type { Clock } from '../clock/index.ts';
import type { Redis } from '../redis/index.ts';
import { createLocalCounter } from './local-counter.ts';
import { createSharedCounter } from './shared-counter.ts';
import { type Decision, decide, type Policy } from './window.ts';

export interface Limit {
  policy: Policy;
  /** The `RateLimit-Policy` header (draft-ietf-httpapi-ratelimit-headers-10), the same for every answer. */
  policyHeader: string;
  /**
   * Takes one request of a client. At once when counted in this process, a promise when counted with the other processes.
   * Refused requests are not counted: a client that is told to wait and waits is served.
   */
  take(client: string): Decision | Promise<Decision>;
  /** The `RateLimit` header that tells a decision. */
  header(decision: Decision): string;
}

/** One policy, counted through Redis where there is one; without its answer, by this process's own count, which never stops. */
export function createLimit(policy: Policy, options: { clock: Clock; redis?: Redis | undefined }): Limit {
  const { clock, redis } = options;
  const local = createLocalCounter(policy);
  const shared = redis ? createSharedCounter(redis, policy) : null;

  const takeLocal = (client: string): Decision => {
    const { allowed, count } = local.take(client, clock.monotonicMs());
    return decide(allowed, count, policy);
  };
  const takeShared = async (client: string, own: Decision): Promise<Decision> => {
    const taken = await shared?.take(client).catch(() => null);
    return taken ? decide(taken.allowed, taken.count, policy) : own;
  };

  return {
    policy,
    policyHeader: `"${policy.name}";q=${policy.quota};w=${policy.windowSeconds}`,
    header: ({ remaining, resetSeconds }) => `"${policy.name}";r=${remaining};t=${resetSeconds}`,
    take: (client) => {
      const own = takeLocal(client);
      // What this process alone has seen too much of, all of them together have.
      return shared === null || !own.allowed ? own : takeShared(client, own);
    },
  };
}

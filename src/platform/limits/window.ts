/** So many requests in so many seconds, for one client. */
export interface Policy {
  /** Stable, a token: it appears in headers. */
  name: string;
  quota: number;
  windowSeconds: number;
}

/** What was counted of one client: windows follow one another from the epoch of the counting clock. */
export interface Count {
  /** In the window under way. */
  current: number;
  /** In the whole window before it. */
  previous: number;
  /** Since the start of the window under way. */
  elapsedMs: number;
}

export interface Decision {
  allowed: boolean;
  /** Requests that may still follow now. */
  remaining: number;
  /** Until more may follow: when refused, the next one; otherwise, the whole quota. */
  resetSeconds: number;
}

/**
 * Requests in the window that ends now, taking those of the window before as evenly spread. Where two plain windows meet,
 * twice the quota could pass within a moment; here it cannot, and yet two numbers a client are enough.
 */
function usedOf(count: Count, policy: Policy): number {
  const windowMs = policy.windowSeconds * 1000;
  return count.current + count.previous * (1 - count.elapsedMs / windowMs);
}

/** Whether one more request fits. */
export function fits(count: Count, policy: Policy): boolean {
  return usedOf(count, policy) + 1 <= policy.quota;
}

/** What to tell the client, `count` being what was counted after the request was taken, or when it was refused. */
export function decide(allowed: boolean, count: Count, policy: Policy): Decision {
  const windowMs = policy.windowSeconds * 1000;
  // One ms more than computed, so that rounding never sends a client back too early.
  const waitMs = allowed ? windowMs - count.elapsedMs : untilNextMs(count, policy, windowMs) + 1;
  return {
    allowed,
    remaining: allowed ? Math.max(0, Math.floor(policy.quota - usedOf(count, policy))) : 0,
    resetSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
  };
}

function untilNextMs(count: Count, policy: Policy, windowMs: number): number {
  const room = policy.quota - 1;
  if (count.current <= room && count.previous > 0) {
    return windowMs * (1 - (room - count.current) / count.previous) - count.elapsedMs;
  }
  // The window under way is full by itself: wait for the next one, and until enough of this one has left it.
  return windowMs - count.elapsedMs + windowMs * Math.max(0, 1 - room / count.current);
}

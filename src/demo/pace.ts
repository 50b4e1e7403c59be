/** Timers come late by a millisecond or more; what they lose may be caught up within this span, and no more. */
const CATCH_UP_MS = 50;

/**
 * A token bucket of `bytesPerSecond`, kept as the moment until which all bytes so far are paid for. `waitMs` tells how
 * long to wait before `bytes` may leave, at `nowMs` of a clock that never goes back; `startMs` is a moment of that clock.
 */
export function createPace(bytesPerSecond: number, startMs: number): { waitMs(bytes: number, nowMs: number): number } {
  let paidUntilMs = startMs;
  return {
    waitMs(bytes, nowMs) {
      paidUntilMs = Math.max(paidUntilMs, nowMs - CATCH_UP_MS) + (bytes * 1000) / bytesPerSecond;
      return Math.max(0, paidUntilMs - nowMs);
    },
  };
}

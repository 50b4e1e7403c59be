/** Tells an endless slow body from a slow one. */
export interface ThroughputFloor {
  /** Counts bytes received at `nowMs` (monotonic); true when the last whole window brought less than the minimum. */
  tooSlow(bytes: number, nowMs: number): boolean;
}

/** Judges window after window: one that is not over yet says nothing. */
export function createThroughputFloor(options: {
  minimumBytesPerSecond: number;
  windowMs: number;
  startedAtMs: number;
}): ThroughputFloor {
  const windowMinimum = (options.minimumBytesPerSecond * options.windowMs) / 1000;
  let windowStartMs = options.startedAtMs;
  let windowBytes = 0;
  return {
    tooSlow: (bytes, nowMs) => {
      windowBytes += bytes;
      if (nowMs - windowStartMs < options.windowMs) return false;
      const slow = windowBytes < windowMinimum;
      windowStartMs = nowMs;
      windowBytes = 0;
      return slow;
    },
  };
}

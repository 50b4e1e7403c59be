import type { Clock } from '../clock/index.ts';

export interface LeaderLock {
  release(): Promise<void>;
  /** Fires when the lock is lost without having been released. */
  lost: AbortSignal;
}

/** Between two attempts to take the lead, in ms: the dead leader's lock is free within seconds, and so is the next leader. */
const ATTEMPT_EVERY_MS = 5_000;

/** Does `lead` in at most one process at a time: takes the lock, leads until it is lost or the signal, then tries again. */
export async function leadWhenElected(options: {
  tryLock: () => Promise<LeaderLock | null>;
  lead: (signal: AbortSignal) => Promise<void>;
  clock: Clock;
  signal: AbortSignal;
  onError: (error: unknown) => void;
}): Promise<void> {
  const { tryLock, lead, clock, signal, onError } = options;
  while (!signal.aborted) {
    try {
      const lock = await tryLock();
      if (lock) {
        await lead(AbortSignal.any([signal, lock.lost]));
        await lock.release();
      }
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
    await clock.sleep(ATTEMPT_EVERY_MS, signal).catch(() => undefined);
  }
}

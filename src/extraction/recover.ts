import type { Db, Trx } from '../platform/database/index.ts';
import type { Logger } from '../platform/telemetry/index.ts';
import { MAX_ATTEMPTS } from './chain.ts';
import { extractionErrors } from './errors.ts';
import type { Run } from './run.ts';
import { LOST_AFTER_SECONDS, type RunStore } from './store.ts';
import { announceFailed, noteEnd, type WorkerDeps } from './worker.ts';

export interface Recovery {
  requeued: number;
  failed: number;
  cancelled: number;
}

/** A queued run that nobody took for this long, in seconds, may have lost its job; a second one does no harm. */
const OVERDUE_SECONDS = 60;

/** What becomes of a run whose worker is gone. */
export function decideLost(run: Pick<Run, 'attempts' | 'cancelRequestedAt'>): 'lose' | 'fail' | 'cancel' {
  if (run.cancelRequestedAt !== null) return 'cancel';
  // A run that takes its worker down each time must not take all of them down for ever.
  return run.attempts >= MAX_ATTEMPTS ? 'fail' : 'lose';
}

/**
 * Gives runs whose worker died back to the queue. Any process may do it, at any time, as often as it likes.
 * @param options.alone no other process works on this database, and this one has not begun: every running run is a lost one
 */
export async function recoverRuns(
  deps: Pick<WorkerDeps, 'register' | 'events' | 'enqueue' | 'observer' | 'clock'> & {
    db: Db;
    store: RunStore;
    logger: Logger;
  },
  options: { alone: boolean },
): Promise<Recovery> {
  const silentSeconds = options.alone ? 0 : LOST_AFTER_SECONDS;
  const recovery: Recovery = { requeued: 0, failed: 0, cancelled: 0 };
  for (const id of await deps.store.lost(silentSeconds)) {
    // One transaction a run: held over several, the lock of the events would meet those who hold a debate and wait for it.
    const settled = await deps.db.transaction().execute((trx) => settleLost(deps, trx, id, silentSeconds));
    if (settled === null) continue;
    const { decision, run } = settled;
    recovery[COUNTED_AS[decision]] += 1;
    if (decision === 'fail') noteEnd(deps, run, 'failed', run.errorCode);
    if (decision === 'cancel') noteEnd(deps, run, 'cancelled', null);
  }
  await deps.db.transaction().execute(async (trx) => {
    for (const run of await deps.store.overdue(trx, OVERDUE_SECONDS)) await deps.enqueue(trx, run, 0);
  });
  if (recovery.requeued + recovery.failed + recovery.cancelled > 0) {
    deps.logger.warn({ ...recovery }, 'runs of lost workers recovered');
  }
  return recovery;
}

type Decision = ReturnType<typeof decideLost>;
const COUNTED_AS: Readonly<Record<Decision, keyof Recovery>> = {
  lose: 'requeued',
  fail: 'failed',
  cancel: 'cancelled',
};

/** Null when the run is no longer lost: its worker spoke up, or another process was quicker. */
async function settleLost(
  deps: Pick<WorkerDeps, 'register' | 'events' | 'enqueue'> & { store: RunStore },
  trx: Trx,
  id: string,
  silentSeconds: number,
): Promise<{ decision: Decision; run: Run } | null> {
  const run = await deps.store.lockLost(trx, id, silentSeconds);
  if (run === null) return null;
  const decision = decideLost(run);
  const error = { code: extractionErrors.code('worker-lost'), params: {} };
  const after = await deps.store.change(trx, id, null, decision, decision === 'fail' ? { error } : {});
  if (after === null) return null;
  if (decision === 'lose') await deps.enqueue(trx, after, 0);
  else await announceFailed(deps, trx, after);
  return { decision, run: after };
}

import type { Db, Trx } from '../platform/database/index.ts';
import type { Logger } from '../platform/telemetry/index.ts';
import { MAX_ATTEMPTS } from './chain.ts';
import { extractionErrors } from './errors.ts';
import type { Run } from './run.ts';
import { LOST_AFTER_SECONDS, type RunStore } from './store.ts';
import { announceFailed, type WorkerDeps } from './worker.ts';

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
  deps: Pick<WorkerDeps, 'register' | 'events' | 'enqueue'> & { db: Db; store: RunStore; logger: Logger },
  options: { alone: boolean },
): Promise<Recovery> {
  const recovery = await deps.db.transaction().execute(async (trx) => {
    const outcome: Recovery = { requeued: 0, failed: 0, cancelled: 0 };
    for (const run of await deps.store.lost(trx, options.alone ? 0 : LOST_AFTER_SECONDS)) {
      const decision = decideLost(run);
      await settleLost(deps, trx, run, decision);
      outcome[decision === 'lose' ? 'requeued' : decision === 'fail' ? 'failed' : 'cancelled'] += 1;
    }
    for (const run of await deps.store.overdue(trx, OVERDUE_SECONDS)) await deps.enqueue(trx, run, 0);
    return outcome;
  });
  if (recovery.requeued + recovery.failed + recovery.cancelled > 0) {
    deps.logger.warn({ ...recovery }, 'runs of lost workers recovered');
  }
  return recovery;
}

async function settleLost(
  deps: Pick<WorkerDeps, 'register' | 'events' | 'enqueue'> & { store: RunStore },
  trx: Trx,
  run: Run,
  decision: ReturnType<typeof decideLost>,
): Promise<void> {
  const error = { code: extractionErrors.code('worker-lost'), params: {} };
  const after = await deps.store.change(trx, run.id, null, decision, decision === 'fail' ? { error } : {});
  if (after === null) return;
  if (decision === 'lose') await deps.enqueue(trx, after, 0);
  else await announceFailed(deps, trx, after);
}

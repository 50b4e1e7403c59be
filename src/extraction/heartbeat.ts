import type { Clock } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import type { Events } from '../platform/events/index.ts';
import type { MediaCandidate } from '../sources/index.ts';
import { tell } from './news.ts';
import { type Advance, createEtaEstimator, percentOf } from './progress.ts';
import type { Run } from './run.ts';
import { LOST_AFTER_SECONDS, type Measure, type RunStore } from './store.ts';

/** The run was given to another worker, or is over: whatever this one still does is nobody's business. */
export class ClaimLost extends Error {}
/** Nobody wants the run any more. */
export class RunCancelled extends Error {}

export interface Heartbeat {
  /** Fires with ClaimLost or RunCancelled as its reason. */
  signal: AbortSignal;
  report(sourceKind: MediaCandidate['kind'], advance: Advance): void;
  stop(): Promise<void>;
}

/** One write a second says how far the run is, that its worker lives, and brings back whether it is still wanted. */
const BEAT_MS = 1_000;
/** Clients that draw a bar are told this often; between, they may ask, in ms. */
const NEWS_EVERY_MS = 5_000;
/** A worker that cannot write stops before others take it for lost: never two on one run, in ms. */
const SILENT_LIMIT_MS = (LOST_AFTER_SECONDS - 3) * 1_000;

/** Keeps a claimed run alive until stopped. */
export function startHeartbeat(options: {
  run: Run;
  workerId: string;
  db: Db;
  store: RunStore;
  events: Pick<Events, 'append'>;
  clock: Clock;
  onError: (error: unknown) => void;
}): Heartbeat {
  const { run, workerId, db, store, events, clock } = options;
  const stopped = new AbortController();
  const work = new AbortController();
  const eta = createEtaEstimator();
  let latest: Omit<Measure, 'percent' | 'etaSeconds'> | null = null;
  let beatenAtMs = clock.monotonicMs();
  let toldAtMs = clock.monotonicMs();

  function measure(): Measure | null {
    if (latest === null) return null;
    const percent = percentOf(latest.advance);
    return { ...latest, percent, etaSeconds: eta.secondsLeft(percent, clock.monotonicMs()) };
  }

  async function beat(): Promise<void> {
    const now = clock.monotonicMs();
    const news = latest !== null && now - toldAtMs >= NEWS_EVERY_MS;
    const beaten = await db.transaction().execute(async (trx) => {
      const after = await store.beat(trx, run.id, workerId, measure());
      if (after !== null && news) await tell(events, trx, 'extraction_progress', after);
      return after;
    });
    if (stopped.signal.aborted) return;
    beatenAtMs = now;
    if (news) toldAtMs = now;
    if (beaten === null) work.abort(new ClaimLost());
    else if (beaten.cancelRequestedAt !== null) work.abort(new RunCancelled());
  }

  async function loop(): Promise<void> {
    while (!stopped.signal.aborted && !work.signal.aborted) {
      await clock.sleep(BEAT_MS, stopped.signal).catch(() => undefined);
      if (stopped.signal.aborted) return;
      await beat().catch((error: unknown) => {
        options.onError(error);
        if (clock.monotonicMs() - beatenAtMs >= SILENT_LIMIT_MS) work.abort(new ClaimLost());
      });
    }
  }

  const looping = loop();
  return {
    signal: work.signal,
    report: (sourceKind, advance) => {
      latest = { sourceKind, advance };
    },
    stop: async () => {
      stopped.abort();
      await looping;
    },
  };
}

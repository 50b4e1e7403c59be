import { type ColumnType, type Generated, type Selectable, sql } from 'kysely';
import type { Db, Trx } from '../platform/database/index.ts';
import type { ErrorParams } from '../platform/errors/index.ts';
import type { MediaCandidate } from '../sources/index.ts';
import type { SourceFailure, WantedFormat } from './chain.ts';
import type { Advance, Step } from './progress.ts';
import { PRIORITIES, type Priority, type Run, type WantedQuality } from './run.ts';
import { type RunChange, type RunState, transition } from './run-state.ts';

interface RunsTable {
  id: string;
  debate_id: string;
  format: WantedFormat;
  quality: WantedQuality;
  priority: number;
  state: RunState;
  step: Step | null;
  source_kind: MediaCandidate['kind'] | null;
  bytes_done: Generated<number>;
  bytes_total: number | null;
  media_seconds_done: number | null;
  media_seconds_total: number | null;
  progress: number | null;
  eta_seconds: number | null;
  attempts: Generated<number>;
  source_failures: ColumnType<SourceFailure[], string | undefined, string>;
  error_code: string | null;
  error_params: ColumnType<ErrorParams | null, string | null, string | null>;
  audio_file_id: string | null;
  requested_by: string | null;
  worker_id: string | null;
  heartbeat_at: Date | null;
  cancel_requested_at: Date | null;
  not_before: Generated<Date>;
  created_at: Generated<Date>;
  started_at: Date | null;
  finished_at: Date | null;
  updated_at: Generated<Date>;
}
type Tables = { extraction_runs: RunsTable };

/** A worker writes every second; one that missed fifteen of them is gone, or so slow that it is as good as gone. */
export const LOST_AFTER_SECONDS = 15;
/** Any constant will do; it must only differ from other locks of the product. */
const ADMISSION_LOCK = 7_262_430;
/** One look takes at most this many; the next look takes the rest. */
const RECOVER_LIMIT = 100;

export interface NewRun {
  id: string;
  debateId: string;
  format: WantedFormat;
  quality: WantedQuality;
  priority: Priority;
  requestedBy: string | null;
}

/** Which claim a change is made under; null: whoever has it. */
export type Claim = { workerId: string } | null;

/** What a change writes beside the state. */
export interface Outcome {
  error?: { code: string; params: ErrorParams };
  sourceFailures?: readonly SourceFailure[];
  /** What the run brought; its size is then what the run had to do, however fast it went. */
  file?: { id: string; sizeBytes: number };
  /** The source that brought the file. */
  sourceKind?: MediaCandidate['kind'];
  /** The run waits this long before it is taken again. */
  afterSeconds?: number;
  /** The attempt does not count: it was not the source's nor the worker's failure. */
  forgiveAttempt?: boolean;
}

/** All times are the database's, so that workers whose clocks differ agree on who is late. */
const NOW = sql<Date>`now()`;
/** A job may come a moment before its run is due: the queue rounds. */
const SOON = sql<Date>`now() + interval '1 second'`;
const silentFor = (seconds: number) => sql<boolean>`heartbeat_at < now() - make_interval(secs => ${seconds})`;

export type RunStore = ReturnType<typeof createRunStore>;

export function createRunStore(db: Db) {
  const runs = db.withTables<Tables>();
  const on = (trx: Trx) => trx.withTables<Tables>();

  return {
    /** Admissions to the queue happen one at a time, so that its bound is exact. Held until the commit. */
    lockAdmission: async (trx: Trx): Promise<void> => {
      await sql`select pg_advisory_xact_lock(${ADMISSION_LOCK})`.execute(trx);
    },

    countQueued: async (trx: Trx): Promise<number> => {
      const row = await on(trx)
        .selectFrom('extraction_runs')
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .where('state', '=', 'queued')
        .executeTakeFirstOrThrow();
      return row.total;
    },

    countDone: async (): Promise<number> => {
      const row = await runs
        .selectFrom('extraction_runs')
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .where('state', '=', 'done')
        .executeTakeFirstOrThrow();
      return row.total;
    },

    insert: async (trx: Trx, run: NewRun): Promise<Run> => {
      const row = await on(trx)
        .insertInto('extraction_runs')
        .values({
          id: run.id,
          debate_id: run.debateId,
          format: run.format,
          quality: run.quality,
          priority: PRIORITIES.indexOf(run.priority),
          state: 'queued',
          requested_by: run.requestedBy,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return runOf(row);
    },

    /** The run under way for exactly this wish. */
    active: async (trx: Trx, wish: Pick<NewRun, 'debateId' | 'format' | 'quality'>): Promise<Run | null> => {
      const row = await on(trx)
        .selectFrom('extraction_runs')
        .selectAll()
        .where('debate_id', '=', wish.debateId)
        .where('format', '=', wish.format)
        .where('quality', '=', wish.quality)
        .where('state', 'in', ['queued', 'running'])
        .executeTakeFirst();
      return row ? runOf(row) : null;
    },

    /** All runs of a debate that are under way; at most one for each format and quality. */
    activeOf: async (trx: Trx, debateId: string): Promise<Run[]> => {
      const rows = await on(trx)
        .selectFrom('extraction_runs')
        .selectAll()
        .where('debate_id', '=', debateId)
        .where('state', 'in', ['queued', 'running'])
        .orderBy('created_at')
        .forUpdate()
        .execute();
      return rows.map(runOf);
    },

    /** The last run of a debate. */
    latest: async (debateId: string): Promise<Run | null> => {
      const row = await runs
        .selectFrom('extraction_runs')
        .selectAll()
        .where('debate_id', '=', debateId)
        .orderBy('created_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? runOf(row) : null;
    },

    /** The last run for a wish that brought a file. */
    latestDone: async (debateId: string, format: WantedFormat, trx?: Trx): Promise<Run | null> => {
      const reader: Db | Trx = trx ?? db;
      const row = await reader
        .withTables<Tables>()
        .selectFrom('extraction_runs')
        .selectAll()
        .where('debate_id', '=', debateId)
        .where('format', '=', format)
        .where('state', '=', 'done')
        .orderBy('created_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? runOf(row) : null;
    },

    isActive: async (id: string): Promise<boolean> => {
      const row = await runs
        .selectFrom('extraction_runs')
        .select('id')
        .where(sql<boolean>`id::text = ${id}`)
        .where('state', 'in', ['queued', 'running'])
        .executeTakeFirst();
      return row !== undefined;
    },

    /** Takes a run for one worker, if it waits or its worker is gone; null otherwise. */
    claim: async (trx: Trx, id: string, workerId: string): Promise<Run | null> => {
      const { from, to } = transition('claim');
      const row = await on(trx)
        .updateTable('extraction_runs')
        .set((eb) => ({
          state: to,
          worker_id: workerId,
          heartbeat_at: NOW,
          attempts: eb('attempts', '+', 1),
          started_at: eb.fn.coalesce('started_at', NOW),
          updated_at: NOW,
        }))
        .where('id', '=', id)
        .where('state', 'in', from)
        .where((eb) =>
          eb.or([
            eb.and([eb('state', '=', 'queued'), eb('not_before', '<=', SOON)]),
            eb.and([eb('state', '=', 'running'), silentFor(LOST_AFTER_SECONDS)]),
          ]),
        )
        .returningAll()
        .executeTakeFirst();
      return row ? runOf(row) : null;
    },

    /** Writes how far the run is, that its worker lives, and learns whether it is still wanted; null: it is another's now. */
    beat: async (trx: Trx, id: string, workerId: string, measure: Measure | null): Promise<Run | null> => {
      const row = await on(trx)
        .updateTable('extraction_runs')
        .set({ heartbeat_at: NOW, updated_at: NOW, ...(measure === null ? {} : columnsOf(measure)) })
        .where('id', '=', id)
        .where('worker_id', '=', workerId)
        .where('state', '=', 'running')
        .returningAll()
        .executeTakeFirst();
      return row ? runOf(row) : null;
    },

    /** Makes a change if the run's state and the claim allow it; null when they do not. */
    change: async (
      trx: Trx,
      id: string,
      claim: Claim,
      change: RunChange,
      outcome: Outcome = {},
    ): Promise<Run | null> => {
      const { from, to } = transition(change);
      let update = on(trx)
        .updateTable('extraction_runs')
        .set((eb) => ({
          state: to,
          worker_id: null,
          heartbeat_at: null,
          step: null,
          eta_seconds: null,
          finished_at: to === 'queued' ? null : NOW,
          updated_at: NOW,
          ...(to === 'done' ? { progress: 100, error_code: null, error_params: null } : {}),
          ...(outcome.error ? errorColumns(outcome.error) : {}),
          ...(outcome.sourceFailures ? { source_failures: JSON.stringify(outcome.sourceFailures) } : {}),
          ...(outcome.file ? fileColumns(outcome.file) : {}),
          ...(outcome.sourceKind === undefined ? {} : { source_kind: outcome.sourceKind }),
          ...(to === 'queued' ? { not_before: secondsFromNow(outcome.afterSeconds ?? 0) } : {}),
          ...(outcome.forgiveAttempt ? { attempts: eb('attempts', '-', 1) } : {}),
        }))
        .where('id', '=', id)
        .where('state', 'in', from);
      if (claim !== null) update = update.where('worker_id', '=', claim.workerId);
      const row = await update.returningAll().executeTakeFirst();
      return row ? runOf(row) : null;
    },

    /** Keeps what became of a source while the run goes on with the next; false when the run is another's now. */
    noteFailures: async (id: string, workerId: string, failures: readonly SourceFailure[]): Promise<boolean> => {
      const result = await runs
        .updateTable('extraction_runs')
        .set({ source_failures: JSON.stringify(failures), updated_at: NOW })
        .where('id', '=', id)
        .where('worker_id', '=', workerId)
        .where('state', '=', 'running')
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    /** Asks the worker of a running run to stop, on whichever machine it is. */
    requestCancel: async (trx: Trx, id: string): Promise<Run | null> => {
      const row = await on(trx)
        .updateTable('extraction_runs')
        .set((eb) => ({ cancel_requested_at: eb.fn.coalesce('cancel_requested_at', NOW), updated_at: NOW }))
        .where('id', '=', id)
        .where('state', '=', 'running')
        .returningAll()
        .executeTakeFirst();
      return row ? runOf(row) : null;
    },

    /** Ids of running runs whose worker has been silent for `seconds`, oldest first. */
    lost: async (seconds: number): Promise<string[]> => {
      const rows = await runs
        .selectFrom('extraction_runs')
        .select('id')
        .where('state', '=', 'running')
        .where(silentFor(seconds))
        .orderBy('heartbeat_at')
        .limit(RECOVER_LIMIT)
        .execute();
      return rows.map((row) => row.id);
    },

    /** A run that is still lost, held until the commit; null when it is not, or when another process holds it. */
    lockLost: async (trx: Trx, id: string, seconds: number): Promise<Run | null> => {
      const row = await on(trx)
        .selectFrom('extraction_runs')
        .selectAll()
        .where('id', '=', id)
        .where('state', '=', 'running')
        .where(silentFor(seconds))
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
      return row ? runOf(row) : null;
    },

    /** Queued runs that should have been taken `seconds` ago and whose job may be lost; each is given at most once a `seconds`. */
    overdue: async (trx: Trx, seconds: number): Promise<Run[]> => {
      const limit = sql<Date>`now() - make_interval(secs => ${seconds})`;
      const rows = await on(trx)
        .updateTable('extraction_runs')
        .set({ updated_at: NOW })
        .where('id', 'in', (eb) =>
          eb
            .selectFrom('extraction_runs')
            .select('id')
            .where('state', '=', 'queued')
            .where('not_before', '<', limit)
            .where('updated_at', '<', limit)
            .orderBy('not_before')
            .limit(RECOVER_LIMIT),
        )
        .returningAll()
        .execute();
      return rows.map(runOf);
    },
  };
}

/** What a beat writes of the work. */
export interface Measure {
  advance: Advance;
  sourceKind: MediaCandidate['kind'];
  percent: number | null;
  etaSeconds: number | null;
}

function columnsOf({ advance, sourceKind, percent, etaSeconds }: Measure) {
  const ofBytes = advance.step === 'fetching' ? { bytes_done: advance.doneBytes, bytes_total: advance.totalBytes } : {};
  const ofSeconds =
    'doneSeconds' in advance
      ? { media_seconds_done: advance.doneSeconds ?? null, media_seconds_total: advance.totalSeconds ?? null }
      : {};
  return {
    step: advance.step,
    source_kind: sourceKind,
    progress: percent,
    eta_seconds: etaSeconds,
    ...ofBytes,
    ...ofSeconds,
  };
}

function fileColumns(file: { id: string; sizeBytes: number }) {
  return { audio_file_id: file.id, bytes_done: file.sizeBytes, bytes_total: file.sizeBytes };
}

function errorColumns(error: { code: string; params: ErrorParams }) {
  return { error_code: error.code, error_params: JSON.stringify(error.params) };
}

function secondsFromNow(seconds: number) {
  return sql<Date>`now() + make_interval(secs => ${seconds})`;
}

function runOf(row: Selectable<RunsTable>): Run {
  return {
    id: row.id,
    debateId: row.debate_id,
    format: row.format,
    quality: row.quality,
    priority: PRIORITIES[row.priority] ?? 'normal',
    state: row.state,
    step: row.step,
    sourceKind: row.source_kind,
    bytesDone: row.bytes_done,
    bytesTotal: row.bytes_total,
    mediaSecondsDone: row.media_seconds_done,
    mediaSecondsTotal: row.media_seconds_total,
    progress: row.progress,
    etaSeconds: row.eta_seconds,
    attempts: row.attempts,
    sourceFailures: row.source_failures,
    errorCode: row.error_code,
    errorParams: row.error_params,
    audioFileId: row.audio_file_id,
    requestedBy: row.requested_by,
    cancelRequestedAt: row.cancel_requested_at,
    notBefore: row.not_before,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    updatedAt: row.updated_at,
  };
}

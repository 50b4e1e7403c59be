import { sql } from 'kysely';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Database, Trx } from '../database/index.ts';
import { currentRequestId, underRequestId } from '../telemetry/index.ts';

/** Beside a job's own data: the request that it was asked by, so that its lines can be found by that id. */
const REQUEST_ID = '_request_id';

/** A kind of job: its name and what happens when it fails. The payload carries ids; the state lives in our tables. */
export interface JobDefinition<Data extends object> {
  readonly name: string;
  /** Attempts after the first when the handler throws; then the job goes to the dead letters. */
  readonly retryLimit: number;
  /** First wait before another attempt, in seconds; doubles each time, with jitter. */
  readonly retryDelaySeconds: number;
  /** A job that runs longer is taken for dead and tried again, in seconds. */
  readonly expireInSeconds: number;
  /** Only types: what a handler receives. */
  readonly data?: Data;
}

export interface Job<Data> {
  id: string;
  data: Data;
  /** Fires when the process is asked to stop or the job has expired. */
  signal: AbortSignal;
}

export interface SendOptions {
  /** Higher first; 0 when absent. */
  priority?: number;
  startAfterSeconds?: number;
}

/** Jobs in the database of the things they change: sent in the transaction of the cause, or not at all. */
export interface JobQueue {
  /** Makes the queues exist. Call before `send` and `work`. */
  start(jobs: readonly JobDefinition<object>[]): Promise<void>;
  send<Data extends object>(trx: Trx, job: JobDefinition<Data>, data: Data, options?: SendOptions): Promise<void>;
  /** Handles jobs of this kind here, `concurrency` at once, until `stop`. */
  work<Data extends object>(
    job: JobDefinition<Data>,
    concurrency: number,
    handler: (job: Job<Data>) => Promise<void>,
  ): Promise<void>;
  /**
   * Takes no new job, waits `graceMs` for those running, then fires their signals and gives them a moment to leave things
   * in order; those that do not are tried again.
   */
  stop(graceMs: number): Promise<void>;
  /** How much there is to do, in all processes together: for metrics. */
  stats(): Promise<QueueStats>;
}

export interface QueueStats {
  queues: readonly QueueDepth[];
  /** Jobs whose attempts all failed. */
  deadLetters: number;
}

export interface QueueDepth {
  name: string;
  /** Could be taken now. */
  ready: number;
  /** Wait for their time: for another attempt, mostly. */
  deferred: number;
  active: number;
  /** Since the one that is ready for longest could have been taken; 0 when none is. */
  oldestReadySeconds: number;
}

export function defineJob<Data extends object>(job: Omit<JobDefinition<Data>, 'data'>): JobDefinition<Data> {
  return job;
}

/** Notifications wake the worker at once; this look is the floor under them. pg-boss takes no less than 0.5. */
const POLLING = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 5 };
const DEAD_LETTERS = 'dead-letters';
/** For a handler to write down where it was, after its signal fired, in ms: a transaction or two on a busy database. */
const SETTLE_MS = 5_000;
/** Any number that no other advisory lock of ours has. */
const START_LOCK = 7_262_431;
const NO_SUCH_JOB = '00000000-0000-0000-0000-000000000000';

export function createJobQueue(options: {
  database: Database;
  onError: (error: unknown) => void;
  /** True in processes that do the queue's housekeeping (expiry, retention). */
  supervise: boolean;
}): JobQueue {
  const { database } = options;
  const boss = new PgBoss({
    db: { ...fromKysely(database.db), listen: database.listen },
    useListenNotify: true,
    supervise: options.supervise,
    schedule: false,
    migrate: true,
    // Index care is for millions of jobs a day; ours are thousands.
    reindex: false,
    monitorVacuum: false,
  });
  boss.on('error', options.onError);
  const stopping = new AbortController();

  async function startQueues(jobs: readonly JobDefinition<object>[]): Promise<void> {
    await boss.start();
    await boss.createQueue(DEAD_LETTERS);
    for (const job of jobs) {
      await ensureQueue(boss, job);
      // Fills pg-boss's memory of the queue now: inside a transaction it could not ask the pool's only connection.
      await boss.findJobs(job.name, { id: NO_SUCH_JOB });
    }
  }

  return {
    start: (jobs) => alone(database, () => startQueues(jobs)),
    send: async (trx, job, data, sendOptions = {}) => {
      await boss.send(
        job.name,
        { ...data, [REQUEST_ID]: currentRequestId() },
        {
          db: fromKysely(trx),
          ...(sendOptions.priority === undefined ? {} : { priority: sendOptions.priority }),
          ...(sendOptions.startAfterSeconds === undefined ? {} : { startAfter: sendOptions.startAfterSeconds }),
        },
      );
    },
    work: async <Data extends object>(
      job: JobDefinition<Data>,
      concurrency: number,
      handler: (job: Job<Data>) => Promise<void>,
    ) => {
      for (let slot = 0; slot < concurrency; slot += 1) {
        const worker = await boss.work<Data>(job.name, { batchSize: 1, ...POLLING }, async (batch) => {
          try {
            for (const { id, data: kept, signal } of batch) {
              const { [REQUEST_ID]: requestId = id, ...data } = kept as Data & { [REQUEST_ID]?: string };
              const taken = { id, data: data as Data, signal: AbortSignal.any([signal, stopping.signal]) };
              await underRequestId(requestId, () => handler(taken));
            }
          } finally {
            // Without this a worker rests for a poll between two jobs that wait.
            boss.notifyWorker(worker);
          }
        });
      }
    },
    stats: async () => {
      // pg-boss keeps such numbers itself, a minute old and without ages.
      const { rows } = await sql<QueueDepth>`select q.name,
          count(*) filter (where waits and start_after <= now())::int as ready,
          count(*) filter (where waits and start_after > now())::int as deferred,
          count(*) filter (where state = 'active')::int as active,
          coalesce(extract(epoch from now() - min(greatest(sent_at, start_after))
            filter (where waits and start_after <= now())), 0)::float8 as "oldestReadySeconds"
        from pgboss.queue q
        left join lateral (select state, start_after, j.created_on as sent_at, state < 'active' as waits
          from pgboss.job j where j.name = q.name and j.state <= 'active') job on true
        group by q.name order by q.name`.execute(database.db);
      const own = rows.filter(({ name }) => !name.startsWith('__pgboss__'));
      return {
        queues: own.filter(({ name }) => name !== DEAD_LETTERS),
        deadLetters: own.find(({ name }) => name === DEAD_LETTERS)?.ready ?? 0,
      };
    },
    stop: async (graceMs) => {
      // pg-boss itself fires the signals only when it waits no longer: whatever a handler then writes would come too late.
      const timer = setTimeout(() => stopping.abort(), graceMs);
      try {
        await boss.stop({ graceful: true, close: false, timeout: graceMs + SETTLE_MS });
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/**
 * Two processes that start at once on a new database would both make pg-boss's tables, and the one that comes second would go on
 * in a transaction that is broken. Embedded, there is no second process, and no second connection to hold a lock.
 */
async function alone(database: Database, work: () => Promise<void>): Promise<void> {
  if (database.kind === 'embedded') return work();
  await database.db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${START_LOCK})`.execute(trx);
    await work();
  });
}

async function ensureQueue(boss: PgBoss, job: JobDefinition<object>): Promise<void> {
  const settings = {
    retryLimit: job.retryLimit,
    retryDelay: job.retryDelaySeconds,
    retryBackoff: true,
    expireInSeconds: job.expireInSeconds,
    notify: true,
  };
  const existing = await boss.getQueue(job.name);
  if (existing) await boss.updateQueue(job.name, settings);
  else await boss.createQueue(job.name, { ...settings, policy: 'standard', deadLetter: DEAD_LETTERS });
}

import { randomUUID } from 'node:crypto';
import type { Debates } from '../debates/index.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Db, Trx } from '../platform/database/index.ts';
import type { Events } from '../platform/events/index.ts';
import type { Fetcher } from '../platform/fetch/index.ts';
import { defineJob, type Job, type JobDefinition, type JobQueue } from '../platform/queue/index.ts';
import type { Logger } from '../platform/telemetry/index.ts';
import type { MediaCandidate } from '../sources/index.ts';
import type { Speech } from '../speech/index.ts';
import type { AudioFile, Vault } from '../vault/index.ts';
import { orderCandidates, type WantedFormat } from './chain.ts';
import { extractionErrors } from './errors.ts';
import { createYoungCollector } from './fetching/collect-young.ts';
import { DOWNLOAD_LIMITS } from './fetching/download-context.ts';
import type { Tools } from './fetching/fetch-sound.ts';
import { askForOpening, handleOpening, type OpeningJob, openingJob } from './opening/opening-job.ts';
import { type Recovery, recoverRuns } from './recover.ts';
import { createRequests, type Requests } from './requests.ts';
import { PRIORITIES, type Priority, type Run, type WantedQuality } from './run.ts';
import { createRunStore } from './store.ts';
import {
  announceFailed,
  type ExtractionObserver,
  handleRun,
  noteEnd,
  type WorkerDeps,
  type WorkerVault,
} from './worker.ts';

export interface ExtractionOptions {
  db: Db;
  vault: WorkerVault & Pick<Vault, 'file' | 'open' | 'sweepWorkspaces'>;
  register: Pick<Debates, 'get' | 'reportRun'>;
  /** Derives where a sitting starts from how its sound begins. */
  speech: Pick<Speech, 'takeOpening'>;
  /** Where the sound of a debate can be had now; empty when nowhere (yet). */
  media: (debateId: string) => Promise<readonly MediaCandidate[]>;
  queue: Pick<JobQueue, 'send'>;
  events: Pick<Events, 'append'>;
  fetcher: Fetcher;
  tools: Tools;
  clock: Clock;
  /** 0 ≤ random() < 1, for jitter. */
  random: () => number;
  logger: Logger;
  /** Runs that may wait before new ones are refused. */
  queueLimit: number;
  /** Free disk below which nothing new is fetched, in bytes. */
  diskFloorBytes: number;
  observer?: ExtractionObserver;
}

export interface ExtractionWish {
  /** Id or alias. */
  debateId: string;
  format: WantedFormat;
  quality: WantedQuality;
  priority: Priority;
  /** Account that asks; null for anybody. */
  requestedBy: string | null;
}

export type Answer =
  /** The sound is already there. `run` brought it, as far as one is known. */
  { kind: 'ready'; debateId: string; file: AudioFile; run: Run | null } | { kind: 'run'; run: Run; created: boolean };

/** The workshop: brings the sound of debates into the vault. */
export interface Extraction {
  /**
   * Asks for the sound of a debate. Asking again gives the run that is under way, or the file.
   * @throws debates/not-found, extraction/no-source, extraction/queue-full, extraction/disk-low
   */
  request(wish: ExtractionWish): Promise<Answer>;
  /** The last run of a debate, with its file once done. @throws debates/not-found, extraction/no-run */
  status(debateId: string): Promise<{ run: Run; file: AudioFile | null }>;
  /** The last run without those errors: for what is shown beside other things. */
  latest(debateId: string): Promise<Run | null>;
  /**
   * Ends the runs of a debate that are under way, on whichever worker; gives the last one, which may stop a second later.
   * @throws debates/not-found, extraction/no-run, extraction/not-active
   */
  cancel(debateId: string): Promise<Run>;
  /** The account that asked for every run of a debate that is under way; null when there is none, or several asked. @throws debates/not-found */
  askedBy(debateId: string): Promise<string | null>;
  /** How many ended with the sound, since the beginning. */
  countDone(): Promise<number>;
  /** What listeners asked for, for their export and erasure. */
  requests: Requests;
  /** What the queue hands to a worker. */
  handle(job: Pick<Job<ExtractionJob>, 'data' | 'signal'>): Promise<void>;
  /** Whether there is what it takes to listen here: an ffmpeg. */
  readonly canListen: boolean;
  /** Listens to the beginning of a file that was published, to know where its sitting starts. */
  handleOpening(job: Pick<Job<OpeningJob>, 'data' | 'signal'>): Promise<void>;
  /**
   * Gives runs of dead workers back to the queue: at the start of a worker, and every 10 s by the scheduler.
   * `alone` (embedded database, before this process takes work): nobody else can be working, so nobody is waited for.
   */
  recover(options?: { alone: boolean }): Promise<Recovery>;
  /** Removes what ended runs left in this machine's workspaces: every hour where workers run. Returns how many. */
  sweep(): Promise<number>;
}

export interface ExtractionJob {
  run_id: string;
}

/**
 * A run looks after its own retries; these are for a database that was away. A run may last 6 h: 2.7 GB of video at 1 Mbit/s.
 */
export const extractionJob: JobDefinition<ExtractionJob> = defineJob<ExtractionJob>({
  name: 'extraction',
  retryLimit: 3,
  retryDelaySeconds: 5,
  expireInSeconds: 6 * 3600,
});

/** All that a process must know of before it extracts. */
export const extractionJobs = [extractionJob, openingJob] as const;

/** With two workers on a sitting of an hour each, a place is free within about this long, in seconds. */
const QUEUE_FULL_RETRY_SECONDS = 60;
/** Space comes back when the operator or retention makes some, in seconds. */
const DISK_LOW_RETRY_SECONDS = 600;
/** A workspace of a run that is over, and that nothing has touched for this long, in ms, was left by a crash. */
const SWEEP_AFTER_MS = 3600_000;

export function createExtraction(options: ExtractionOptions): Extraction {
  const { db, vault, register } = options;
  const store = createRunStore(db);
  const enqueue = (trx: Trx, run: Run, afterSeconds: number): Promise<void> =>
    options.queue.send(
      trx,
      extractionJob,
      { run_id: run.id },
      {
        priority: PRIORITIES.indexOf(run.priority),
        ...(afterSeconds > 0 ? { startAfterSeconds: afterSeconds } : {}),
      },
    );
  const worker: WorkerDeps = {
    ...options,
    store,
    enqueue,
    askForOpening: (trx, file) => askForOpening(options, trx, file),
    newId: randomUUID,
    download: {
      fetcher: options.fetcher,
      clock: options.clock,
      random: options.random,
      freeBytes: vault.freeBytes,
      collectYoung: createYoungCollector(),
      limits: { ...DOWNLOAD_LIMITS, freeBytesFloor: options.diskFloorBytes },
    },
  };

  /** The file that answers a wish: of the format itself, or the makeshift that an earlier run for the same wish ended with. */
  async function readyFile(
    debateId: string,
    format: WantedFormat,
    media: readonly MediaCandidate[],
    trx?: Trx,
  ): Promise<{ file: AudioFile; run: Run | null } | null> {
    const files = (await vault.readyFiles([debateId], trx)).get(debateId) ?? [];
    if (files.length === 0) return null;
    const run = await store.latestDone(debateId, format, trx);
    const published = media.some(({ kind }) => kind === 'mp3');
    const file = files.find(
      (one) => one.format === format || one.id === run?.audioFileId || (format === 'mp3' && !published),
    );
    return file === undefined ? null : { file, run: run?.audioFileId === file.id ? run : null };
  }

  async function admit(wish: ExtractionWish, media: readonly MediaCandidate[]): Promise<Answer> {
    return db.transaction().execute(async (trx): Promise<Answer> => {
      await store.lockAdmission(trx);
      const active = await store.active(trx, wish);
      if (active !== null) return { kind: 'run', run: active, created: false };
      // A run that was under way when we looked first may have ended since: it is not begun again.
      const ready = await readyFile(wish.debateId, wish.format, media, trx);
      if (ready !== null) return { kind: 'ready', debateId: wish.debateId, ...ready };
      if ((await store.countQueued(trx)) >= options.queueLimit) {
        const params = { limit: options.queueLimit };
        throw extractionErrors.error('queue-full', { params, retryAfterSeconds: QUEUE_FULL_RETRY_SECONDS });
      }
      const run = await store.insert(trx, { ...wish, id: randomUUID() });
      await enqueue(trx, run, 0);
      await register.reportRun(trx, run.debateId, 'active');
      return { kind: 'run', run, created: true };
    });
  }

  return {
    request: async (wish) => {
      const { id: debateId } = await register.get(wish.debateId);
      const media = await options.media(debateId);
      const ready = await readyFile(debateId, wish.format, media);
      if (ready !== null) return { kind: 'ready', debateId, ...ready };
      if (orderCandidates(media, wish.format).length === 0) throw extractionErrors.error('no-source');
      if ((await vault.freeBytes()) < options.diskFloorBytes) {
        throw extractionErrors.error('disk-low', { retryAfterSeconds: DISK_LOW_RETRY_SECONDS });
      }
      return admit({ ...wish, debateId }, media);
    },

    status: async (idOrAlias) => {
      const { id } = await register.get(idOrAlias);
      const run = await store.latest(id);
      if (run === null) throw extractionErrors.error('no-run');
      return { run, file: run.audioFileId === null ? null : await vault.file(run.audioFileId) };
    },

    latest: (debateId) => store.latest(debateId),

    cancel: async (idOrAlias) => {
      const { id } = await register.get(idOrAlias);
      const latest = await store.latest(id);
      if (latest === null) throw extractionErrors.error('no-run');
      const ended = await db.transaction().execute(async (trx) => {
        const after: Run[] = [];
        for (const run of await store.activeOf(trx, id)) {
          const cancelled = run.state === 'queued' ? await store.change(trx, run.id, null, 'cancel') : null;
          if (cancelled !== null) await announceFailed(worker, trx, cancelled);
          const asked = cancelled ?? (await store.requestCancel(trx, run.id));
          if (asked !== null) after.push(asked);
        }
        return after;
      });
      const last = ended.at(-1);
      if (last === undefined) throw extractionErrors.error('not-active', { params: { status: latest.state } });
      for (const run of ended) {
        if (run.state !== 'cancelled') continue;
        noteEnd(worker, run, 'cancelled', null);
        await vault.discardWorkspace(run.id);
      }
      return last;
    },

    askedBy: async (idOrAlias) => {
      const { id } = await register.get(idOrAlias);
      const runs = await db.transaction().execute((trx) => store.activeOf(trx, id));
      const accounts = new Set(runs.map((run) => run.requestedBy));
      const [account = null] = accounts;
      return accounts.size === 1 ? account : null;
    },
    countDone: store.countDone,
    requests: createRequests(db),

    handle: (job) => handleRun(worker, job.data.run_id, job.signal),
    canListen: options.tools.ffmpeg !== null,
    handleOpening: (job) => handleOpening(options, job),
    recover: (how = { alone: false }) => recoverRuns(worker, how),
    sweep: async () => (await vault.sweepWorkspaces(store.isActive, SWEEP_AFTER_MS)).length,
  };
}

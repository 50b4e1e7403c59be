import type { Clock } from '../platform/clock/index.ts';
import type { Db, Trx } from '../platform/database/index.ts';
import { AppError } from '../platform/errors/index.ts';
import type { Events } from '../platform/events/index.ts';
import type { Logger } from '../platform/telemetry/index.ts';
import type { MediaCandidate } from '../sources/index.ts';
import { type AudioFile, type Vault, vaultErrors } from '../vault/index.ts';
import {
  afterFailure,
  MAX_ATTEMPTS,
  nextCandidate,
  orderCandidates,
  recordFailure,
  type SourceFailure,
} from './chain.ts';
import { extractionErrors } from './errors.ts';
import type { DownloadDeps } from './fetching/download-context.ts';
import { withCode } from './fetching/fetch-failure.ts';
import { fetchSound, type Tools } from './fetching/fetch-sound.ts';
import { ClaimLost, type Heartbeat, RunCancelled, startHeartbeat } from './heartbeat.ts';
import { tell } from './news.ts';
import type { Run } from './run.ts';
import type { Claim, Outcome, RunStore } from './store.ts';

export type WorkerVault = Pick<
  Vault,
  'workspace' | 'discardWorkspace' | 'inspect' | 'publish' | 'recover' | 'readyFiles' | 'freeBytes'
>;

/** Told of what becomes of the work here, once it is certain. */
export interface ExtractionObserver {
  /** One source was tried; `code` says why it failed, null that it brought the sound. */
  sourceTried(source: MediaCandidate['kind'], code: string | null, durationSeconds: number): void;
  /** A run is over; `code` says why it failed. The time is the listener's, from the first request on. */
  runEnded(outcome: 'completed' | 'failed' | 'cancelled', code: string | null, durationSeconds: number): void;
}

export interface WorkerDeps {
  db: Db;
  store: RunStore;
  vault: WorkerVault;
  /** Where the sound of a debate can be had now. */
  media: (debateId: string) => Promise<readonly MediaCandidate[]>;
  /** Puts a run back into the queue, in the transaction that makes it wait. */
  enqueue: (trx: Trx, run: Run, afterSeconds: number) => Promise<void>;
  /** Has the beginning of a file listened to later on, in the transaction that publishes it. */
  askForOpening: (trx: Trx, file: AudioFile) => Promise<void>;
  /** What the register shows of the run; the vault tells it of the file. */
  register: {
    reportRun(trx: Trx, debateId: string, state: 'active' | 'failed' | null): Promise<void>;
  };
  events: Pick<Events, 'append'>;
  download: DownloadDeps;
  tools: Tools;
  clock: Clock;
  random: () => number;
  newId: () => string;
  logger: Logger;
  observer?: ExtractionObserver;
}

/** Between two questions to a source that does not answer, in seconds. */
const MEDIA_RETRY_SECONDS = 30;

/** A run that one claim of this worker holds. */
interface Held {
  run: Run;
  workerId: string;
  heartbeat: Heartbeat;
  /** Fires on cancellation, on a lost claim, and when the process is asked to stop. */
  signal: AbortSignal;
}

/**
 * Handles one job: takes the run if it is still to be had, brings its sound into the vault, and leaves the run in a state
 * that says what became of it. Returns quietly when the run is over, or another's.
 * @throws the reason of `stopping` when it fired before the start; errors of the database: the job is then tried again
 */
export async function handleRun(deps: WorkerDeps, runId: string, stopping: AbortSignal): Promise<void> {
  // The job stays for another worker.
  stopping.throwIfAborted();
  const workerId = deps.newId();
  const run = await deps.db.transaction().execute(async (trx) => {
    const claimed = await deps.store.claim(trx, runId, workerId);
    if (claimed?.attempts === 1) await tell(deps.events, trx, 'extraction_started', claimed);
    return claimed;
  });
  if (run === null) return;
  deps.logger.info({ run: run.id, debate: run.debateId, attempt: run.attempts }, 'an extraction is under way');
  const { db, store, events, clock } = deps;
  const onError = (error: unknown): void => deps.logger.error({ err: error, run: run.id }, 'heartbeat failed');
  const heartbeat = startHeartbeat({ run, workerId, db, store, events, clock, onError });
  const held: Held = { run, workerId, heartbeat, signal: AbortSignal.any([heartbeat.signal, stopping]) };
  try {
    await work(deps, held);
  } catch (error) {
    await settle(deps, held, error).catch((failure: unknown) => {
      if (!(failure instanceof ClaimLost)) throw failure;
    });
  } finally {
    await heartbeat.stop();
  }
}

/** Source after source, until one brings the sound or none is left. */
async function work(deps: WorkerDeps, held: Held): Promise<void> {
  const { run } = held;
  if (run.cancelRequestedAt !== null) throw new RunCancelled();
  if (run.attempts > 1 && (await finishPublished(deps, held))) return;
  const media = await sourceFailure(deps, held, () => deps.media(run.debateId));
  if (media instanceof AppError) return withoutMedia(deps, held, media);
  const ordered = orderCandidates(media, run.format);
  let failures = run.sourceFailures;
  for (;;) {
    const candidate = nextCandidate(ordered, failures);
    if (candidate === null) return fail(deps, held, extractionErrors.error('no-source'), failures);
    const startedMs = deps.clock.monotonicMs();
    const error = await trySource(deps, held, candidate);
    const durationSeconds = (deps.clock.monotonicMs() - startedMs) / 1000;
    deps.observer?.sourceTried(candidate.kind, error?.code ?? null, durationSeconds);
    if (error === null) {
      noteEnd(deps, run, 'completed', null);
      return;
    }
    failures = recordFailure(failures, candidate, error);
    deps.logger.warn({ err: error, run: run.id, source: candidate.kind, code: error.code }, 'a source failed');
    const step = afterFailure({
      ordered,
      failures,
      failed: candidate,
      error,
      attempts: run.attempts,
      random: deps.random(),
    });
    if (step.do === 'retry-later') return retryLater(deps, held, { error, failures, afterSeconds: step.afterSeconds });
    if (step.do === 'fail') return fail(deps, held, step, failures);
    await deps.vault.discardWorkspace(run.id);
    if (!(await deps.store.noteFailures(run.id, held.workerId, failures))) throw new ClaimLost();
  }
}

/** The source did not even say where the sound is. */
async function withoutMedia(deps: WorkerDeps, held: Held, error: AppError): Promise<void> {
  const failures = held.run.sourceFailures;
  if (!error.definition.retryable || held.run.attempts >= MAX_ATTEMPTS) return fail(deps, held, error, failures);
  await retryLater(deps, held, { error, failures, afterSeconds: error.retryAfterSeconds ?? MEDIA_RETRY_SECONDS });
}

/**
 * A worker that died between publishing and saying so leaves a file that needs no fetching again.
 * @returns whether there was one
 */
async function finishPublished(deps: WorkerDeps, held: Held): Promise<boolean> {
  const { run } = held;
  await deps.vault.recover();
  const ready = (await deps.vault.readyFiles([run.debateId])).get(run.debateId) ?? [];
  const file = ready.find(({ format, createdAt }) => format === run.format || createdAt >= run.createdAt);
  if (file === undefined) return false;
  await deps.db.transaction().execute((trx) => complete(deps, held, trx, file));
  noteEnd(deps, run, 'completed', null);
  await deps.vault.discardWorkspace(run.id);
  return true;
}

/** Null when the sound of this source is published; otherwise why not. Aborts and failures that are ours are thrown. */
async function trySource(deps: WorkerDeps, held: Held, candidate: MediaCandidate): Promise<AppError | null> {
  const { run, heartbeat, signal } = held;
  const report = (advance: Parameters<Heartbeat['report']>[1]): void => heartbeat.report(candidate.kind, advance);
  const workspace = await deps.vault.workspace(run.id);
  const fetched = await sourceFailure(deps, held, () =>
    fetchSound(deps.download, deps.tools, { candidate, workspace, signal, onProgress: report }),
  );
  if (fetched instanceof AppError) return fetched;
  const totalBytes = fetched.announced.sizeBytes ?? 0;
  const inspection = await sourceFailure(deps, held, () =>
    deps.vault.inspect(fetched.path, {
      format: fetched.format,
      announced: {
        ...fetched.announced,
        ...(candidate.durationAtLeastSeconds === null
          ? {}
          : { durationAtLeastSeconds: candidate.durationAtLeastSeconds }),
      },
      signal,
      onProgress: (doneBytes) => report({ step: 'verifying', doneBytes, totalBytes }),
    }),
  );
  if (inspection instanceof AppError) {
    // What was fetched is of no use, and its being complete must not keep it from being fetched again.
    await deps.vault.discardWorkspace(run.id);
    return inspection;
  }
  report({ step: 'publishing' });
  signal.throwIfAborted();
  await deps.vault.publish({
    debateId: run.debateId,
    path: fetched.path,
    inspection,
    origin: fetched.origin,
    sourceUrl: candidate.url,
    signal,
    within: (trx, file) => complete(deps, held, trx, file, candidate.kind),
  });
  await deps.vault.discardWorkspace(run.id);
  return null;
}

/** Gives failures of a source as values. A defect of ours while reading one counts as its failure: another may do. */
async function sourceFailure<T>(deps: WorkerDeps, held: Held, attempt: () => Promise<T>): Promise<T | AppError> {
  try {
    return await attempt();
  } catch (error) {
    held.signal.throwIfAborted();
    const coded = withCode(error);
    if (coded instanceof AppError) return coded;
    deps.logger.error({ err: error, run: held.run.id }, 'a defect while reading a source');
    return extractionErrors.error('internal', { cause: error });
  }
}

async function complete(
  deps: WorkerDeps,
  held: Held,
  trx: Trx,
  file: AudioFile,
  sourceKind?: MediaCandidate['kind'],
): Promise<void> {
  const { run } = held;
  const done = await changed(deps, held, trx, 'complete', {
    file,
    ...(sourceKind === undefined ? {} : { sourceKind }),
  });
  await deps.register.reportRun(trx, run.debateId, null);
  await tell(deps.events, trx, 'extraction_completed', done);
  await deps.askForOpening(trx, file);
}

async function fail(
  deps: WorkerDeps,
  held: Held,
  why: { code: string; params: AppError['params'] },
  sourceFailures: readonly SourceFailure[],
): Promise<void> {
  const error = { code: why.code, params: why.params };
  await deps.db.transaction().execute(async (trx) => {
    await announceFailed(deps, trx, await changed(deps, held, trx, 'fail', { error, sourceFailures }));
  });
  noteEnd(deps, held.run, 'failed', why.code);
  await deps.vault.discardWorkspace(held.run.id);
}

/** After the commit that ended the run. */
export function noteEnd(
  { observer, clock, logger }: Pick<WorkerDeps, 'observer' | 'clock' | 'logger'>,
  run: Run,
  outcome: Parameters<ExtractionObserver['runEnded']>[0],
  code: string | null,
): void {
  logger.info({ run: run.id, debate: run.debateId, outcome, code }, 'an extraction is over');
  observer?.runEnded(outcome, code, (clock.now().getTime() - run.createdAt.getTime()) / 1000);
}

/** The end of a run without a file, for the register and for those who watch. */
export async function announceFailed(deps: Pick<WorkerDeps, 'register' | 'events'>, trx: Trx, run: Run): Promise<void> {
  await deps.register.reportRun(trx, run.debateId, run.state === 'failed' ? 'failed' : null);
  await tell(deps.events, trx, 'extraction_failed', run);
}

async function retryLater(
  deps: WorkerDeps,
  held: Held,
  { error, failures, afterSeconds }: { error: AppError; failures: readonly SourceFailure[]; afterSeconds: number },
): Promise<void> {
  await deps.db.transaction().execute(async (trx) => {
    const outcome = { error: { code: error.code, params: error.params }, sourceFailures: failures, afterSeconds };
    await deps.enqueue(trx, await changed(deps, held, trx, 'retry', outcome), afterSeconds);
  });
}

/** What becomes of a run whose work was broken off. */
async function settle(deps: WorkerDeps, held: Held, error: unknown): Promise<void> {
  const { run, heartbeat } = held;
  const reason: unknown = heartbeat.signal.aborted ? heartbeat.signal.reason : error;
  if (reason instanceof ClaimLost) {
    deps.logger.warn({ run: run.id }, 'the run is no longer ours');
    return;
  }
  if (reason instanceof RunCancelled) {
    await deps.db.transaction().execute(async (trx) => {
      await announceFailed(deps, trx, await changed(deps, held, trx, 'cancel'));
    });
    noteEnd(deps, run, 'cancelled', null);
    await deps.vault.discardWorkspace(run.id);
    return;
  }
  if (held.signal.aborted) {
    // The process is asked to stop: another goes on from here, at once.
    await deps.db.transaction().execute(async (trx) => {
      await deps.enqueue(trx, await changed(deps, held, trx, 'release', { forgiveAttempt: true }), 0);
    });
    return;
  }
  if (!(error instanceof AppError)) throw error;
  const failures = run.sourceFailures;
  if (error.code !== STORAGE_AWAY || run.attempts >= MAX_ATTEMPTS) return fail(deps, held, error, failures);
  // What was fetched is good, and stays in the workspace.
  await retryLater(deps, held, { error, failures, afterSeconds: STORAGE_RETRY_SECONDS * run.attempts });
}

const STORAGE_AWAY = vaultErrors.code('storage-away');
/** Longer after each attempt: with all of them a storage may be away for half an hour, in seconds. */
const STORAGE_RETRY_SECONDS = 30;

/** Makes the change under this claim. @throws ClaimLost, which undoes the transaction, when the run is another's now */
async function changed(
  deps: WorkerDeps,
  held: Held,
  trx: Trx,
  change: Parameters<RunStore['change']>[3],
  outcome?: Outcome,
): Promise<Run> {
  const claim: Claim = { workerId: held.workerId };
  const run = await deps.store.change(trx, held.run.id, claim, change, outcome);
  if (run === null) throw new ClaimLost();
  return run;
}

import { open } from 'node:fs/promises';
import type { Debates } from '../../debates/index.ts';
import type { Clock } from '../../platform/clock/index.ts';
import type { Trx } from '../../platform/database/index.ts';
import { defineJob, type Job, type JobDefinition, type JobQueue } from '../../platform/queue/index.ts';
import type { Logger } from '../../platform/telemetry/index.ts';
import type { Speech } from '../../speech/index.ts';
import type { AudioFile, OpenObject, Vault } from '../../vault/index.ts';
import type { Tools } from '../fetching/fetch-sound.ts';
import { measureLevels } from './levels.ts';

export interface OpeningJob {
  audio_file_id: string;
}

/** Takes seconds; a machine that has no time for it does it later, or not at all: nobody waits for it. */
export const openingJob: JobDefinition<OpeningJob> = defineJob<OpeningJob>({
  name: 'opening',
  retryLimit: 2,
  retryDelaySeconds: 60,
  expireInSeconds: 900,
});

/** Recordings open on about fifteen minutes of empty room, and sittings start late. */
const LISTENED_SECONDS = 40 * 60;
/** A variable bitrate is spent unevenly; the first part may have more than its share of bytes. */
const MARGIN = 1.25;
const COPY_BYTES = 1024 * 1024;

export interface OpeningDeps {
  vault: Pick<Vault, 'file' | 'open' | 'workspace' | 'discardWorkspace' | 'freeBytes'>;
  register: Pick<Debates, 'get'>;
  speech: Pick<Speech, 'takeOpening'>;
  queue: Pick<JobQueue, 'send'>;
  tools: Tools;
  clock: Clock;
  logger: Logger;
  diskFloorBytes: number;
}

/** Has the beginning of a published file listened to later on, in the transaction that publishes it. */
export async function askForOpening({ queue, tools }: OpeningDeps, trx: Trx, file: AudioFile): Promise<void> {
  if (tools.ffmpeg === null) return;
  await queue.send(trx, openingJob, { audio_file_id: file.id });
}

/**
 * Measures how loud the beginning of a file is and hands it to who derives where the sitting starts. Stops quietly when that is
 * known better by now, or the file is no longer served. The same file again gives the same, and writes nothing.
 * @throws extraction/ffmpeg-failed, errors of the disk and of the database: the job is tried again; the signal's reason
 */
export async function handleOpening(
  deps: OpeningDeps,
  { data, signal }: Pick<Job<OpeningJob>, 'data' | 'signal'>,
): Promise<void> {
  const { vault, register, speech, tools, clock } = deps;
  const file = await vault.file(data.audio_file_id);
  if (tools.ffmpeg === null || file?.state !== 'ready') return;
  const { sittingStartOrigin } = await register.get(file.debateId);
  if (sittingStartOrigin !== null && sittingStartOrigin !== 'silence') return;
  const key = `opening-${file.id}`;
  const path = `${await vault.workspace(key)}/opening.${file.format}`;
  try {
    if (!(await copyBeginning(deps, file, path, signal))) return;
    const levelsDb = await measureLevels(tools.ffmpeg, { path, seconds: LISTENED_SECONDS, clock, signal });
    await speech.takeOpening(file.debateId, { audioSha256: file.sha256, levelsDb });
  } finally {
    await vault.discardWorkspace(key);
  }
}

/**
 * Copies what is to be listened to out of the storage, wherever that is: both formats are decoded from any beginning of theirs.
 * @returns false when the bytes are gone, or the disk has no room to spare
 */
async function copyBeginning(
  { vault, logger, diskFloorBytes }: OpeningDeps,
  file: AudioFile,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  const share = Math.min(1, (MARGIN * LISTENED_SECONDS) / Math.max(1, file.durationSeconds));
  const bytes = Math.ceil(file.sizeBytes * share);
  if ((await vault.freeBytes()) < bytes + diskFloorBytes) {
    logger.warn({ debate: file.debateId }, 'no room to listen to the beginning of a recording');
    return false;
  }
  const object = await vault.open(file);
  if (object === null) return false;
  try {
    await copyBytes(object, path, bytes, signal);
  } finally {
    object.close();
  }
  return true;
}

async function copyBytes(object: OpenObject, path: string, bytes: number, signal: AbortSignal): Promise<void> {
  const buffer = Buffer.allocUnsafe(COPY_BYTES);
  await using target = await open(path, 'w', 0o600);
  for (let at = 0; at < bytes; ) {
    signal.throwIfAborted();
    const read = await object.read(buffer, at, Math.min(COPY_BYTES, bytes - at));
    if (read === 0) return;
    await target.write(buffer, 0, read);
    at += read;
  }
}

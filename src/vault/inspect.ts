import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { AppError } from '../platform/errors/index.ts';
import type { AudioFormat } from './audio-file.ts';
import { vaultErrors } from './errors.ts';
import { createMp3Scanner, type Mp3Scan } from './mp3-frames.ts';
import { Mp4Error } from './mp4-boxes.ts';
import { type Mp4Sound, readMp4 } from './mp4-duration.ts';

/** What the source said about the file before it was fetched. Absent: not announced, not checked. */
export interface Announced {
  /** Exact. */
  sizeBytes?: number;
  /** Checked within 2 s or 0.5 %, whichever is longer. */
  durationSeconds?: number;
  /** Where only a lower bound is known; checked with the same tolerance. */
  durationAtLeastSeconds?: number;
}

/** What was found by reading the whole file once. */
export interface Inspection {
  format: AudioFormat;
  sha256: string;
  sizeBytes: number;
  durationSeconds: number;
  bitrateKbps: number;
  sampleRateHz: number;
  channels: number;
}

export interface InspectOptions {
  format: AudioFormat;
  announced?: Announced;
  signal?: AbortSignal;
  /** Called once per MiB read. */
  onProgress?: (readBytes: number) => void;
}

/** Hashing and scanning this much takes about 1 ms: the event loop is never held longer. */
const PIECE_BYTES = 1_048_576;

/** Encoders add up to 0.1 s at each end, sources announce whole seconds, segment lists round each segment. */
const DURATION_TOLERANCE_SECONDS = 2;
const DURATION_TOLERANCE = 0.005;

/**
 * Reads a staged file once, hash and frames together, and compares it with what was announced.
 * @throws vault/not-audio, vault/truncated, vault/wrong-length, vault/wrong-duration; the signal's reason
 */
export async function inspectFile(path: string, options: InspectOptions): Promise<Inspection> {
  await using handle = await open(path, 'r');
  const sizeBytes = (await handle.stat()).size;
  const scanner = options.format === 'mp3' ? createMp3Scanner() : null;
  const hash = createHash('sha256');
  let readBytes = 0;
  for await (const piece of piecesOf(handle)) {
    options.signal?.throwIfAborted();
    hash.update(piece);
    scanner?.push(piece);
    readBytes += piece.length;
    options.onProgress?.(readBytes);
  }
  const announced = options.announced ?? {};
  const sound = scanner
    ? judgeMp3(scanner.finish(), sizeBytes, announced)
    : await judgeMp4(handle, sizeBytes, announced);
  const wrong = differsInDuration(sound.durationSeconds, announced);
  if (wrong) throw wrong;
  const { durationSeconds, bitrateKbps, sampleRateHz, channels } = sound;
  const sha256 = hash.digest('hex');
  return { format: options.format, sha256, sizeBytes, durationSeconds, bitrateKbps, sampleRateHz, channels };
}

/** SHA-256 of all that `read` gives until it gives nothing, in lower-case hexadecimal. */
export async function hashOf(read: (buffer: Buffer, position: number) => Promise<number>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of piecesBy(read)) hash.update(piece);
  return hash.digest('hex');
}

function piecesOf(handle: FileHandle): AsyncGenerator<Buffer> {
  return piecesBy(async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead);
}

/** Pieces in order, each valid until the next one is asked for; the next one is read while this one is worked on. */
async function* piecesBy(read: (buffer: Buffer, position: number) => Promise<number>): AsyncGenerator<Buffer> {
  let buffer = Buffer.allocUnsafe(PIECE_BYTES);
  let other = Buffer.allocUnsafe(PIECE_BYTES);
  let position = 0;
  let reading = read(buffer, position);
  for (;;) {
    const length = await reading;
    if (length === 0) return;
    position += length;
    reading = read(other, position);
    // A consumer that stops early leaves this read behind: its failure then concerns nobody.
    reading.catch(() => undefined);
    yield buffer.subarray(0, length);
    [buffer, other] = [other, buffer];
  }
}

function judgeMp3(scan: Mp3Scan, sizeBytes: number, announced: Announced): Mp3Scan {
  const wrong = verdictOnMp3(scan, sizeBytes, announced);
  if (wrong) throw wrong;
  return scan;
}

/** What is wrong with a scanned MP3, the most telling first; null when nothing is. */
export function verdictOnMp3(scan: Mp3Scan, sizeBytes: number, announced: Announced): AppError | null {
  if (scan.frames === 0 || scan.garbageBytes > sizeBytes / 2) {
    const reason = `${scan.frames} frames, ${scan.garbageBytes} foreign bytes of ${sizeBytes}`;
    return vaultErrors.error('not-audio', { params: { reason } });
  }
  const otherLength = differsInLength(sizeBytes, announced);
  if (otherLength) return otherLength;
  if (!scan.valid) {
    return vaultErrors.error('truncated', { params: { reason: `${scan.garbageBytes} foreign bytes between frames` } });
  }
  if (scan.frames + 1 < scan.announcedFrames) {
    const reason = `${scan.frames} frames of ${scan.announcedFrames}`;
    return vaultErrors.error('truncated', { params: { reason } });
  }
  // A recorder that was stopped leaves half a frame in the published file itself: with all announced bytes there, that is
  // how it was published, and it is kept so.
  if (scan.truncatedFrame && announced.sizeBytes === undefined) {
    return vaultErrors.error('truncated', { params: { reason: 'ends inside a frame' } });
  }
  return null;
}

async function judgeMp4(handle: FileHandle, sizeBytes: number, announced: Announced): Promise<Mp4Sound> {
  const otherLength = differsInLength(sizeBytes, announced);
  if (otherLength) throw otherLength;
  try {
    return await readMp4(async (position, length) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    }, sizeBytes);
  } catch (error) {
    if (!(error instanceof Mp4Error)) throw error;
    throw vaultErrors.error(error.truncated ? 'truncated' : 'not-audio', {
      params: { reason: error.message },
      cause: error,
    });
  }
}

function differsInLength(found: number, announced: Announced): AppError | null {
  if (announced.sizeBytes === undefined || announced.sizeBytes === found) return null;
  return vaultErrors.error('wrong-length', { params: { announced: announced.sizeBytes, found } });
}

/** Null when the duration found is near enough to the announced one, and not much below the announced least. */
export function differsInDuration(foundSeconds: number, announced: Announced): AppError | null {
  const { durationSeconds, durationAtLeastSeconds } = announced;
  const missing = (seconds: number | undefined): boolean =>
    seconds !== undefined && foundSeconds < seconds - toleranceOf(seconds);
  const tooLong = durationSeconds !== undefined && foundSeconds > durationSeconds + toleranceOf(durationSeconds);
  if (!tooLong && !missing(durationSeconds) && !missing(durationAtLeastSeconds)) return null;
  const found = Math.round(foundSeconds * 1_000) / 1_000;
  return vaultErrors.error('wrong-duration', {
    params: { announced: durationSeconds ?? durationAtLeastSeconds ?? 0, found },
  });
}

function toleranceOf(seconds: number): number {
  return Math.max(DURATION_TOLERANCE_SECONDS, seconds * DURATION_TOLERANCE);
}

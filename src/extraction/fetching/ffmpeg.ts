import { createRequire } from 'node:module';
import type { Clock } from '../../platform/clock/index.ts';
import { extractionErrors } from '../errors.ts';
import { findProgram } from './find-program.ts';
import { heardSeconds } from './heard-seconds.ts';
import { type OnProgramEnd, type ProgramEnd, runProgram } from './run-program.ts';

export interface Ffmpeg {
  path: string;
  /** As it names itself: `5.1.6-0+deb12u1`. */
  version: string;
  /** Told of each run of it. */
  onEnd?: OnProgramEnd | undefined;
}

/** A version is told in milliseconds; a program that needs longer is not ffmpeg, in ms. */
const VERSION_TIMEOUT_MS = 10_000;

export interface FfmpegSearch {
  /** FFMPEG_PATH. */
  configured: string | undefined;
  /** PATH. */
  path: string | undefined;
  /** A module next to whose packages `ffmpeg-static` may be installed; it is not a dependency of ours. */
  packagesOf?: string;
  onEnd?: OnProgramEnd;
  clock: Clock;
}

/** Finds a working ffmpeg: FFMPEG_PATH, then PATH, then the npm package `ffmpeg-static`. Null when there is none. */
export async function findFfmpeg(search: FfmpegSearch): Promise<Ffmpeg | null> {
  const packaged = search.configured === undefined ? packagedFfmpeg(search.packagesOf ?? import.meta.url) : null;
  for (const path of [await findProgram('ffmpeg', search), packaged]) {
    const version = path === null ? null : await versionOf(path, search.clock);
    if (path !== null && version !== null) return { path, version, onEnd: search.onEnd };
  }
  return null;
}

function packagedFfmpeg(packagesOf: string): string | null {
  try {
    const path: unknown = createRequire(packagesOf)('ffmpeg-static');
    return typeof path === 'string' ? path : null;
  } catch {
    return null;
  }
}

async function versionOf(command: string, clock: Clock): Promise<string | null> {
  let version: string | null = null;
  await runProgram({
    command,
    args: ['-hide_banner', '-version'],
    timeoutMs: VERSION_TIMEOUT_MS,
    silenceMs: VERSION_TIMEOUT_MS,
    onLine: (line) => {
      version ??= /^ffmpeg version (\S+)/.exec(line)?.[1] ?? null;
    },
    clock,
    signal: AbortSignal.timeout(2 * VERSION_TIMEOUT_MS),
  }).catch(() => undefined);
  return version;
}

/** What `-progress` says (ffmpeg, doc/ffmpeg.texi): blocks of `key=value` lines, each ended by `progress=`. */
export function parseProgressLine(line: string): { mediaSeconds: number } | null {
  const microseconds = /^out_time_us=(\d+)$/.exec(line)?.[1];
  return microseconds === undefined ? null : { mediaSeconds: Number(microseconds) / 1e6 };
}

/** Copying moves tens of megabytes a second; an hour of the smallest video is done within seconds, in ms. */
const COPY_TIMEOUT_MS = 30 * 60_000;
const COPY_SILENCE_MS = 60_000;

/**
 * The fragments that the streaming side reads: an index of all of them at the start (`sidx`), each of 6 s, so that one
 * stored file serves byte ranges and HLS alike.
 */
const FRAGMENTED = ['-movflags', '+dash+global_sidx+delay_moov', '-frag_duration', '6000000', '-f', 'mp4'];

/** AAC out of a transport stream lacks the header that MP4 wants; `delay_moov` keeps ffmpeg from adding this by itself. */
const AAC_HEADER = ['-bsf:a', 'aac_adtstoasc'];

export interface SoundCopy {
  input: string;
  /** Options of the input, before `-i`. */
  inputOptions?: readonly string[];
  output: string;
  onProgress: (mediaSeconds: number) => void;
  onStarted?: (pid: number) => void;
  clock: Clock;
  signal: AbortSignal;
}

/**
 * Copies the first sound track of a local file or playlist into a fragmented MP4, without decoding.
 * The exit code proves nothing: compare what came out with what was announced.
 * @returns seconds of sound in the output, and how long its timeline is (longer, where sound is missing inside)
 * @throws extraction/no-sound, extraction/ffmpeg-failed, extraction/disk-full; the signal's reason
 */
export async function copySound(
  ffmpeg: Ffmpeg,
  copy: SoundCopy,
): Promise<{ heardSeconds: number; timelineSeconds: number }> {
  const aac = await runCopy(ffmpeg, copy, AAC_HEADER);
  const other = /not supported by the bitstream filter/.test(aac.end.stderrTail);
  const { end, mediaSeconds } = other ? await runCopy(ffmpeg, copy, []) : aac;
  if (/matches no streams|does not contain any stream/.test(end.stderrTail)) throw extractionErrors.error('no-sound');
  if (/No space left on device/.test(end.stderrTail)) throw extractionErrors.error('disk-full');
  if (end.exitCode !== 0) {
    const cause = new Error(`ffmpeg: ${end.stopped ?? `exit code ${end.exitCode}`}: ${end.stderrTail.trim()}`);
    throw extractionErrors.error('ffmpeg-failed', { cause });
  }
  return { heardSeconds: await heardSeconds(copy.output), timelineSeconds: mediaSeconds };
}

async function runCopy(
  ffmpeg: Ffmpeg,
  copy: SoundCopy,
  filter: readonly string[],
): Promise<{ end: ProgramEnd; mediaSeconds: number }> {
  let mediaSeconds = 0;
  const end = await runProgram({
    command: ffmpeg.path,
    args: [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning', '-progress', 'pipe:1', '-y'],
      // Nothing that a playlist or a container names is fetched from anywhere but this disk.
      ...['-protocol_whitelist', 'file', ...(copy.inputOptions ?? []), '-i', `file:${copy.input}`],
      ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-c:a', 'copy', ...filter, ...FRAGMENTED, `file:${copy.output}`],
    ],
    timeoutMs: COPY_TIMEOUT_MS,
    silenceMs: COPY_SILENCE_MS,
    onLine: (line) => {
      const progress = parseProgressLine(line);
      if (progress === null) return;
      mediaSeconds = progress.mediaSeconds;
      copy.onProgress(mediaSeconds);
    },
    ...(copy.onStarted === undefined ? {} : { onStarted: copy.onStarted }),
    onEnd: ffmpeg.onEnd,
    clock: copy.clock,
    signal: copy.signal,
  });
  return { end, mediaSeconds };
}

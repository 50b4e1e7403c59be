import type { Clock } from '../platform/clock/index.ts';
import { extractionErrors } from './errors.ts';
import { findProgram } from './find-program.ts';
import { runProgram } from './run-program.ts';

export interface Ffmpeg {
  path: string;
  /** As it names itself: `5.1.6-0+deb12u1`. */
  version: string;
}

/** A version is told in milliseconds; a program that needs longer is not ffmpeg, in ms. */
const VERSION_TIMEOUT_MS = 10_000;

/** Finds a working ffmpeg: FFMPEG_PATH, then PATH. Null when there is none. */
export async function findFfmpeg(options: {
  configured: string | undefined;
  path: string | undefined;
  clock: Clock;
}): Promise<Ffmpeg | null> {
  const path = await findProgram('ffmpeg', options);
  if (path === null) return null;
  let version: string | undefined;
  await runProgram({
    command: path,
    args: ['-hide_banner', '-version'],
    timeoutMs: VERSION_TIMEOUT_MS,
    silenceMs: VERSION_TIMEOUT_MS,
    onLine: (line) => {
      version ??= /^ffmpeg version (\S+)/.exec(line)?.[1];
    },
    clock: options.clock,
    signal: AbortSignal.timeout(2 * VERSION_TIMEOUT_MS),
  }).catch(() => undefined);
  return version === undefined ? null : { path, version };
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

/**
 * Copies the first sound track of a local file or playlist into a fragmented MP4, without decoding.
 * The exit code is not proof of anything: compare the duration of what came out with what was announced.
 * @returns seconds of sound that ffmpeg says it wrote
 * @throws extraction/no-sound, extraction/ffmpeg-failed; the signal's reason
 */
export async function copySound(
  ffmpeg: Ffmpeg,
  options: {
    input: string;
    /** Options of the input, before `-i`. */
    inputOptions?: readonly string[];
    output: string;
    onProgress: (mediaSeconds: number) => void;
    onStarted?: (pid: number) => void;
    clock: Clock;
    signal: AbortSignal;
  },
): Promise<number> {
  let mediaSeconds = 0;
  const end = await runProgram({
    command: ffmpeg.path,
    args: [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning', '-progress', 'pipe:1', '-y'],
      // Nothing that a playlist or a container names is fetched from anywhere but this disk.
      ...['-protocol_whitelist', 'file', ...(options.inputOptions ?? []), '-i', `file:${options.input}`],
      ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-c:a', 'copy', ...FRAGMENTED, `file:${options.output}`],
    ],
    timeoutMs: COPY_TIMEOUT_MS,
    silenceMs: COPY_SILENCE_MS,
    onLine: (line) => {
      const progress = parseProgressLine(line);
      if (progress === null) return;
      mediaSeconds = progress.mediaSeconds;
      options.onProgress(mediaSeconds);
    },
    ...(options.onStarted === undefined ? {} : { onStarted: options.onStarted }),
    clock: options.clock,
    signal: options.signal,
  });
  if (/matches no streams|does not contain any stream/.test(end.stderrTail)) throw extractionErrors.error('no-sound');
  if (/No space left on device/.test(end.stderrTail)) throw extractionErrors.error('disk-full');
  if (end.exitCode !== 0) {
    const cause = new Error(`ffmpeg: ${end.stopped ?? `exit code ${end.exitCode}`}: ${end.stderrTail.trim()}`);
    throw extractionErrors.error('ffmpeg-failed', { cause });
  }
  return mediaSeconds;
}

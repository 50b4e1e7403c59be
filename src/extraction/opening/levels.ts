import { constants, setPriority } from 'node:os';
import type { Clock } from '../../platform/clock/index.ts';
import { extractionErrors } from '../errors.ts';
import type { Ffmpeg } from '../fetching/ffmpeg.ts';
import { type ProgramEnd, runProgram } from '../fetching/run-program.ts';

/** Digital silence has no level; nothing that is heard is below this, in dB. */
const FLOOR_DB = -100;
/** Enough for speech, and an eighth of the work of the rest. */
const RATE_HZ = 8_000;
/** 40 minutes are decoded in some seconds; on a busy machine in a minute, in ms. */
const TIMEOUT_MS = 300_000;
const SILENCE_MS = 60_000;

/**
 * The level of each second, as `astats` prints it. `silencedetect` would compare single samples with one level for all
 * recordings: a room that murmurs is never below it, and each cough ends its silence.
 */
const LEVELS = [
  'aformat=channel_layouts=mono',
  `aresample=${RATE_HZ}`,
  `asetnsamples=n=${RATE_HZ}:p=0`,
  'astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=RMS_level',
  'ametadata=mode=print:key=lavfi.astats.Overall.RMS_level:file=-',
].join(',');

/** Reads one line of what `ametadata` prints (ffmpeg, doc/filters.texi), in whole dB; null for any other line. */
export function parseLevelLine(line: string): number | null {
  const level = /^lavfi\.astats\.Overall\.RMS_level=(-?inf|nan|-?\d+(?:\.\d+)?)$/.exec(line)?.[1];
  if (level === undefined) return null;
  const decibels = Number(level);
  return Number.isFinite(decibels) ? Math.max(FLOOR_DB, Math.round(decibels)) : FLOOR_DB;
}

/**
 * How loud each of the first `seconds` of a local file is, in whole dB below full scale; fewer when the file is shorter or cut.
 * @throws extraction/ffmpeg-failed; the signal's reason
 */
export async function measureLevels(
  ffmpeg: Ffmpeg,
  { path, seconds, clock, signal }: { path: string; seconds: number; clock: Clock; signal: AbortSignal },
): Promise<number[]> {
  const levels: number[] = [];
  const end = await runProgram({
    command: ffmpeg.path,
    args: [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-threads', '1'],
      // Nothing that a container names is fetched from anywhere but this disk.
      ...['-protocol_whitelist', 'file', '-t', String(seconds), '-i', `file:${path}`],
      ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-af', LEVELS, '-f', 'null', '-'],
    ],
    timeoutMs: TIMEOUT_MS,
    silenceMs: SILENCE_MS,
    onLine: (line) => {
      const level = parseLevelLine(line);
      if (level !== null && levels.length < seconds) levels.push(level);
    },
    // Whoever listens, or fetches, comes first.
    onStarted: giveWay,
    onEnd: ffmpeg.onEnd,
    clock,
    signal,
  });
  // A copy that ends in the middle of a frame is an error to ffmpeg, and was heard up to there.
  if (end.stopped !== null || (end.exitCode !== 0 && levels.length === 0)) throw failure(end);
  return levels;
}

function giveWay(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system has no such thing: it then works like any other.
  }
}

function failure(end: ProgramEnd): Error {
  const cause = new Error(`ffmpeg: ${end.stopped ?? `exit code ${end.exitCode}`}: ${end.stderrTail.trim()}`);
  return extractionErrors.error('ffmpeg-failed', { cause });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { Clock } from '../../platform/clock/index.ts';

export interface ProgramRun {
  command: string;
  /** Never through a shell. */
  args: readonly string[];
  directory?: string;
  /** Beside what this process has. */
  environment?: Readonly<Record<string, string>>;
  /** The whole run may take this long, in ms. */
  timeoutMs: number;
  /** Silence on both outputs for longer than this, in ms, means that it hangs. */
  silenceMs: number;
  onLine: (line: string) => void;
  /** Called with its process group once it runs, before anything else happens. */
  onStarted?: (pid: number) => void;
  /** Told when it is over, however it ended. */
  onEnd?: OnProgramEnd | undefined;
  clock: Clock;
  signal: AbortSignal;
}

/** `status`: an exit code, or what ended it. */
export type OnProgramEnd = (report: { program: string; status: string; durationMs: number }) => void;

export interface ProgramEnd {
  /** Null when a signal ended it. Says little: ffmpeg returns 0 with a quarter of the sound. */
  exitCode: number | null;
  stopped: 'timeout' | 'silence' | null;
  /** The last of what it wrote to stderr. */
  stderrTail: string;
}

/** What error messages take to be understood. */
const STDERR_TAIL_BYTES = 4096;
/** A line of progress is under 200 bytes; a program that writes longer ones has gone wrong and is not listened to. */
const MAX_LINE_BYTES = 64 * 1024;
/** Between asking to stop and stopping, in ms: ffmpeg and yt-dlp need a moment to close their files. */
const KILL_GRACE_MS = 2_000;

/**
 * Runs a program in a process group of its own and returns when it and its outputs are over. On abort, timeout or silence
 * the whole group gets SIGTERM, then SIGKILL.
 * @throws the error of spawn (ENOENT…); the signal's reason
 */
export async function runProgram(run: ProgramRun): Promise<ProgramEnd> {
  run.signal.throwIfAborted();
  const startedMs = run.clock.monotonicMs();
  const child = spawn(run.command, [...run.args], {
    cwd: run.directory,
    env: { ...process.env, ...run.environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) run.onStarted?.(child.pid);
  let stopped: ProgramEnd['stopped'] = null;
  let stopping: Promise<void> | null = null;
  const over = new AbortController();
  const stop = (): void => {
    stopping ??= stopGroup(child, run.clock, over.signal);
  };
  const stopBecause = (reason: 'timeout' | 'silence'): void => {
    stopped ??= reason;
    stop();
  };
  const timeout = setTimeout(() => stopBecause('timeout'), run.timeoutMs);
  const silence = setTimeout(() => stopBecause('silence'), run.silenceMs);
  let stderrTail = '';
  let status = 'failed';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    silence.refresh();
    stderrTail = (stderrTail + text).slice(-STDERR_TAIL_BYTES);
  });
  readLines(child, run.onLine, () => silence.refresh());
  run.signal.addEventListener('abort', stop, { once: true });
  try {
    const exitCode = await endOf(child);
    status = stopped ?? (exitCode === null ? 'signal' : String(exitCode));
    run.signal.throwIfAborted();
    return { exitCode, stopped, stderrTail };
  } finally {
    clearTimeout(timeout);
    clearTimeout(silence);
    run.signal.removeEventListener('abort', stop);
    over.abort();
    await stopping;
    run.onEnd?.({
      program: basename(run.command),
      status,
      durationMs: Math.round(run.clock.monotonicMs() - startedMs),
    });
  }
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // `close` comes after `exit`, when the outputs are read to their end.
    child.once('close', resolve);
  });
}

function readLines(child: ChildProcess, onLine: (line: string) => void, onOutput: () => void): void {
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    onOutput();
    const lines = (rest + text).split(/\r?\n|\r/);
    rest = (lines.pop() ?? '').slice(-MAX_LINE_BYTES);
    for (const line of lines) onLine(line);
  });
  child.stdout?.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

async function stopGroup(child: ChildProcess, clock: Clock, over: AbortSignal): Promise<void> {
  if (child.pid === undefined) return;
  signalGroup(child.pid, 'SIGTERM');
  try {
    await clock.sleep(KILL_GRACE_MS, over);
  } catch {
    // It ended within the grace; members of its group that did not are not waited for.
  }
  signalGroup(child.pid, 'SIGKILL');
}

/** The group outlives its leader as long as one member runs; when none does there is nobody to signal. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

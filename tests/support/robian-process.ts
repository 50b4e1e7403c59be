import { type ChildProcess, spawn } from 'node:child_process';
import { freePort } from './installation.ts';
import { until } from './until.ts';

const PROGRAM = new URL('../../src/cli/robian.ts', import.meta.url).pathname;

export interface LogLine {
  level: string;
  msg: string;
  [field: string]: unknown;
}

export interface Exit {
  /** Null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The program as users run it, in a process of its own. */
export interface RobianProcess {
  pid: number;
  /** Of the API, once `ready`. */
  address: string;
  log(): LogLine[];
  /** Resolves when it answers, or fails with what it said. */
  ready(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  exit: Promise<Exit>;
}

const alive = new Set<ChildProcess>();

/** Starts `robian <commandLine>`; its environment is exactly `environment`, PATH and a free PORT. */
export async function startRobianProcess(
  commandLine: readonly string[],
  environment: Record<string, string>,
): Promise<RobianProcess> {
  const port = environment.PORT ?? String(await freePort());
  const child = spawn(process.execPath, [PROGRAM, ...commandLine], {
    env: { PATH: process.env.PATH, PORT: port, RATE_LIMITS: 'off', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  alive.add(child);
  let stdout = '';
  let stderr = '';
  let ended = false;
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const exit = new Promise<Exit>((resolve) => {
    child.on('close', (code) => {
      ended = true;
      alive.delete(child);
      resolve({ code, stdout, stderr });
    });
  });
  const log = (): LogLine[] =>
    stdout
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine);
  return {
    pid: child.pid ?? -1,
    address: `http://127.0.0.1:${port}`,
    log,
    ready: () =>
      until('the process has started', () => {
        if (ended) throw new Error(`it ended: ${stdout}${stderr}`);
        return log().some(({ msg }) => msg === 'started');
      }).then(() => undefined),
    kill: (signal) => void child.kill(signal),
    exit,
  };
}

/** Runs a command to its end. */
export async function robian(commandLine: readonly string[], environment: Record<string, string>): Promise<Exit> {
  return (await startRobianProcess(commandLine, environment)).exit;
}

/** For `afterEach`: no test leaves a process behind, however it failed. */
export async function killRobianProcesses(): Promise<void> {
  const leaving = [...alive].map((child) => new Promise((closed) => child.once('close', closed)));
  for (const child of alive) child.kill('SIGKILL');
  await Promise.all(leaving);
}

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** The server on the first core, who asks on the second: so that neither takes the other's time. */
const SERVER_CORE = '0';
export const LOAD_CORE = '1';

export interface Usage {
  usedBytes: number;
  residentBytes: number;
  /** Processor time since the start, its own and the system's for it. */
  cpuMicroseconds: number;
}

export interface Target {
  port: number;
  pid: number;
  /**
   * What its JavaScript uses, with the buffers outside, and what the system gave the process. `memory`: after a collection, which
   * slows the requests that follow.
   */
  usage(of: 'memory' | 'time'): Promise<Usage>;
  stop(): Promise<void>;
}

/** Starts `script MODE PORT …` of this folder on one core; it says when it listens. Its log lines are written, and thrown away. */
export async function startOnOneCore(mode: string, args: string[], env: NodeJS.ProcessEnv): Promise<Target> {
  const port = await freePort();
  const script = fileURLToPath(new URL('http-target.ts', import.meta.url));
  const child = spawn(
    'taskset',
    ['-c', SERVER_CORE, process.execPath, '--expose-gc', script, mode, String(port), ...args],
    {
      env: { ...process.env, ...env },
      stdio: ['ignore', openSync('/dev/null', 'w'), 'inherit', 'ipc'],
    },
  );
  await Promise.race([once(child, 'message'), died(child)]);
  return {
    port,
    pid: child.pid ?? 0,
    usage: async (of) => {
      child.send(of);
      const [answer] = await once(child, 'message');
      return answer as Usage;
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

export async function onServerCore(script: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await run('taskset', ['-c', SERVER_CORE, process.execPath, file, ...args], {
    env: { ...process.env, ...env },
  });
  return stdout;
}

export interface Load {
  requests: number;
  requestsPerSecond: number;
  p99Ms: number;
}

/** @throws when an answer was not 2xx */
export async function load(
  url: string,
  options: { seconds: number; headers?: string[]; script?: string },
): Promise<Load> {
  const { stdout } = await run('taskset', [
    ...['-c', LOAD_CORE, 'wrk', '-t1', '-c50', `-d${options.seconds}s`, '--latency', '--timeout', '10s'],
    ...(options.headers ?? []).flatMap((header) => ['-H', header]),
    ...(options.script === undefined ? [] : ['-s', options.script]),
    url,
  ]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`the load failed:\n${stdout}`);
  const p99 = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout);
  const unitMs = { us: 0.001, ms: 1, s: 1000 }[p99?.[2] ?? ''] ?? Number.NaN;
  return {
    requests: Number(/(\d+) requests in/.exec(stdout)?.[1]),
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p99Ms: Number(p99?.[1]) * unitMs,
  };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function died(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`the server left with ${code} before it listened`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

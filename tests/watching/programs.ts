import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../support/until.ts';

export interface Program {
  /** What it said, for when it does not do what it should. */
  said(): string;
  stop(): Promise<void>;
}

/** For a program to end by itself before it is killed, in ms. */
const STOP_WITHIN_MS = 5_000;

/** Starts a program and waits until `readyUrl` answers 200. @throws Error with what it said when it ends before that */
export async function startProgram(options: {
  command: readonly [string, ...string[]];
  readyUrl: string;
  environment?: Record<string, string>;
}): Promise<Program> {
  const [file, ...args] = options.command;
  const child = spawn(file, args, {
    env: { PATH: process.env.PATH, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const hear = (data: unknown): void => {
    said += String(data);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const stop = (): Promise<void> => stopChild(child);
  try {
    await until(`${file} answers`, async () => {
      if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}: ${said}`);
      return fetch(options.readyUrl).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { said: () => said, stop };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await gone;
  clearTimeout(late);
}

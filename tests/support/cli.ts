import { PassThrough } from 'node:stream';
import { type CliHost, runCli } from '../../src/cli/run-cli.ts';
import { systemClock } from '../../src/platform/clock/index.ts';

export interface CliRun {
  /** Resolves with the exit code, the command's own or that of `exit`. */
  code: Promise<number>;
  out(): string;
  err(): string;
  signal(name: 'SIGINT' | 'SIGTERM'): void;
}

/** Runs the command line in this process, with signals and exit under the test's hand. */
export function startCli(commandLine: readonly string[], environment: NodeJS.ProcessEnv): CliRun {
  const listeners = new Map<string, Set<() => void>>([
    ['SIGINT', new Set()],
    ['SIGTERM', new Set()],
  ]);
  const exited = Promise.withResolvers<number>();
  const screen = (): { stream: NodeJS.WriteStream; text: () => string } => {
    const stream = new PassThrough();
    let text = '';
    stream.on('data', (data) => {
      text += data;
    });
    return { stream: Object.assign(stream, { isTTY: false }) as unknown as NodeJS.WriteStream, text: () => text };
  };
  const [stdout, stderr] = [screen(), screen()];
  const host: CliHost = {
    arguments: commandLine,
    environment,
    stdout: stdout.stream,
    stderr: stderr.stream,
    on: (name, listener) => listeners.get(name)?.add(listener),
    off: (name, listener) => listeners.get(name)?.delete(listener),
    exit: (code) => exited.resolve(code),
  };
  return {
    code: Promise.race([runCli(host, systemClock), exited.promise]),
    out: stdout.text,
    err: stderr.text,
    signal: (name) => {
      for (const listener of listeners.get(name) ?? []) listener();
    },
  };
}

export async function cli(
  commandLine: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ code: number; out: string; err: string }> {
  const run = startCli(commandLine, environment);
  const code = await run.code;
  return { code, out: run.out(), err: run.err() };
}

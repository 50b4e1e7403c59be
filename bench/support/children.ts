import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface LineChild {
  /** The next line that it prints. */
  line(): Promise<string>;
  write(line: string): void;
  stop(): Promise<void>;
}

/** A program of this folder in a process of its own, spoken with line by line. */
export function startChild(program: string, args: readonly (string | number)[]): LineChild {
  const path = new URL(program, import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, ['--expose-gc', path, ...args.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('no output to read');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    line: async () => {
      const next = await lines.next();
      if (next.done) throw new Error(`${program} ended`);
      return next.value;
    },
    write: (line) => void child.stdin?.write(`${line}\n`),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

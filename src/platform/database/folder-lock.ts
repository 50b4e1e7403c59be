import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Who holds a data folder, written beside the lock so that the refused process can name it. */
export interface FolderHolder {
  pid: number;
  host: string;
  command: string;
  since: string;
  /** Private folder of the holder's socket, removed by the next holder when this one was killed. */
  socketFolder: string | null;
}

export interface FolderLock {
  /** What a holder that was killed left behind, if anything. */
  previous: FolderHolder | null;
  /** Completes what the refused process is told. */
  describe(change: { socketFolder: string }): void;
  release(): void;
}

export class FolderHeldError extends Error {
  readonly holder: FolderHolder | null;
  constructor(folder: string, holder: FolderHolder | null) {
    const who = holder
      ? `process ${holder.pid} on ${holder.host} (${holder.command}, since ${holder.since})`
      : 'another process';
    super(`the data folder ${folder} is held by ${who}: stop it first, or give this one another DATA_DIR`);
    this.name = 'FolderHeldError';
    this.holder = holder;
  }
}

/**
 * Takes a folder for this process alone. The mutual exclusion is the kernel's file lock, reached through SQLite, so it is
 * atomic, seen across containers of one host, and gone with the process however it dies. The JSON beside only names the holder.
 * @throws FolderHeldError when another process holds it.
 */
export function lockFolder(folder: string, now: Date): FolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const holderPath = join(folder, 'holder.json');
  const lock = new DatabaseSync(join(folder, 'holder.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new FolderHeldError(folder, readHolder(holderPath));
  }
  const previous = readHolder(holderPath);
  const holder: FolderHolder = {
    pid: process.pid,
    host: hostname(),
    command: `robian ${process.argv.slice(2).join(' ')}`.trim(),
    since: now.toISOString(),
    socketFolder: null,
  };
  writeFileSync(holderPath, JSON.stringify(holder));
  return {
    previous,
    describe: (change) => writeFileSync(holderPath, JSON.stringify({ ...holder, ...change })),
    release: () => {
      rmSync(holderPath, { force: true });
      lock.close();
    },
  };
}

function readHolder(path: string): FolderHolder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as FolderHolder;
  } catch {
    return null;
  }
}

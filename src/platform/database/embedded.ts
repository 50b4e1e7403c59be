import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock/index.ts';
import { lockFolder } from './folder-lock.ts';

export interface EmbeddedServer {
  /** What the `pg` driver takes as `host`: the folder of the unix socket. */
  host: string;
  port: number;
  copyInto(dataDir: string): Promise<void>;
  close(): Promise<void>;
}

/** The port only names the socket file (`.s.PGSQL.5432`), as PostgreSQL does. */
const SOCKET_PORT = 5432;
const SOCKET_PREFIX = join(tmpdir(), 'robian-');
/** The first start builds the database files: 3 s on an idle machine, far more on a busy small one. */
const START_TIMEOUT_MS = 120_000;
/** What the database writes while it is copied, and for the copy to open: 16 MB of log at a time. */
const COPY_MARGIN_BYTES = 64e6;

const postgresqlFolderIn = (dataDir: string): string => join(dataDir, 'database', 'postgresql');

/** Whether an embedded database was ever made there. */
export function hasEmbeddedDatabase(dataDir: string): boolean {
  return existsSync(join(postgresqlFolderIn(dataDir), 'PG_VERSION'));
}

/**
 * Starts the embedded PostgreSQL on `<dataDir>/database`, held by this process alone.
 * @throws FolderHeldError when another process has the folder open.
 */
export async function startEmbedded(options: {
  dataDir: string;
  clock: Clock;
  /** Called when the engine dies after it has started: nothing can be served any more. */
  onFatal: (error: Error) => void;
}): Promise<EmbeddedServer> {
  const folder = join(options.dataDir, 'database');
  const lock = lockFolder(folder, options.clock.now());
  // A unix socket's path has at most 107 bytes, so it cannot stand under a deep DATA_DIR.
  if (lock.previous?.socketFolder?.startsWith(SOCKET_PREFIX)) {
    rmSync(lock.previous.socketFolder, { recursive: true, force: true });
  }
  const socketFolder = mkdtempSync(SOCKET_PREFIX);
  chmodSync(socketFolder, 0o700);
  lock.describe({ socketFolder });
  const dataFolder = postgresqlFolderIn(options.dataDir);
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });

  const worker = new Worker(new URL('./embedded.worker.ts', import.meta.url), {
    workerData: { dataFolder, socketPath: `${socketFolder}${sep}.s.PGSQL.${SOCKET_PORT}` },
  });
  const removeSocket = (): void => rmSync(socketFolder, { recursive: true, force: true });
  // A process that leaves at once does not come to close this.
  process.once('exit', removeSocket);
  const cleanUp = (): void => {
    process.off('exit', removeSocket);
    removeSocket();
    lock.release();
  };
  try {
    await messageOf(worker, 'ready');
  } catch (error) {
    await worker.terminate();
    cleanUp();
    throw error;
  }
  let closing = false;
  worker.on('error', (error) => options.onFatal(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', () => {
    if (!closing) options.onFatal(new Error('the embedded database stopped by itself'));
  });
  return {
    host: socketFolder,
    port: SOCKET_PORT,
    copyInto: async (dataDir) => {
      const target = postgresqlFolderIn(dataDir);
      await mkdir(join(dataDir, 'database'), { recursive: true, mode: 0o700 });
      await refuseWithoutRoom(dataFolder, dataDir);
      try {
        const copied = messageOf(worker, 'copied');
        worker.postMessage({ copyInto: target });
        await copied;
      } catch (error) {
        await rm(target, { recursive: true, force: true });
        throw error;
      }
    },
    close: async () => {
      closing = true;
      const closed = messageOf(worker, 'closed');
      worker.postMessage('close');
      try {
        await closed;
      } finally {
        await worker.terminate();
        cleanUp();
      }
    },
  };
}

async function refuseWithoutRoom(dataFolder: string, target: string): Promise<void> {
  let neededBytes = COPY_MARGIN_BYTES;
  for (const entry of await readdir(dataFolder, { recursive: true, withFileTypes: true })) {
    // The database removes files of its own while they are counted.
    if (entry.isFile()) neededBytes += (await stat(join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0;
  }
  const { bavail, bsize } = await statfs(target);
  if (bavail * bsize >= neededBytes) return;
  throw new Error(`no room for a copy of the database at ${target}: ${Math.ceil(neededBytes / 1e6)} MB are needed`);
}

function messageOf(worker: Worker, expected: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => settle(new Error(`the embedded database did not answer "${expected}"`)),
      START_TIMEOUT_MS,
    );
    const settle = (error?: unknown): void => {
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('error', settle);
      worker.off('exit', onExit);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onMessage = (message: unknown): void => {
      if (message === expected) settle();
      else if (message instanceof Error) settle(message);
    };
    const onExit = (): void => settle(new Error('the embedded database stopped before it was ready'));
    worker.on('message', onMessage);
    worker.on('error', settle);
    worker.on('exit', onExit);
  });
}

import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock/index.ts';
import { lockFolder } from './folder-lock.ts';

export interface EmbeddedServer {
  /** What the `pg` driver takes as `host`: the folder of the unix socket. */
  host: string;
  port: number;
  close(): Promise<void>;
}

/** The port only names the socket file (`.s.PGSQL.5432`), as PostgreSQL does. */
const SOCKET_PORT = 5432;
const SOCKET_PREFIX = join(tmpdir(), 'robian-');
/** The first start builds the database files: 3 s on an idle machine, far more on a busy small one. */
const START_TIMEOUT_MS = 120_000;

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
  const dataFolder = join(folder, 'postgresql');
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
    };
    const onExit = (): void => settle(new Error('the embedded database stopped before it was ready'));
    worker.on('message', onMessage);
    worker.on('error', settle);
    worker.on('exit', onExit);
  });
}

// The embedded PostgreSQL: PGlite in a thread of its own, so that a slow query never stops the main loop, answering the
// ordinary PostgreSQL protocol on a private unix socket.
import { constants, cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { DURABLE_PARAMETERS, DurableFiles, syncTree } from './durable-files.ts';

const { dataFolder, socketPath } = workerData as { dataFolder: string; socketPath: string };

const isNew = !existsSync(join(dataFolder, 'PG_VERSION'));
const engine = await PGlite.create({
  fs: new DurableFiles(dataFolder),
  startParams: [...PGlite.defaultStartParams, ...DURABLE_PARAMETERS],
  extensions: { pg_trgm, unaccent },
});
// The engine makes a new database without asking for anything to be on the disk.
if (isNew) syncTree(dataFolder);
const server = new PGLiteSocketServer({
  db: engine,
  path: socketPath,
  // One for the pool, one that a replaced connection may still be closing; they share one session, so the pool stays at one.
  maxConnections: 2,
});
await server.start();

/**
 * Between two messages of the protocol nothing of the engine runs, and a synchronous copy lets nothing run: the files are those of
 * one moment, as a power cut would leave them with everything written. Opening the copy recovers it from its log.
 */
async function copyInto(target: string): Promise<void> {
  try {
    await engine.runExclusive(async () =>
      cpSync(dataFolder, target, { recursive: true, mode: constants.COPYFILE_FICLONE }),
    );
    parentPort?.postMessage('copied');
  } catch (error) {
    parentPort?.postMessage(error instanceof Error ? error : new Error(String(error)));
  }
}

parentPort?.on('message', async (message: 'close' | { copyInto: string }) => {
  if (message !== 'close') return copyInto(message.copyInto);
  await server.stop();
  await engine.close();
  parentPort?.postMessage('closed');
  parentPort?.close();
});
parentPort?.postMessage('ready');

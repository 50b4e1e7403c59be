// The embedded PostgreSQL: PGlite in a thread of its own, so that a slow query never stops the main loop, answering the
// ordinary PostgreSQL protocol on a private unix socket.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const { dataFolder, socketPath } = workerData as { dataFolder: string; socketPath: string };

const engine = await PGlite.create({ dataDir: dataFolder, extensions: { pg_trgm, unaccent } });
const server = new PGLiteSocketServer({
  db: engine,
  path: socketPath,
  // One for the pool, one that a replaced connection may still be closing; they share one session, so the pool stays at one.
  maxConnections: 2,
});
await server.start();

parentPort?.on('message', async (message) => {
  if (message !== 'close') return;
  await server.stop();
  await engine.close();
  parentPort?.postMessage('closed');
  parentPort?.close();
});
parentPort?.postMessage('ready');

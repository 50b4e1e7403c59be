// The server that stream-vs-nginx.ts measures: the real application with its real hooks, over a vault with one sitting.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDebates } from '../src/debates/index.ts';
import { systemClock } from '../src/platform/clock/index.ts';
import { migrate, openDatabase } from '../src/platform/database/index.ts';
import { createEvents } from '../src/platform/events/index.ts';
import { createFetcher } from '../src/platform/fetch/index.ts';
import { createHttpServer } from '../src/platform/http/index.ts';
import { createLogger } from '../src/platform/telemetry/index.ts';
import { createPlayables, createRelay, registerStreamingRoutes } from '../src/streaming/index.ts';
import { createLocalStorage, createVault } from '../src/vault/index.ts';
import { mp3Frames } from '../tests/support/audio-fixtures.ts';
import { sampleDebate } from '../tests/support/sample-debate.ts';

const [dataDir = '', port = '', frames = ''] = process.argv.slice(2);
const clock = systemClock;
const fail = (error: unknown): void => {
  throw error;
};

const database = await openDatabase({ url: undefined, dataDir, clock, onFatal: fail, onWarning: fail });
await migrate(database.db);
const events = createEvents({ database, onError: fail });
// As nginx beside it, which has its access log off.
const logger = createLogger({ level: 'warn' });
const debates = createDebates({ db: database.db, events });
const storage = createLocalStorage({ folder: join(dataDir, 'vault'), clock });
const stagingFolder = join(dataDir, 'staging');
const vault = createVault({ db: database.db, storage, stagingFolder, register: debates, events, clock, logger });

const { id: debateId } = await debates.record(sampleDebate('19502241_6ac548b948b27'));
const path = join(await vault.workspace('bench'), 'sitting.mp3');
await writeFile(path, mp3Frames(Number(frames)));
const inspection = await vault.inspect(path, { format: 'mp3' });
const published = { debateId, path, inspection, origin: 'published', sourceUrl: 'http://media.example/a.mp3' } as const;
await vault.publish({ ...published, within: async () => undefined });

const publicUrl = `http://127.0.0.1:${port}`;
const app = await createHttpServer({ logger, publicUrl, trustProxy: false, version: 'bench' });
registerStreamingRoutes(app, {
  playables: await createPlayables({ debates, vault, events }),
  vault,
  redirect: null,
  relay: createRelay({ fetcher: createFetcher({ userAgent: 'bench', clock, random: Math.random }), maxRelays: 1 }),
  extractionOf: async () => null,
  clock,
  publicUrl,
  linkSecret: 'bench',
});
await app.listen({ host: '127.0.0.1', port: Number(port) });
process.send?.('listening');

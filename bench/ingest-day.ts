/**
 * A day of 40 videos, ingested twice into the embedded database from a portal on the loopback address:
 * the second time must write nothing and make at most one request a video. Exits 1 otherwise.
 *
 *   node bench/ingest-day.ts
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createDebates } from '../src/debates/index.ts';
import { createIngest } from '../src/ingest/index.ts';
import { systemClock } from '../src/platform/clock/index.ts';
import { migrate, openDatabase } from '../src/platform/database/index.ts';
import { createEvents } from '../src/platform/events/index.ts';
import { createFetcher } from '../src/platform/fetch/index.ts';
import { createLogger } from '../src/platform/telemetry/index.ts';
import { createPortal, createPortalAddresses } from '../src/portal/index.ts';
import { createPortalSource } from '../src/sources/index.ts';
import { createSpeech } from '../src/speech/index.ts';
import { openLoopback } from '../tests/support/loopback.ts';
import { openDataIn } from '../tests/support/open-data.ts';
import { list, publish } from '../tests/support/portal-day.ts';

const VIDEOS = 40;
/** A long sitting. */
const CHAPTERS = 200;
const DAY = '2026-10-06';

const fail = (error: Error) => {
  throw error;
};
const dataDir = await mkdtemp(join(tmpdir(), 'robian-bench-'));
const database = await openDatabase({ url: undefined, dataDir, clock: systemClock, onFatal: fail, onWarning: fail });
await migrate(database.db);
const { db } = database;
const events = createEvents({ database, onError: (error) => console.error(error) });
const portal = await openLoopback();
const fetcher = createFetcher({ userAgent: 'robian-bench', clock: systemClock, random: Math.random });
const bases = {
  portalUrl: portal.url,
  mediaUrl: portal.url,
  hlsUrl: portal.url,
  openDataUrl: portal.url,
  siteUrl: portal.url,
};
const addresses = createPortalAddresses(bases);
const source = createPortalSource({
  // Politeness would be all that is measured.
  portal: createPortal({ fetcher, addresses, clock: systemClock, pauseMs: 0, pagePauseMs: 0 }),
  addresses,
  clock: systemClock,
});
const debates = createDebates({ db, events });
const ingest = createIngest({
  sources: [source],
  openData: openDataIn(dataDir, { fetcher, addresses, clock: systemClock }),
  debates,
  speech: createSpeech({ db, debates, clock: systemClock }),
  db,
  clock: systemClock,
  logger: createLogger({ level: 'warn' }),
});

/** What PostgreSQL counts as written rows, over all tables of the product. */
async function rowVersions(): Promise<string> {
  const tables = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(db);
  const versions: unknown[] = [];
  for (const { name } of tables.rows) {
    versions.push(
      name,
      (await sql`select xmin::text, ctid::text from ${sql.table(name)} order by ctid`.execute(db)).rows,
    );
  }
  return JSON.stringify(versions);
}

async function measure() {
  portal.requests.length = 0;
  const startedMs = performance.now();
  const report = await ingest.run({ since: DAY, until: DAY });
  const elapsedMs = Math.round(performance.now() - startedMs);
  const videoRequests = portal.requests.filter(({ path }) => path.includes('/content/')).length;
  const { created, updated, unchanged, failed } = report;
  return {
    elapsedMs,
    created,
    updated,
    unchanged,
    failed: failed.length,
    requests: portal.requests.length,
    videoRequests,
  };
}

const videos = Array.from({ length: VIDEOS }, (_, i) => ({
  videoId: `${30_200_000 + i}_6ac548b9aa001`,
  meetingId: `RUANR5L17S2027IDS${99_000 + i}`,
  chapters: CHAPTERS,
}));
publish(portal, videos);
list(portal, DAY, videos);
const first = await measure();
const before = await rowVersions();
const second = await measure();
const wrote = (await rowVersions()) !== before;
console.log(JSON.stringify({ videos: VIDEOS, chapters: CHAPTERS, first, second, secondWrote: wrote }, null, 2));

await events.close();
await fetcher.close();
await portal.close();
await database.close();
await rm(dataDir, { recursive: true, force: true });
const asPromised = first.created === VIDEOS && second.unchanged === VIDEOS && second.videoRequests <= VIDEOS && !wrote;
process.exitCode = asPromised ? 0 : 1;

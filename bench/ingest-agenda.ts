/**
 * An agenda dump of 4,600 meetings, all to come (the dearest case: each is announced), taken into the embedded database,
 * then taken again. Promised: under 20 s, no write the second time, memory flat. Exits 1 otherwise.
 *
 *   node bench/ingest-agenda.ts
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDebates } from '../src/debates/index.ts';
import { createIngest } from '../src/ingest/index.ts';
import { systemClock } from '../src/platform/clock/index.ts';
import { migrate, openDatabase } from '../src/platform/database/index.ts';
import { createEvents } from '../src/platform/events/index.ts';
import { createFetcher } from '../src/platform/fetch/index.ts';
import { createLogger } from '../src/platform/telemetry/index.ts';
import { createPortalAddresses } from '../src/portal/index.ts';
import { createSpeech } from '../src/speech/index.ts';
import { openLoopback } from '../tests/support/loopback.ts';
import { openDataIn } from '../tests/support/open-data.ts';
import { rowVersions } from '../tests/support/row-versions.ts';
import { zipOf } from '../tests/support/zip.ts';

const MEETINGS = 4_600;
const DAY_MS = 86_400_000;
const PROMISED_MS = 20_000;
const MEGABYTE = 1_000_000;

function meeting(number: number): { name: string; bytes: Buffer } {
  const uid = `RUANR5L17S2027IDC${500_000 + number}`;
  const startsAt = new Date(Date.now() + DAY_MS + number * 600_000).toISOString().replace('Z', '+00:00');
  const reunion = {
    '@xsi:type': 'reunionCommission_type',
    uid,
    timeStampDebut: startsAt,
    lieu: { lieuRef: 'SLANPBS6242', libelleLong: 'Salle 6242' },
    cycleDeVie: { etat: 'Confirmé' },
    organeReuniRef: 'PO59048',
    captationVideo: 'true',
    ODJ: { convocationODJ: { item: [`Examen du rapport n° ${number}`, 'Questions diverses'] } },
    participants: {
      participantsInternes: {
        // What makes real members of the dump large.
        participantInterne: Array.from({ length: 73 }, (_, i) => ({
          acteurRef: `PA${9_000_000 + i}`,
          presence: 'présent',
        })),
      },
    },
  };
  return { name: `json/reunion/${uid}.json`, bytes: Buffer.from(JSON.stringify({ reunion })) };
}

const fail = (error: Error) => {
  throw error;
};
const dataDir = await mkdtemp(join(tmpdir(), 'robian-bench-'));
const database = await openDatabase({ url: undefined, dataDir, clock: systemClock, onFatal: fail, onWarning: fail });
await migrate(database.db);
const { db } = database;
const events = createEvents({ database, onError: (error) => console.error(error) });
const portal = await openLoopback();
const { url } = portal;
portal.answers.set('/static/openData/repository/17/vp/reunions/Agenda.json.zip', {
  body: zipOf(Array.from({ length: MEETINGS }, (_, number) => meeting(number))),
});
const fetcher = createFetcher({ userAgent: 'robian-bench', clock: systemClock, random: Math.random });
const addresses = createPortalAddresses({ portalUrl: url, mediaUrl: url, hlsUrl: url, openDataUrl: url, siteUrl: url });
const debates = createDebates({ db, events });
const ingest = createIngest({
  sources: [],
  openData: openDataIn(dataDir, { fetcher, addresses, clock: systemClock }),
  debates,
  speech: createSpeech({ db, debates, clock: systemClock }),
  db,
  clock: systemClock,
  logger: createLogger({ level: 'warn' }),
});

async function take() {
  const startedMs = performance.now();
  const before = process.memoryUsage().rss;
  const [report] = await ingest.takeDumps({ dumps: ['agenda'] });
  return {
    elapsedMs: Math.round(performance.now() - startedMs),
    grownMb: Math.round((process.memoryUsage().rss - before) / MEGABYTE),
    read: report?.read,
    written: report?.written,
  };
}

const first = await take();
const before = await rowVersions(db);
const second = await take();
const wrote = (await rowVersions(db)) !== before;
console.log(JSON.stringify({ meetings: MEETINGS, first, second, secondWrote: wrote }, null, 2));

await events.close();
await fetcher.close();
await portal.close();
await database.close();
await rm(dataDir, { recursive: true, force: true });
process.exitCode =
  first.written === MEETINGS && first.elapsedMs < PROMISED_MS && second.written === 0 && !wrote ? 0 : 1;

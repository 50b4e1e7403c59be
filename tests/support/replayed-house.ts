import { createDebates, type Debates, registerDebatesRoutes } from '../../src/debates/index.ts';
import { createReplay, type Replay } from '../../src/demo/index.ts';
import { createIngest, type Ingest } from '../../src/ingest/index.ts';
import { parisDay } from '../../src/platform/clock/index.ts';
import { createEvents } from '../../src/platform/events/index.ts';
import { createFetcher } from '../../src/platform/fetch/index.ts';
import { type App, createHttpServer } from '../../src/platform/http/index.ts';
import { createLogger } from '../../src/platform/telemetry/index.ts';
import { createPortal, createPortalAddresses } from '../../src/portal/index.ts';
import { createPortalSource } from '../../src/sources/index.ts';
import { createSpeech, registerSpeechRoutes, type Speech } from '../../src/speech/index.ts';
import { openTestDatabase, type TestDatabase } from './database.ts';
import { NOW, SITTINGS } from './demo-sittings.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { openDataIn } from './open-data.ts';

export interface ReplayedHouse {
  database: TestDatabase;
  debates: Debates;
  speech: Speech;
  ingest: Ingest;
  replay: Replay;
  clock: ManualClock;
  /** With the routes of debates and of speech. */
  app: App;
  close(): Promise<void>;
}

export const PUBLIC_URL = 'https://robian.example';
export const DUMPS = { dumps: ['everybody', 'activeDeputies', 'agenda'] } as const;

/** The rooms on a replay of the portal, its sittings taken into the register; their words are not taken yet. */
export async function openReplayedHouse(): Promise<ReplayedHouse> {
  const clock = createManualClock(NOW.toISOString());
  const database = await openTestDatabase();
  const { db } = database;
  const events = createEvents({ database, onError: () => undefined });
  const debates = createDebates({ db, events });
  const speech = createSpeech({ db, debates, clock });
  const replay = await createReplay({ sittings: SITTINGS, clock });
  const fetcher = createFetcher({ userAgent: 'robian-test', clock, random: () => 0.5, retries: 0 });
  const bases = ['portalUrl', 'mediaUrl', 'hlsUrl', 'openDataUrl', 'siteUrl'].map((name) => [name, replay.url]);
  const addresses = createPortalAddresses(Object.fromEntries(bases));
  const logger = createLogger({ level: 'silent' });
  const ingest = createIngest({
    sources: [createPortalSource({ portal: createPortal({ fetcher, addresses, clock }), addresses, clock })],
    openData: openDataIn(database.dataDir, { fetcher, addresses, clock }),
    debates,
    speech,
    db,
    clock,
    logger,
  });
  const days = SITTINGS.map(({ startsAtMs }) => parisDay(new Date(startsAtMs))).sort();
  await ingest.observeLive();
  await ingest.run({ since: days.at(0) ?? '', until: days.at(-1) ?? '' });
  const app = await createHttpServer({ logger, publicUrl: PUBLIC_URL, trustProxy: false, version: 'test' });
  registerDebatesRoutes(app, { debates, db, clock, publicUrl: PUBLIC_URL, audioFiles: async () => new Map() });
  registerSpeechRoutes(app, { oneSession: database.kind === 'embedded', debates, db, clock, publicUrl: PUBLIC_URL });
  return {
    database,
    debates,
    speech,
    ingest,
    replay,
    clock,
    app,
    close: async () => {
      await app.close();
      await fetcher.close();
      await replay.close();
      await events.close();
      await database.close();
    },
  };
}

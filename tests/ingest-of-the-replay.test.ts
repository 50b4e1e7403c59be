import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDebates, type Debates } from '../src/debates/index.ts';
import { createReplay, type FilmedSitting, type Replay } from '../src/demo/index.ts';
import { createIngest, type Ingest } from '../src/ingest/index.ts';
import { parisDay } from '../src/platform/clock/index.ts';
import { createEvents, type Events } from '../src/platform/events/index.ts';
import { createFetcher, type Fetcher } from '../src/platform/fetch/index.ts';
import { createLogger } from '../src/platform/telemetry/index.ts';
import { createPortal, createPortalAddresses } from '../src/portal/index.ts';
import { createPortalSource } from '../src/sources/index.ts';
import { createSpeech } from '../src/speech/index.ts';
import { openTestDatabase, type TestDatabase } from './support/database.ts';
import { NOW, SITTINGS } from './support/demo-sittings.ts';
import { createManualClock } from './support/manual-clock.ts';
import { openDataIn } from './support/open-data.ts';

const films = SITTINGS.filter((sitting): sitting is FilmedSitting => sitting.state !== 'announced');
const recordings = films.filter(({ state }) => state === 'vod');
const days = SITTINGS.map(({ startsAtMs }) => parisDay(new Date(startsAtMs))).sort();
const period = { since: days.at(0) ?? '', until: days.at(-1) ?? '' };

let database: TestDatabase;
let events: Events;
let debates: Debates;
let replay: Replay;
let fetcher: Fetcher;
let ingest: Ingest;

beforeAll(async () => {
  const clock = createManualClock(NOW.toISOString());
  database = await openTestDatabase();
  events = createEvents({ database, onError: () => undefined });
  debates = createDebates({ db: database.db, events });
  replay = await createReplay({ sittings: SITTINGS, clock });
  fetcher = createFetcher({ userAgent: 'robian-test', clock, random: () => 0.5, retries: 0 });
  const { url } = replay;
  const addresses = createPortalAddresses({
    portalUrl: url,
    mediaUrl: url,
    hlsUrl: url,
    openDataUrl: url,
    siteUrl: url,
  });
  const source = createPortalSource({ portal: createPortal({ fetcher, addresses, clock }), addresses, clock });
  const logger = createLogger({ level: 'silent' });
  ingest = createIngest({
    sources: [source],
    openData: openDataIn(database.dataDir, { fetcher, addresses, clock }),
    debates,
    speech: createSpeech({ db: database.db, debates, clock }),
    db: database.db,
    clock,
    logger,
  });
});

afterAll(async () => {
  await fetcher.close();
  await replay.close();
  await events.close();
  await database.close();
});

test('the whole replay becomes one debate a sitting, in the right state, however it was first seen', async () => {
  const live = await ingest.observeLive();
  expect(live).toMatchObject({ failed: [], rejected: [] });
  const walked = await ingest.run(period);
  expect(walked).toMatchObject({ failed: [], rejected: [], vanished: [] });

  for (const sitting of SITTINGS) {
    const known = 'videoId' in sitting ? sitting.videoId : sitting.meetingId;
    const state = { announced: 'announced', live: 'live', vod: 'ended' }[sitting.state];
    expect(await debates.get(known)).toMatchObject({ sittingState: state, meetingId: sitting.meetingId });
  }
  const ids = await Promise.all(
    SITTINGS.map(async (s) => (await debates.get('videoId' in s ? s.videoId : s.meetingId)).id),
  );
  expect(new Set(ids).size).toBe(SITTINGS.length);
  expect(await ingest.run(period)).toMatchObject({ created: 0, updated: 0, failed: [] });
  expect(await ingest.observeLive()).toMatchObject({ created: 0, updated: 0, failed: [] });
});

test('a recording that the portal withdraws is marked, and only that one', async () => {
  const [gone] = recordings;
  if (gone === undefined) throw new Error('the replay has no recording');
  replay.setSittings(SITTINGS.filter((sitting) => sitting !== gone));
  expect(await ingest.run(period)).toMatchObject({ withdrawn: 1, vanished: [{ ref: gone.videoId, withdrawn: true }] });
  expect(await debates.get(gone.videoId)).toMatchObject({ sittingState: 'withdrawn' });
  const left = await debates.recordingsOn('portal', period.since, period.until);
  expect(left).toHaveLength(films.length - 1);
});

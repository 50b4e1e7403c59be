import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDebates, type Debates } from '../src/debates/index.ts';
import { createReplay, type Replay } from '../src/demo/index.ts';
import { createIngest, type Ingest } from '../src/ingest/index.ts';
import { parisDay } from '../src/platform/clock/index.ts';
import { createEvents, type Events } from '../src/platform/events/index.ts';
import { createFetcher, type Fetcher } from '../src/platform/fetch/index.ts';
import { createLogger } from '../src/platform/telemetry/index.ts';
import { createPortal, createPortalAddresses } from '../src/portal/index.ts';
import { createPortalSource } from '../src/sources/index.ts';
import { createSpeech, type Speech } from '../src/speech/index.ts';
import { openTestDatabase, type TestDatabase } from './support/database.ts';
import { filmed, NOW, SITTINGS } from './support/demo-sittings.ts';
import { createManualClock } from './support/manual-clock.ts';
import { openDataIn } from './support/open-data.ts';
import { rowVersions } from './support/row-versions.ts';

const days = SITTINGS.map(({ startsAtMs }) => parisDay(new Date(startsAtMs))).sort();
const period = { since: days.at(0) ?? '', until: days.at(-1) ?? '' };
const DUMPS = { dumps: ['everybody', 'activeDeputies', 'agenda'] } as const;
const clock = createManualClock(NOW.toISOString());

let database: TestDatabase;
let events: Events;
let debates: Debates;
let speech: Speech;
let replay: Replay;
let fetcher: Fetcher;
let ingest: Ingest;

beforeAll(async () => {
  database = await openTestDatabase();
  events = createEvents({ database, onError: () => undefined });
  debates = createDebates({ db: database.db, events });
  speech = createSpeech({ db: database.db, debates, clock });
  replay = await createReplay({ sittings: SITTINGS, clock });
  fetcher = createFetcher({ userAgent: 'robian-test', clock, random: () => 0.5, retries: 0 });
  const bases = ['portalUrl', 'mediaUrl', 'hlsUrl', 'openDataUrl', 'siteUrl'].map((name) => [name, replay.url]);
  const addresses = createPortalAddresses(Object.fromEntries(bases));
  ingest = createIngest({
    sources: [createPortalSource({ portal: createPortal({ fetcher, addresses, clock }), addresses, clock })],
    openData: openDataIn(database.dataDir, { fetcher, addresses, clock }),
    debates,
    speech,
    db: database.db,
    clock,
    logger: createLogger({ level: 'silent' }),
  });
  await ingest.observeLive();
  await ingest.run(period);
});

afterAll(async () => {
  await fetcher.close();
  await replay.close();
  await events.close();
  await database.close();
});

const rows = async (query: ReturnType<typeof sql<Record<string, unknown>>>) => (await query.execute(database.db)).rows;

test('the words of every recording are taken, once', async () => {
  const films = SITTINGS.filter(({ state }) => state !== 'announced');
  const taken = await ingest.takeWords();
  expect(taken).toMatchObject({ failed: [], seen: films.length, updated: films.length });

  const before = await rowVersions(database.db);
  expect(await ingest.takeWords()).toMatchObject({ seen: 0 });
  expect(await rowVersions(database.db)).toBe(before);
});

test('a sitting with its record is told by it: who spoke, when, from where on', async () => {
  const { videoId, captions } = filmed('petites rivières');
  const debate = await debates.get(videoId);
  const first = captions?.[0]?.startsAtMs ?? 0;
  expect(debate).toMatchObject({ hasTranscript: true, sittingStartsAtMs: first, sittingStartOrigin: 'player' });
  const spoken = await rows(
    sql`select distinct speaker_name, person_id from cues where debate_id = ${debate.id} and not is_chair
        and kind = 'speech' order by 1`,
  );
  expect(spoken).toEqual([
    { speaker_name: 'M. Bastien Corvoisier', person_id: 'PA9900002' },
    { speaker_name: 'Mme Hélène Vautrain', person_id: 'PA9900001' },
  ]);
  const times = await rows(sql`select starts_at_ms from cues where debate_id = ${debate.id} order by position`);
  expect(times.map((row) => row.starts_at_ms)).not.toContain(null);
});

test('the questions cut out of that sitting are told by their captions: the record is on another clock', async () => {
  const { id, hasTranscript } = await debates.get(filmed('Questions au Gouvernement').videoId);
  expect(hasTranscript).toBe(true);
  const sources = await rows(sql`select distinct source from cues where debate_id = ${id}`);
  expect(sources.length).toBeGreaterThan(0);
});

test('a hearing without captions is told by its chapters, its guest by her name', async () => {
  const { id, hasTranscript } = await debates.get(filmed('Montaudouin').videoId);
  expect(hasTranscript).toBe(false);
  const speeches = await rows(
    sql`select speaker_id, source, starts_at_ms > 0 as timed from speeches where debate_id = ${id} order by position`,
  );
  expect(speeches).toContainEqual({ speaker_id: 'nom-clarisse-montaudouin', source: 'chapters', timed: true });
});

test('the directory gives people their group, in debates that are already there too; taken twice, nothing is written', async () => {
  const reports = await ingest.takeDumps(DUMPS);
  expect(reports.map(({ dump, unreadable }) => [dump, unreadable])).toEqual([
    ['everybody', 0],
    ['activeDeputies', 0],
    ['agenda', 0],
  ]);
  expect(reports[0]?.written).toBeGreaterThan(0);
  expect(reports[1]?.written).toBe(0);
  const { id } = await debates.get(filmed('petites rivières').videoId);
  const groups = await rows(
    sql`select distinct person_id, group_id from cues where debate_id = ${id} and person_id = 'PA9900002'`,
  );
  expect(groups).toEqual([{ person_id: 'PA9900002', group_id: 'PO9900101' }]);
  const contact = await rows(sql`select to_jsonb(p)::text as person from people p`);
  expect(contact.some(({ person }) => String(person).includes('@'))).toBe(false);

  const before = await rowVersions(database.db);
  const again = await ingest.takeDumps(DUMPS);
  expect(again.map(({ unchanged }) => unchanged)).toEqual([true, true, true]);
  await sql`delete from open_data_dumps`.execute(database.db);
  const forced = await ingest.takeDumps(DUMPS);
  expect(forced.map(({ unchanged, written }) => [unchanged, written])).toEqual([
    [false, 0],
    [false, 0],
    [false, 0],
  ]);
  expect(await rowVersions(database.db, ['open_data_dumps'])).toBe(before);
});

test('later looks are conditional and find nothing new, and in the end no more are made', async () => {
  const derived = await rows(sql`select xmin::text, ctid::text from cues order by ctid`);
  for (let look = 0; look < 200; look += 1) {
    const report = await ingest.takeWords();
    expect(report).toMatchObject({ failed: [], updated: 0 });
    const next = await rows(sql`select min(next_check_at) as at from speech_debates s
      join debates d on d.id = s.debate_id where d.sitting_state = 'ended'`);
    const at = next[0]?.at;
    if (!(at instanceof Date)) break;
    clock.advance(Math.max(0, at.getTime() - clock.now().getTime()));
  }
  const open = await rows(sql`select 1 from speech_debates s join debates d on d.id = s.debate_id
    where d.sitting_state = 'ended' and s.next_check_at is not null`);
  expect(open).toEqual([]);
  expect(await rows(sql`select xmin::text, ctid::text from cues order by ctid`)).toEqual(derived);
});

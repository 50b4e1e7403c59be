import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Debates } from '../src/debates/index.ts';
import type { Ingest } from '../src/ingest/index.ts';
import { filmed, SITTINGS } from './support/demo-sittings.ts';
import type { ManualClock } from './support/manual-clock.ts';
import { DUMPS, openReplayedHouse, type ReplayedHouse } from './support/replayed-house.ts';
import { rowVersions } from './support/row-versions.ts';

let house: ReplayedHouse;
let database: ReplayedHouse['database'];
let debates: Debates;
let ingest: Ingest;
let clock: ManualClock;

beforeAll(async () => {
  house = await openReplayedHouse();
  ({ database, debates, ingest, clock } = house);
});
afterAll(() => house.close());

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

import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { sampleDebate } from '../../../tests/support/sample-debate.ts';
import { createEvents, type Events } from '../../platform/events/index.ts';
import { createDebates, type Debates } from '../debates.ts';
import { textKey } from '../text-key.ts';
import { type ImportedLine, importDebates } from './importer.ts';

const VIDEO = '17023620_6841ecc048526';
const MEETING = 'RUANR5L17S2025IDS1';
const PAGE = `https://videos.assemblee-nationale.fr/video.${VIDEO}`;
const SAID = { id: 'a-1', title: 'Audition', type: 'audition', date: '2025-06-05' };

let database: TestDatabase;
let events: Events;
let debates: Debates;

beforeAll(async () => {
  database = await openTestDatabase();
  events = createEvents({ database, onError: () => undefined });
  debates = createDebates({ db: database.db, events });
});

afterAll(async () => {
  await events.close();
  await database.close();
});

beforeEach(async () => {
  await sql`truncate debates, debate_aliases, events cascade`.execute(database.db);
});

async function take(objects: readonly object[], { dryRun = false } = {}): Promise<ImportedLine[]> {
  const text = `[\n${objects.map((one) => JSON.stringify(one)).join(',\n')}\n]`;
  return takeText(text, { dryRun });
}

async function takeText(text: string, { dryRun = false } = {}): Promise<ImportedLine[]> {
  const texts = async function* () {
    yield text;
  };
  return Array.fromAsync(importDebates({ db: database.db, events }, texts(), { dryRun }));
}

const outcomes = (lines: readonly ImportedLine[]) => lines.map(({ line, outcome, id }) => [line, outcome, id]);
const everyRow = async () =>
  (
    await sql`select xmin::text, ctid::text, id as name from debates
      union all select xmin::text, ctid::text, alias from debate_aliases
      union all select xmin::text, ctid::text, id::text from events order by 3, 2`.execute(database.db)
  ).rows;

test('each object is taken wholly or refused, line by line, and the same file again changes nothing', async () => {
  const file = [
    { ...SAID, source_url: PAGE, tags: ['Eau'], view_count: 3 },
    { ...SAID, id: 'a-2', type: 'podcast' },
    { ...SAID, id: 'a-3' },
  ];
  expect(outcomes(await take(file))).toEqual([
    [2, 'taken', 'a-1'],
    [3, 'refused', null],
    [4, 'taken', 'a-3'],
  ]);
  expect(await debates.get(VIDEO)).toMatchObject({
    id: 'a-1',
    source: 'portal',
    sourceRef: VIDEO,
    pageUrl: PAGE,
    viewCount: 3,
  });
  expect(await debates.get('a-3')).toMatchObject({ source: 'page', pageUrl: null, startsAt: null, day: '2025-06-05' });
  expect(await debates.find('a-2')).toBeNull();
  const before = await everyRow();
  expect(outcomes(await take(file))).toEqual([
    [2, 'unchanged', 'a-1'],
    [3, 'refused', null],
    [4, 'unchanged', 'a-3'],
  ]);
  expect(await everyRow()).toEqual(before);
});

test('a dry run says the same and writes nothing', async () => {
  await debates.record(sampleDebate(VIDEO, { commission: null }));
  const before = await everyRow();
  const lines = await take(
    [
      { ...SAID, id: VIDEO, commission: 'Finances' },
      { ...SAID, id: 'a-3' },
    ],
    { dryRun: true },
  );
  expect(outcomes(lines)).toEqual([
    [2, 'merged', VIDEO],
    [3, 'taken', 'a-3'],
  ]);
  expect(await everyRow()).toEqual(before);
});

describe('a debate that is there', () => {
  test('is only given what it lacks; what its source says next is taken as ever', async () => {
    const known = sampleDebate(VIDEO, { tags: [], speakers: [], place: 'Hémicycle' });
    await debates.record(known);
    const said = {
      ...SAID,
      source_url: PAGE,
      title: 'Autre titre',
      salle: '6242',
      commission: 'Finances',
      tags: ['Eau'],
      speakers: ['Mme Deux'],
    };
    expect(outcomes(await take([said]))).toEqual([[2, 'merged', VIDEO]]);
    const merged = {
      title: known.title,
      place: 'Hémicycle',
      commission: 'Finances',
      tags: ['Eau'],
      speakers: [{ name: 'Mme Deux' }],
    };
    expect(await debates.get('a-1')).toMatchObject({ id: VIDEO, ...merged });
    const searched = await sql<{ search_text: string }>`select search_text from debates`.execute(database.db);
    expect(searched.rows[0]?.search_text.split('\n').map((line) => line.trim())).toEqual([
      textKey(known.title),
      'finances',
      'mme deux',
      'eau',
      textKey(known.description),
    ]);
    expect((await debates.record(known)).outcome, 'the source says what it said').toBe('unchanged');
    expect(await debates.get(VIDEO)).toMatchObject(merged);
    await debates.record({ ...known, title: 'Titre corrigé', commission: 'Lois' });
    expect(await debates.get(VIDEO)).toMatchObject({ title: 'Titre corrigé', commission: 'Lois' });
    expect(outcomes(await take([said]))[0]?.[1]).toBe('merged');
    expect(outcomes(await take([said]))[0]?.[1]).toBe('unchanged');
  });

  test('keeps what an administrator emptied', async () => {
    await debates.record(sampleDebate(VIDEO));
    await sql`update debates set commission = null, corrections = '{"commission": null}'`.execute(database.db);
    expect(outcomes(await take([{ ...SAID, id: VIDEO, commission: 'Finances' }]))[0]?.[1]).toBe('unchanged');
    expect(await debates.get(VIDEO)).toMatchObject({ commission: null });
  });

  test('keeps the greater count of views', async () => {
    await take([{ ...SAID, view_count: 3 }]);
    expect(outcomes(await take([{ ...SAID, view_count: 2 }]))[0]?.[1]).toBe('unchanged');
    expect(outcomes(await take([{ ...SAID, view_count: 5 }]))[0]?.[1]).toBe('merged');
    expect(await debates.get('a-1')).toMatchObject({ viewCount: 5 });
  });

  test('by two of its ids being two, is refused', async () => {
    await take([SAID]);
    await debates.record(sampleDebate(VIDEO));
    const [line] = await take([{ ...SAID, source_url: PAGE }]);
    expect(line).toMatchObject({ outcome: 'refused', reasons: [expect.stringContaining('2 debates')] });
  });
});

test('a recording becomes the sitting that was announced, and an announcement the recording that comes', async () => {
  const announcement = { ...SAID, id: 'a-9', status: 'programme', meeting_id: MEETING, type: 'seance_publique' };
  expect(outcomes(await take([announcement]))).toEqual([[2, 'taken', 'a-9']]);
  expect(await debates.get(MEETING)).toMatchObject({ id: 'a-9', sittingState: 'announced' });
  expect(outcomes(await take([announcement]))).toEqual([[2, 'unchanged', 'a-9']]);
  const recording = { ...SAID, id: 'a-10', source_url: PAGE, meeting_id: MEETING, type: 'seance_publique' };
  expect(outcomes(await take([recording]))).toEqual([[2, 'merged', 'a-9']]);
  for (const id of ['a-9', 'a-10', VIDEO, MEETING]) expect((await debates.get(id)).id).toBe('a-9');
  expect(await debates.get('a-9')).toMatchObject({ sittingState: 'ended', sourceRef: VIDEO });
  await debates.record(sampleDebate(VIDEO, { meetingId: MEETING }));
  expect((await debates.get(VIDEO)).id, 'the portal’s own word is of the same debate').toBe('a-9');
});

test('of a file that breaks off, what was read by then stays', async () => {
  const lines = await takeText(`[\n${JSON.stringify(SAID)},\n{"id": "a-2", "title`);
  expect(lines).toMatchObject([
    { line: 2, outcome: 'taken', id: 'a-1' },
    { line: 3, outcome: 'refused', over: true, reasons: [expect.stringContaining('the file ends')] },
  ]);
  expect(await debates.find('a-1')).not.toBeNull();
});

test('each change is told', async () => {
  await take([SAID]);
  await take([{ ...SAID, commission: 'Finances' }]);
  expect((await events.readAfter(0, 10)).map(({ type, data }) => [type, data.debate_id])).toEqual([
    ['debate_created', 'a-1'],
    ['debate_updated', 'a-1'],
  ]);
});

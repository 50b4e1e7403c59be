/**
 * Search over debates, over HTTP handlers and without any answer or count kept, on invented debates whose words are as unevenly
 * frequent as real ones, and which stand in the same twenty years however many they are.
 *
 *   scripts/with-postgresql.sh node bench/search-debates.ts     50,000 debates on PostgreSQL, then 500,000
 *   node bench/search-debates.ts                                50,000 debates embedded
 *
 * Promises, over all kinds of questions together: p95 < 15 ms on PostgreSQL and < 30 ms embedded at 50,000; the mean at 500,000
 * at most twice that at 50,000. Exits 1 otherwise.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createDebates, registerDebatesRoutes } from '../src/debates/index.ts';
import { systemClock } from '../src/platform/clock/index.ts';
import { migrate, openDatabase } from '../src/platform/database/index.ts';
import { createEvents } from '../src/platform/events/index.ts';
import { createHttpServer } from '../src/platform/http/index.ts';
import { createLogger } from '../src/platform/telemetry/index.ts';
import { insertManyDebates, repeatDebates } from '../tests/support/many-debates.ts';
import { percentile, randomSpeech } from '../tests/support/random-speech.ts';

const DEBATES = Number(process.env.BENCH_DEBATES ?? 50_000);
const TIMES = 10;
const QUERIES = 60;
const WARM_UPS = 10;

const fail = (error: Error) => {
  throw error;
};
const dataDir = await mkdtemp(join(tmpdir(), 'robian-bench-'));
const database = await openDatabase({
  url: process.env.TEST_DATABASE_URL,
  dataDir,
  clock: systemClock,
  onFatal: fail,
  onWarning: fail,
});
await migrate(database.db);
const { db } = database;
const events = createEvents({ database, onError: (error) => console.error(error) });
const app = await createHttpServer({
  logger: createLogger({ level: 'silent' }),
  publicUrl: '',
  trustProxy: false,
  version: 'bench',
});
const debates = createDebates({ db, events });
registerDebatesRoutes(app, { debates, db, clock: systemClock, publicUrl: '', audioFiles: async () => new Map() });
const speech = randomSpeech({ seed: 7, people: 600 });

const cursors: string[] = [];
const word = (from: number, to: number): string => speech.word(from, to);
/** Each as a body; the most common words stand in two debates of five, `commission` in two of three. */
const kinds: Record<string, () => Record<string, unknown>> = {
  'two words': () => ({ q: `${word(20, 2_000)} ${word(20, 2_000)}` }),
  'a common word': () => ({ q: word(0, 10) }),
  'a word in two of three debates': () => ({ q: 'commission' }),
  'two common words': () => ({ q: `${word(0, 20)} ${word(0, 20)}` }),
  'a middling word': () => ({ q: word(50, 500) }),
  'a rare word': () => ({ q: word(5_000, 20_000) }),
  'a word without another': () => ({ q: `${word(0, 50)} -${word(0, 50)}` }),
  'a phrase': () => ({ q: `"commission des ${speech.commission(40).slice('des '.length)}"` }),
  'a beginning': () => ({ q: `${word(20, 2_000).slice(0, 5)}*` }),
  'a typo': () => ({ q: `${word(20, 2_000).replace(/.(.)$/, '$1x')} ${word(0, 10)}` }),
  'a common word in a year and a type': () => ({
    q: word(0, 10),
    type: ['commission'],
    date_start: '2014-01-01',
    date_end: '2014-12-31',
  }),
  'a word in a commission': () => ({ q: word(0, 200), commission: speech.commission(40) }),
  'a common word by a speaker': () => ({ q: word(0, 10), speaker: `PA${1_000 + speech.below(2_000)}` }),
  'a common word, by date': () => ({ q: word(0, 10), sort_by: 'date' }),
  'a common word, oldest first': () => ({ q: word(0, 10), sort_by: 'date', sort_order: 'asc' }),
  'a common word, by title': () => ({ q: word(0, 10), sort_by: 'title', sort_order: 'asc' }),
  'no words, one type': () => ({ type: ['audition'] }),
  'page 40 by cursor': () => ({ q: word(0, 1), cursor: cursors.at(-1), per_page: 20 }),
};

async function fill(): Promise<void> {
  await sql`drop index debate_search_words`.execute(db);
  if ((await count()) === 0) await insertManyDebates(db, speech, 0, DEBATES, DEBATES);
  else await repeatDebates(db, TIMES);
  await sql`create index debate_search_words on debate_search using gin (words, marks) with (fastupdate = off)`.execute(
    db,
  );
  for (const table of ['debates', 'debate_search', 'debate_terms', 'debate_names']) {
    // As autovacuum leaves a server; nothing vacuums or analyses the embedded database.
    if (database.kind === 'postgresql') await sql`vacuum analyze ${sql.table(table)}`.execute(db);
  }
}

async function count(): Promise<number> {
  const { rows } = await sql<{ total: number }>`select count(*)::integer as total from debates`.execute(db);
  return rows[0]?.total ?? 0;
}

async function ask(
  body: Record<string, unknown>,
): Promise<{ elapsedMs: number; answer: { next_cursor: string | null; total: number } }> {
  const startedMs = performance.now();
  const answer = await app.inject({ method: 'POST', url: '/api/debates/search', payload: body });
  const elapsedMs = performance.now() - startedMs;
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return { elapsedMs, answer: answer.json() };
}

async function suggest(): Promise<number> {
  const startedMs = performance.now();
  const answer = await app.inject(`/api/debates/suggestions?q=${word(20, 2_000).slice(0, 3 + speech.below(4))}`);
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return performance.now() - startedMs;
}

async function measure(): Promise<Record<string, number[]>> {
  cursors.length = 0;
  const common = word(0, 1);
  for (let page = 1, cursor: string | null | undefined; page < 40 && cursor !== null; page += 1) {
    cursor = (await ask({ q: common, cursor })).answer.next_cursor;
    if (cursor !== null) cursors.push(cursor);
  }
  const times: Record<string, number[]> = {};
  for (const [kind, bodyOf] of Object.entries(kinds)) {
    for (let warm = 0; warm < WARM_UPS; warm += 1) await ask(bodyOf());
    const measured: number[] = [];
    for (let asked = 0; asked < QUERIES; asked += 1) measured.push((await ask(bodyOf())).elapsedMs);
    times[kind] = measured;
  }
  times.suggestions = [];
  for (let asked = 0; asked < WARM_UPS + QUERIES; asked += 1) times.suggestions.push(await suggest());
  return times;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const results: Record<string, number[]>[] = [];
for (const _ of database.kind === 'embedded' ? [1] : [1, TIMES]) {
  await fill();
  const times = await measure();
  results.push(times);
  console.log(`${await count()} debates, ${database.kind}, ms`);
  console.table(
    Object.fromEntries(
      [...Object.entries(times), ['all', Object.values(times).flat()] as const].map(([kind, values]) => [
        kind,
        { p50: percentile(values, 0.5), p95: percentile(values, 0.95), max: percentile(values, 1) },
      ]),
    ),
  );
}
const [small = {}, large] = results;
const p95 = percentile(Object.values(small).flat(), 0.95);
const limit = database.kind === 'embedded' ? 30 : 15;
console.log(`p95 at ${DEBATES}: ${p95} ms (promised: < ${limit})`);
const kept = [p95 < limit];
if (large !== undefined) {
  const ratio = mean(Object.values(large).flat()) / mean(Object.values(small).flat());
  console.log(`mean cost at ${DEBATES * TIMES}: ${ratio.toFixed(2)} times that at ${DEBATES} (promised: at most 2)`);
  kept.push(ratio <= 2);
}

await app.close();
await events.close();
await database.close();
await rm(dataDir, { recursive: true, force: true });
process.exitCode = kept.every(Boolean) ? 0 : 1;

/**
 * Search over debates, over HTTP handlers and without any answer or count kept, on invented debates whose words are as unevenly
 * frequent as real ones, and which stand in the same twenty years however many they are.
 *
 *   scripts/with-postgresql.sh node bench/search-debates.ts     50,000 debates on PostgreSQL, then 500,000
 *   node bench/search-debates.ts                                50,000 debates embedded
 *
 * Each question is timed twice: until its answer is there, and in processor time of this process and of the database's sessions,
 * which is what the first would be on a core of its own; on a machine that does other work too the second says more of ours.
 *
 * Promises, over all kinds of questions together: p95 < 15 ms on PostgreSQL and < 30 ms embedded at 50,000; the mean at 500,000
 * at most twice that at 50,000. The first is of the time until the answer is there, the second of processor time. Exits 1 otherwise.
 */
import { readFileSync } from 'node:fs';
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
registerDebatesRoutes(app, {
  debates,
  db,
  clock: systemClock,
  publicUrl: '',
  audioFiles: async () => new Map(),
  oneAtATime: database.kind === 'embedded',
});
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
  // What was just loaded is not to be written to disk beside the questions, as no server loads fifty thousand debates a minute.
  await sql`checkpoint`.execute(db);
}

async function count(): Promise<number> {
  const { rows } = await sql<{ total: number }>`select count(*)::integer as total from debates`.execute(db);
  return rows[0]?.total ?? 0;
}

interface Timing {
  elapsedMs: number;
  processorMs: number;
}

/** The database's sessions on this machine; none embedded, where they are threads of this process. */
let sessions: number[] = [];
async function findSessions(): Promise<void> {
  if (database.kind === 'embedded') return;
  const { rows } = await sql<{ pid: number }>`
    select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'`.execute(
    db,
  );
  sessions = rows.map(({ pid }) => pid);
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  // The first number is nanoseconds on a core: https://docs.kernel.org/scheduler/sched-stats.html
  const theirs = sessions.map((pid) => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6);
  return (user + system) / 1_000 + theirs.reduce((sum, value) => sum + value, 0);
}

async function timed<Answer>(ask: () => Promise<Answer>): Promise<Timing & { answer: Answer }> {
  const usedMs = processorMs();
  const startedMs = performance.now();
  const answer = await ask();
  return { answer, elapsedMs: performance.now() - startedMs, processorMs: processorMs() - usedMs };
}

async function ask(body: Record<string, unknown>) {
  const answer = await app.inject({ method: 'POST', url: '/api/debates/search', payload: body });
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer;
}

async function suggest(): Promise<void> {
  const answer = await app.inject(`/api/debates/suggestions?q=${word(20, 2_000).slice(0, 3 + speech.below(4))}`);
  if (answer.statusCode !== 200) throw new Error(answer.body);
}

async function collectCursors(): Promise<void> {
  cursors.length = 0;
  const common = word(0, 1);
  for (let page = 1, cursor: string | null | undefined; page < 40 && cursor !== null; page += 1) {
    const answer: { next_cursor: string | null } = (await ask({ q: common, cursor })).json();
    cursor = answer.next_cursor;
    if (cursor !== null) cursors.push(cursor);
  }
}

async function measure(): Promise<Record<string, Timing[]>> {
  await collectCursors();
  const times: Record<string, Timing[]> = {};
  const questions = Object.entries(kinds).map(([kind, bodyOf]) => [kind, () => ask(bodyOf())] as const);
  for (const [kind, question] of [...questions, ['suggestions', suggest] as const]) {
    await findSessions();
    for (let warm = 0; warm < WARM_UPS; warm += 1) await question();
    const measured: Timing[] = [];
    for (let asked = 0; asked < QUERIES; asked += 1) measured.push(await timed<unknown>(question));
    times[kind] = measured;
  }
  return times;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function used(times: Record<string, Timing[]>): number[] {
  return Object.values(times)
    .flat()
    .map((timing) => timing.processorMs);
}

function print(times: Record<string, Timing[]>): void {
  const rows = [...Object.entries(times), ['all', Object.values(times).flat()] as const].map(([kind, timings]) => {
    const elapsed = timings.map((timing) => timing.elapsedMs);
    const processor = timings.map((timing) => timing.processorMs);
    return [
      kind,
      {
        p50: percentile(elapsed, 0.5),
        p95: percentile(elapsed, 0.95),
        'processor p50': percentile(processor, 0.5),
        'processor p95': percentile(processor, 0.95),
      },
    ];
  });
  console.table(Object.fromEntries(rows));
}

const results: Record<string, Timing[]>[] = [];
for (const _ of database.kind === 'embedded' ? [1] : [1, TIMES]) {
  await fill();
  const times = await measure();
  results.push(times);
  console.log(`${await count()} debates, ${database.kind}, ms`);
  print(times);
}
const [small = {}, large] = results;
const all = Object.values(small).flat();
const p95 = percentile(
  all.map((timing) => timing.elapsedMs),
  0.95,
);
const limit = database.kind === 'embedded' ? 30 : 15;
console.log(`p95 at ${DEBATES}: ${p95} ms (promised: < ${limit}); ${percentile(used(small), 0.95)} ms of a processor`);
const kept = [p95 < limit];
if (large !== undefined) {
  const ratio = mean(used(large)) / mean(used(small));
  console.log(
    `mean processor time at ${DEBATES * TIMES}: ${ratio.toFixed(2)} times that at ${DEBATES} (promised: at most 2)`,
  );
  kept.push(ratio <= 2);
}

await app.close();
await events.close();
await database.close();
await rm(dataDir, { recursive: true, force: true });
process.exitCode = kept.every(Boolean) ? 0 : 1;

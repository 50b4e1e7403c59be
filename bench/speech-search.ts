/**
 * Search inside speech, over HTTP handlers, on invented sentences whose words are as unevenly frequent as real ones.
 *
 *   scripts/with-postgresql.sh node bench/speech-search.ts     1,000,000 cues on PostgreSQL, after 100,000
 *   node bench/speech-search.ts                                100,000 cues embedded, and what others wait meanwhile
 *
 * Promises: two words and a speaker p95 < 40 ms, a common word p95 < 80 ms, at most three times the cost of 100,000;
 * embedded p95 < 100 ms, no statement of 50 ms, and no other request waits more than 50 ms because of it. Exits 1 otherwise.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { createDebates, registerDebatesRoutes } from '../src/debates/index.ts';
import { systemClock } from '../src/platform/clock/index.ts';
import { migrate, openDatabase } from '../src/platform/database/index.ts';
import { createEvents } from '../src/platform/events/index.ts';
import { createHttpServer } from '../src/platform/http/index.ts';
import { createLogger } from '../src/platform/telemetry/index.ts';
import { registerSpeechRoutes } from '../src/speech/index.ts';
import { percentile, randomSpeech } from '../tests/support/random-speech.ts';

const CUES_A_DEBATE = 1_500;
const PEOPLE = 600;
const QUERIES = 200;
const STATEMENT_QUESTIONS = 10;
const ROUNDS = 7;
const PROBES = 40;
const SIZES = process.env.TEST_DATABASE_URL === undefined ? [100_000] : [100_000, 1_000_000];

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
const debates = createDebates({ db, events });
const app = await createHttpServer({
  logger: createLogger({ level: 'silent' }),
  publicUrl: 'http://127.0.0.1',
  trustProxy: false,
  version: 'bench',
});
registerDebatesRoutes(app, { debates, db, clock: systemClock, publicUrl: '', audioFiles: async () => new Map() });
registerSpeechRoutes(app, {
  oneSession: database.kind === 'embedded',
  debates,
  db,
  clock: systemClock,
  publicUrl: 'http://127.0.0.1',
});
const speech = randomSpeech({ seed: 7, people: PEOPLE });

/** Debates number `from`..`to`, each with its cues, written as rows: how they come to be is measured elsewhere. */
async function fill(from: number, to: number): Promise<void> {
  await sql`drop index cues_words`.execute(db);
  for (let number = from; number < to; number += 1) {
    const id = `${100_000 + number}_bench`;
    const startsAt = new Date(Date.UTC(2020, 0, 1) + number * 8 * 3_600_000);
    await debates.record({
      ...speech.debate(id, startsAt),
      type: number % 3 === 0 ? 'commission' : 'seance_publique',
      commission: number % 3 === 0 ? 'Commission des finances' : null,
    });
    const cues = Array.from({ length: CUES_A_DEBATE }, (_, position) => ({
      debate_id: id,
      position,
      starts_at_ms: position * 5_000,
      ends_at_ms: position * 5_000 + 4_900,
      kind: 'speech',
      source: 'record',
      is_chair: false,
      sorts_at: startsAt,
      ...speech.sentence(),
    }));
    await sql`insert into cues (debate_id, position, starts_at_ms, ends_at_ms, kind, source, is_chair, sorts_at,
        speaker_name, person_id, group_id, text)
      select debate_id, position, starts_at_ms, ends_at_ms, kind, source, is_chair, sorts_at, speaker_name, person_id,
        group_id, text from jsonb_populate_recordset(null::cues, ${JSON.stringify(cues)}::jsonb)`.execute(db);
  }
  await sql`create index cues_words on cues using gin (words) with (fastupdate = off)`.execute(db);
  await sql`vacuum analyze cues`.execute(db);
  await sql`analyze debates`.execute(db);
}

async function ask(query: string): Promise<number> {
  const startedMs = performance.now();
  const answer = await app.inject(`/api/search/speech?${query}`);
  const elapsedMs = performance.now() - startedMs;
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return elapsedMs;
}

async function measure(queryOf: () => string): Promise<{ p50: number; p95: number; max: number }> {
  for (let warm = 0; warm < 20; warm += 1) await ask(queryOf());
  const times: number[] = [];
  for (let asked = 0; asked < QUERIES; asked += 1) times.push(await ask(queryOf()));
  return { p50: percentile(times, 0.5), p95: percentile(times, 0.95), max: percentile(times, 1) };
}

/**
 * Processor time of this process while each statement ran, in ms, since it was last emptied: the wait of whoever comes next to a
 * database of one session, without what else a shared machine does.
 */
const statementsMs: number[] = [];
const { query: ordinaryQuery } = pg.Client.prototype;
pg.Client.prototype.query = function timed(this: pg.Client, ...question: unknown[]) {
  const started = process.cpuUsage();
  const answered: unknown = Reflect.apply(ordinaryQuery, this, question);
  if (answered instanceof Promise) {
    const ended = (): void => {
      const { user, system } = process.cpuUsage(started);
      statementsMs.push((user + system) / 1000);
    };
    void answered.then(ended).catch(() => undefined);
  }
  return answered;
} as typeof ordinaryQuery;

/** The longest statement of some questions, each asked three times: the least of three is its own cost. */
async function longestStatementMs(queryOf: () => string): Promise<number> {
  let longest = 0;
  for (let asked = 0; asked < STATEMENT_QUESTIONS; asked += 1) {
    const query = queryOf();
    const tries: number[] = [];
    for (let again = 0; again < 3; again += 1) {
      statementsMs.length = 0;
      await ask(query);
      tries.push(Math.max(...statementsMs));
    }
    longest = Math.max(longest, Math.min(...tries));
  }
  return Math.round(longest * 10) / 10;
}

/** The longest that a list of debates takes in some probes while `busy` goes on. */
async function longestWaitMs(busy: () => Promise<unknown>): Promise<number> {
  let going = true;
  const background = (async () => {
    while (going) await busy();
  })();
  let longest = 0;
  for (let probe = 0; probe < PROBES; probe += 1) {
    await systemClock.sleep(10);
    const startedMs = performance.now();
    await app.inject('/api/debates/?per_page=20');
    longest = Math.max(longest, performance.now() - startedMs);
  }
  going = false;
  await background;
  return longest;
}

/** Rounds alternate, so that whatever else the machine does befalls both alike; the medians of their longest waits are compared. */
async function waitsMs(busy: () => Promise<unknown>): Promise<{ alone: number; beside: number }> {
  const alone: number[] = [];
  const beside: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    alone.push(await longestWaitMs(() => systemClock.sleep(5)));
    beside.push(await longestWaitMs(busy));
  }
  return { alone: percentile(alone, 0.5), beside: percentile(beside, 0.5) };
}

const kinds = {
  'two words and a speaker': () =>
    `q=${speech.word(20, 2_000)}+${speech.word(20, 2_000)}&speaker_id=${speech.person()}`,
  'one word and a speaker': () => `q=${speech.word(0, 500)}&speaker_id=${speech.person()}`,
  'a common word': () => `q=${speech.word(0, 10)}`,
  'two words': () => `q=${speech.word(20, 2_000)}+${speech.word(20, 2_000)}`,
  'a rare word': () => `q=${speech.word(5_000, 20_000)}`,
  'a common word in a commission': () => `q=${speech.word(0, 10)}&commission=finances`,
  'a common word by debate': () => `q=${speech.word(0, 10)}&group_by=debate`,
};
const results: Record<string, Record<string, { p50: number; p95: number; max: number }>> = {};
let filled = 0;
for (const size of SIZES) {
  const until = Math.ceil(size / CUES_A_DEBATE);
  await fill(filled, until);
  filled = until;
  const measured: Record<string, { p50: number; p95: number; max: number }> = {};
  for (const [kind, queryOf] of Object.entries(kinds)) measured[kind] = await measure(queryOf);
  results[size] = measured;
  console.log(`${size} cues, ms`);
  console.table(measured);
}

const limits = database.kind === 'embedded' ? { rare: 100, common: 100 } : { rare: 40, common: 80 };
const first = results[SIZES[0] ?? 0];
const last = results[SIZES.at(-1) ?? 0];
const kept = [
  (last?.['two words and a speaker']?.p95 ?? Number.NaN) < limits.rare,
  (last?.['a common word']?.p95 ?? Number.NaN) < limits.common,
];
for (const kind of ['two words and a speaker', 'a common word'] as const) {
  const ratio = (last?.[kind]?.p50 ?? Number.NaN) / (first?.[kind]?.p50 ?? Number.NaN);
  console.log(`${kind}: ${ratio.toFixed(2)} times the cost of ${SIZES[0]} cues`);
  kept.push(ratio <= 3);
}
if (database.kind === 'embedded') {
  const phrase = () => `"${speech.word(0, 10)} ${speech.word(0, 10)}"`;
  const hostile = {
    'a phrase of common words': () => `q=${phrase()}`,
    'eight phrases': () => `q=${Array.from({ length: 8 }, phrase).join(' or ').slice(0, 190)}`,
    'a hundred moments': () => `q=${speech.word(0, 10)}&per_page=100`,
    'the fiftieth page': () => `q=${speech.word(0, 10)}&per_page=100&page=50`,
  };
  const longest = new Map<string, number>();
  for (const [kind, queryOf] of Object.entries({ ...kinds, ...hostile })) {
    longest.set(kind, await longestStatementMs(queryOf));
  }
  console.log('longest statement, ms of processor');
  console.table(Object.fromEntries(longest));
  kept.push(Math.max(...longest.values()) < 50);
  for (const kind of ['a common word', 'a common word by debate'] as const) {
    const { alone, beside } = await waitsMs(() => ask(kinds[kind]()));
    console.log(`longest list of debates: ${alone} ms alone, ${beside} ms beside searches of ${kind}`);
    kept.push(beside - alone < 50);
  }
}

await app.close();
await events.close();
await database.close();
await rm(dataDir, { recursive: true, force: true });
process.exitCode = kept.every(Boolean) ? 0 : 1;

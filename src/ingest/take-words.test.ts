import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { createManualClock, type ManualClock } from '../../tests/support/manual-clock.ts';
import { sampleDebate } from '../../tests/support/sample-debate.ts';
import { createDebates, type Debates } from '../debates/index.ts';
import { createEvents, type Events } from '../platform/events/index.ts';
import { FetchError } from '../platform/fetch/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import type { DebateSource } from '../sources/index.ts';
import { createSpeech, type Speech } from '../speech/index.ts';
import { createAttempts } from './attempts.ts';
import { emptyReport, type IngestReport } from './report.ts';
import { takeWords } from './take-words.ts';

const HALF_HOUR_MS = 1_800_000;
const RECORD = 'https://www.assemblee-nationale.fr/dyn/17/comptes-rendus/seance/CRSANR5L17S2027O1N012';
let database: TestDatabase;
let events: Events;
let debates: Debates;
let speech: Speech;
let clock: ManualClock;

const unused = () => {
  throw new Error('not asked here');
};
/** A source that has nothing, but for what a test says. */
function sourceOf(change: Partial<DebateSource>): DebateSource {
  return {
    id: 'portal',
    media: unused,
    discover: unused,
    describe: unused,
    withdrawal: unused,
    live: unused,
    captions: async () => null,
    timings: async () => null,
    record: async () => null,
    ...change,
  };
}
const failing = (reason: 'status' | 'unreachable') => async () => {
  throw new FetchError(reason, 'https://x', reason === 'status' ? { status: 500 } : {});
};

async function round(change: Partial<DebateSource>, signal?: AbortSignal): Promise<IngestReport> {
  const report = emptyReport();
  const attempts = createAttempts(createLogger({ level: 'silent' }));
  await takeWords({ debates, speech, attempts }, sourceOf(change), signal, report);
  return report;
}

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
  for (const id of ['1_a', '2_b']) {
    await debates.record(sampleDebate(id, { startsAt: '2026-10-06T15:00:00+02:00', reportUrl: RECORD }));
  }
  clock = createManualClock('2026-10-06T16:30:00Z');
  speech = createSpeech({ db: database.db, debates, clock });
  await database.db.withTables<{ speech_debates: object }>().deleteFrom('speech_debates').execute();
});

it('a look that fails counts as one, so that a broken debate is not asked for each minute', async () => {
  const broken = { timings: failing('status'), captions: failing('status'), record: failing('status') };
  const first = await round(broken);
  expect(first.failed.map(({ ref, code }) => [ref, code])).toContainEqual(['1_a player', 'fetch/status']);
  expect(first.failed).toHaveLength(6);
  expect(await round(broken)).toMatchObject({ seen: 0 });
  clock.advance(HALF_HOUR_MS);
  expect(await round({})).toMatchObject({ seen: 2, failed: [] });
});

it('one document that cannot be read does not keep the others from being taken', async () => {
  const provenance = { url: 'https://x', fetchedAt: clock.now(), etag: null, lastModified: null, sha256: 'ab' };
  const value = [{ startsAtMs: 900_000, endsAtMs: 905_000, text: 'Une haie vaut mieux que deux clôtures.' }];
  const report = await round({
    timings: failing('status'),
    captions: async () => ({ changed: true, value, provenance }),
  });
  expect(report).toMatchObject({ updated: 2, failed: { length: 2 } });
  expect(await debates.get('1_a')).toMatchObject({ hasTranscript: true, sittingStartOrigin: 'captions' });
});

it('a source out of reach is asked once a round, and everything stays due', async () => {
  const timings = vi.fn(failing('unreachable'));
  expect(await round({ timings })).toMatchObject({ outOfReach: ['portal'], updated: 0 });
  expect(timings.mock.calls.length).toBeLessThanOrEqual(2);
  expect(await round({})).toMatchObject({ seen: 2 });
});

it('the record stands on another site, whose silence says nothing about the portal', async () => {
  expect(await round({ record: failing('unreachable') })).toMatchObject({ outOfReach: [], failed: { length: 2 } });
  expect(await round({})).toMatchObject({ seen: 0 });
});

it('an abort ends the round', async () => {
  const stopped = AbortSignal.abort(new Error('stopping'));
  await expect(round({}, stopped)).rejects.toThrow('stopping');
});

it('a duration that is measured later moves the ends of chapters, and nothing is asked for it', async () => {
  await round({});
  await database.db
    .transaction()
    .execute((trx) => debates.reportAudio(trx, '1_a', { available: true, durationSeconds: 7_200 }));
  const timings = vi.fn(async () => null);
  expect(await round({ timings })).toMatchObject({ seen: 1, updated: 1 });
  expect(timings).not.toHaveBeenCalled();
  expect(await round({ timings })).toMatchObject({ seen: 0 });
  clock.advance(HALF_HOUR_MS);
  expect(await round({ timings })).toMatchObject({ seen: 2 });
});

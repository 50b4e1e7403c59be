import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LibraryBench, type Listener, openLibraryBench } from '../../tests/support/library.ts';
import { BATCH_MAX, HISTORY_MAX, HISTORY_TOTAL_MAX, POSITIONS_MAX } from './limits.ts';

const NOON = '2026-11-20T12:00:00.000Z';
const minutesAfterNoon = (minutes: number): string => new Date(Date.parse(NOON) + minutes * 60_000).toISOString();

function said(change: Record<string, unknown> = {}) {
  return { debate_id: '1_a', position_ms: 1_000, device_id: 'phone', recorded_at: NOON, ...change };
}

describe('playback positions', () => {
  let bench: LibraryBench;
  beforeAll(async () => {
    bench = await openLibraryBench();
  });
  afterAll(() => bench.close());

  const put = (listener: Listener, ...positions: object[]) => listener.ask('PUT', 'positions', { positions });
  const known = async (listener: Listener) => (await listener.ask('GET', 'positions')).json();
  const stable = (positions: { updated_at: string }[]) => positions.map(({ updated_at: _, ...rest }) => rest);

  it('keep the latest to resume from, and the furthest ever heard', async () => {
    const listener = await bench.listener();
    await put(listener, said({ position_ms: 90_000, duration_ms: 100_000, recorded_at: minutesAfterNoon(1) }));
    const late = await put(
      listener,
      said({ position_ms: 5_000, device_id: 'tablet', recorded_at: minutesAfterNoon(2) }),
      said({ position_ms: 10, device_id: 'radio', recorded_at: NOON }),
    );
    expect(late.json()).toMatchObject({
      positions: [
        {
          debate_id: '1_a',
          position_ms: 5_000,
          device_id: 'tablet',
          furthest_ms: 90_000,
          duration_ms: 100_000,
          finished: false,
          finished_at: null,
        },
      ],
      unknown_debate_ids: [],
    });
  });

  it('remember that a debate was heard to the end, also when it is begun again', async () => {
    const listener = await bench.listener();
    await put(listener, said({ position_ms: 100, duration_ms: 100, finished: true }));
    await put(listener, said({ position_ms: 1, recorded_at: minutesAfterNoon(5) }));
    expect(await known(listener)).toMatchObject([
      { position_ms: 1, finished: false, finished_at: NOON, furthest_ms: 100 },
    ]);
  });

  it('come out the same in whatever order, pieces and repetitions devices send', async () => {
    const report = fc.record({
      debate_id: fc.constantFrom('1_a', '2_a'),
      position_ms: fc.integer({ min: 0, max: 3 }),
      device_id: fc.constantFrom('phone', 'tablet'),
      recorded_at: fc.integer({ min: 0, max: 3 }).map(minutesAfterNoon),
      finished: fc.boolean(),
    });
    const twoWays = fc
      .array(report, { minLength: 1, maxLength: 8 })
      .chain((reports) =>
        fc.tuple(
          fc.constant(reports),
          fc.shuffledSubarray([...reports, ...reports], { minLength: reports.length * 2 }),
          fc.integer({ min: 1, max: 4 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(twoWays, async ([reports, shuffled, size]) => {
        const [one, other] = [await bench.listener(), await bench.listener()];
        await put(one, ...reports);
        for (let from = 0; from < shuffled.length; from += size) await put(other, ...shuffled.slice(from, from + size));
        const byDebate = (list: { debate_id: string; updated_at: string }[]) =>
          stable(list.toSorted((a, b) => (a.debate_id < b.debate_id ? -1 : 1)));
        expect(byDebate(await known(other))).toEqual(byDebate(await known(one)));
      }),
      { numRuns: 10 },
    );
  });

  it('come out the same when two devices send at once', async () => {
    const listener = await bench.listener();
    const reports = Array.from({ length: 8 }, (_, index) => [
      said({ debate_id: '2_a', position_ms: index, recorded_at: minutesAfterNoon(index) }),
      said({ debate_id: '1_a', position_ms: 8 - index, recorded_at: minutesAfterNoon(index) }),
    ]);
    await Promise.all(reports.map((batch) => put(listener, ...batch)));
    expect(
      stable(await known(listener)).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    ).toMatchObject([
      { debate_id: '1_a', position_ms: 1, furthest_ms: 8 },
      { debate_id: '2_a', position_ms: 7, furthest_ms: 7 },
    ]);
  });

  it('believe a clock that runs ahead no further than the present, and no further the second time', async () => {
    const listener = await bench.listener();
    const future = said({ position_ms: 7, recorded_at: '2099-01-01T00:00:00.000Z' });
    const receivedAt = bench.clock.now().getTime();
    const [first] = (await put(listener, future)).json().positions;
    expect(Math.abs(Date.parse(first.heard_at) - receivedAt)).toBeLessThan(60_000);
    expect(first.recorded_at).toBe('2099-01-01T00:00:00.000Z');
    bench.clock.advanceSeconds(120);
    const present = said({ position_ms: 3, device_id: 'tablet', recorded_at: bench.clock.now().toISOString() });
    expect((await put(listener, present)).json().positions).toMatchObject([{ position_ms: 3, device_id: 'tablet' }]);
    bench.clock.advanceSeconds(60);
    expect((await put(listener, future)).json().positions).toMatchObject([{ position_ms: 3, furthest_ms: 7 }]);
  });

  it('touch no row when nothing is new', async () => {
    const listener = await bench.listener();
    const [before] = (await put(listener, said())).json().positions;
    expect((await put(listener, said(), said())).json().positions).toEqual([before]);
  });

  it('give a device what changed since it last asked, in pages, and nothing older', async () => {
    const listener = await bench.listener();
    await put(listener, said({ debate_id: '1_a' }), said({ debate_id: '2_a' }));
    const first = await known(listener);
    await put(listener, said({ debate_id: '3_a' }));
    await put(listener, said({ debate_id: '1_a', recorded_at: minutesAfterNoon(9) }));
    const since = encodeURIComponent(first.at(-1).updated_at);
    const changed = await listener.ask('GET', `positions?updated_since=${since}`);
    const ids = (list: { debate_id: string }[]) => list.map((one) => one.debate_id);
    expect(ids(changed.json()).slice(-2)).toEqual(['3_a', '1_a']);
    const page = await listener.ask('GET', 'positions?per_page=2');
    expect(page.headers['x-total-count']).toBe('3');
    const next = /<https:\/\/robian\.example\/api\/([^>]+)>; rel="next"/.exec(String(page.headers.link))?.[1];
    expect([...ids(page.json()), ...ids((await listener.ask('GET', String(next))).json())]).toEqual([
      '2_a',
      '3_a',
      '1_a',
    ]);
  });

  it('keep the last things said of each debate, newest first, and of one listener no more than so many', async () => {
    const listener = await bench.listener();
    const reports = Array.from({ length: HISTORY_MAX + 10 }, (_, index) =>
      said({ position_ms: index, recorded_at: minutesAfterNoon(-index) }),
    );
    await put(listener, ...reports);
    const { history, position_ms: resumeAt } = (await listener.ask('GET', 'positions/1_a')).json();
    expect(resumeAt).toBe(0);
    expect(history.map((one: { position_ms: number }) => one.position_ms)).toEqual(
      Array.from({ length: HISTORY_MAX }, (_, index) => index),
    );
    await sql`
      insert into playback_history (account_id, debate_id, device_id, recorded_at, heard_at, position_ms, finished)
      select ${listener.id}, '2_a', 'd', timestamptz '2020-01-01' + n * interval '1 second', timestamptz '2020-01-01' + n * interval '1 second', 1, false
      from generate_series(1, ${HISTORY_TOTAL_MAX}) n`.execute(bench.database.db);
    await put(listener, said({ debate_id: '3_a' }));
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from playback_history where account_id = ${listener.id}`.execute(bench.database.db);
    expect(rows[0]?.n).toBeLessThanOrEqual(HISTORY_TOTAL_MAX + 1);
    expect(rows[0]?.n).toBeGreaterThan(HISTORY_TOTAL_MAX - HISTORY_MAX);
  });

  it('take what is known of a batch and name the rest', async () => {
    const listener = await bench.listener();
    const answer = await put(listener, said({ debate_id: 'gone' }), said());
    expect(answer.json()).toMatchObject({ positions: [{ debate_id: '1_a' }], unknown_debate_ids: ['gone'] });
    expect((await put(listener, said({ debate_id: 'gone' }))).json()).toEqual({
      positions: [],
      unknown_debate_ids: ['gone'],
    });
  });

  it('take a position beyond the end for the end', async () => {
    const listener = await bench.listener();
    const answer = await put(listener, said({ position_ms: 500, duration_ms: 400 }));
    expect(answer.json().positions).toMatchObject([{ position_ms: 400, furthest_ms: 400 }]);
  });

  it('are the listener’s own', async () => {
    const [owner, other] = [await bench.listener(), await bench.listener()];
    await put(owner, said());
    expect(await known(other)).toEqual([]);
    const theirs = await other.ask('GET', 'positions/1_a');
    expect(theirs.json()).toMatchObject({ status: 404, code: 'library/position-not-found' });
    expect((await other.ask('GET', 'positions/nope')).json().code).toBe('debates/not-found');
  });

  it('are bounded', async () => {
    const listener = await bench.listener();
    await sql`
      insert into debates (id, source, title, title_key, description, type, sitting_state, day, sorts_at, search_text, facts_sha256)
      select 'pos-' || n, 'portal', '', '', '', 'autre', 'ended', '2020-01-01', '2020-01-01', '', ''
      from generate_series(1, ${POSITIONS_MAX}) n`.execute(bench.database.db);
    await sql`
      insert into playback_positions
        (account_id, debate_id, position_ms, finished, device_id, recorded_at, heard_at, furthest_ms, updated_at)
      select ${listener.id}, 'pos-' || n, 1, false, 'd', now(), now(), 1, now()
      from generate_series(1, ${POSITIONS_MAX}) n`.execute(bench.database.db);
    expect((await put(listener, said())).json()).toMatchObject({ status: 409, code: 'library/too-many-positions' });
    expect((await put(listener, said({ debate_id: 'pos-1', position_ms: 9 }))).statusCode).toBe(200);
  });

  it.each([
    ['an empty batch', []],
    ['too large a batch', Array.from({ length: BATCH_MAX + 1 }, () => said())],
    ['a negative position', [said({ position_ms: -1 })]],
    ['a position beyond all sittings', [said({ position_ms: 1e12 })]],
    ['half a millisecond', [said({ position_ms: 0.5 })]],
    ['a day that does not exist', [said({ recorded_at: '2026-02-30T00:00:00Z' })]],
    ['a year that the database does not know', [said({ recorded_at: '0000-01-01T00:00:00Z' })]],
    ['an unknown field', [said({ mood: 'good' })]],
    ['no device', [{ ...said(), device_id: '' }]],
  ])('refuse %s', async (_, positions) => {
    const answer = await put(await bench.listener(), ...positions);
    expect(answer.json()).toMatchObject({ status: 400, code: 'http/invalid-request' });
  });
});

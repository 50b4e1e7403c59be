import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHouseFor } from '../scripts/openapi.ts';
import { createApp } from '../src/app.ts';
import type { House } from '../src/house.ts';
import { addDays, parisDay } from '../src/platform/clock/index.ts';
import type { App } from '../src/platform/http/index.ts';
import { bearer, signUp } from './support/accounts.ts';
import { type Installation, makeInstallation } from './support/installation.ts';
import { sampleDebate } from './support/sample-debate.ts';

const MINUTE_MS = 60_000;

describe('statistics over HTTP', () => {
  let installation: Installation;
  let house: House;
  let app: App;
  beforeAll(async () => {
    installation = await makeInstallation();
    house = await openHouseFor({ ...installation.environment, RATE_LIMITS: 'off' });
    app = await createApp(house, { isDraining: () => false });
    await house.accounts.start();
    const finances = { commission: 'Commission des finances', type: 'commission' } as const;
    await house.debates.record(sampleDebate('1_a'));
    await house.debates.record(sampleDebate('2_a', finances));
    await house.debates.record(sampleDebate('3_a', { ...finances, commission: 'Commission des Finances' }));
    await speech('1_a', 0, 'PA1', 'Mme Zoé Lefèvre', 0, 4 * MINUTE_MS);
    await speech('1_a', 1, 'PA2', 'M. Luc Moreau', 4 * MINUTE_MS, 4 * MINUTE_MS + 12_000);
    await speech('1_a', 2, 'PA3', 'M. Paul Petit', 50 * MINUTE_MS, 55 * MINUTE_MS);
    await speech('2_a', 0, 'PA1', 'Mme Zoé Lefèvre', 0, 2 * MINUTE_MS);
  });
  afterAll(async () => {
    await app.close();
    await house.close();
    await installation.remove();
  });

  const speech = (debate: string, position: number, id: string, name: string, startsAtMs: number, endsAtMs: number) =>
    sql`insert into speeches (debate_id, position, speaker_id, speaker_name, starts_at_ms, ends_at_ms, source, sorts_at)
      values (${debate}, ${position}, ${id}, ${name}, ${startsAtMs}, ${endsAtMs}, 'record', now())`.execute(
      house.database.db,
    );

  async function listener() {
    const tokens = await signUp(app);
    const headers = bearer(tokens.access_token);
    return {
      headers,
      hear: async (debate: string, positionMs: number, daysAgo: number, finished = false): Promise<void> => {
        // From noon on, of yesterday or before: whatever the hour of the test, it is over.
        const day = addDays(parisDay(new Date()), -1 - daysAgo);
        const recordedAt = new Date(Date.parse(`${day}T11:00:00Z`) + positionMs).toISOString();
        const report = { debate_id: debate, position_ms: positionMs, device_id: 'phone', recorded_at: recordedAt };
        const answer = await app.inject({
          method: 'PUT',
          url: '/api/positions',
          headers,
          payload: { positions: [{ ...report, finished }] },
        });
        expect(answer.statusCode, answer.body).toBe(200);
      },
      stats: async () => (await app.inject({ url: '/api/stats/user', headers })).json(),
    };
  }

  it('tells an account what it heard, once each minute, whom, and how many days in a row', async () => {
    const me = await listener();
    const other = await listener();
    for (let minute = 1; minute <= 5; minute += 1) await me.hear('1_a', minute * MINUTE_MS, 0);
    await me.hear('1_a', 2 * MINUTE_MS, 0);
    await me.hear('2_a', MINUTE_MS, 1, true);
    await me.hear('3_a', MINUTE_MS, 3);
    await other.hear('1_a', MINUTE_MS, 0);
    const stats = await me.stats();
    expect(stats).toMatchObject({
      listened_seconds: 7 * 60,
      debates: 3,
      debates_finished: 1,
      days: 3,
      current_streak_days: 2,
      longest_streak_days: 2,
      speakers: [
        { speaker_id: 'PA1', name: 'Mme Zoé Lefèvre', listened_seconds: 5 * 60, debates: 2 },
        { speaker_id: 'PA2', name: 'M. Luc Moreau', listened_seconds: 12, debates: 1 },
      ],
    });
    expect(stats.commissions).toEqual([{ name: expect.any(String), listened_seconds: 120, debates: 2 }]);
    expect((await other.stats()).listened_seconds).toBe(60);
  });

  it('is nobody else’s: 401 without a token', async () => {
    const answer = await app.inject('/api/stats/user');
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'accounts/sign-in-required']);
  });

  it('is exported with the account, and erased with it', async () => {
    const me = await listener();
    for (const minute of [1, 2, 9]) await me.hear('1_a', minute * MINUTE_MS, 0);
    const exported = await app.inject({ url: '/api/auth/me/export', headers: me.headers });
    expect(exported.json().stats).toMatchObject({
      listening_days: [expect.stringMatching(/^\d{4}-\d\d-\d\d$/)],
      heard_minutes: [
        {
          debate_id: '1_a',
          ranges: [
            [0, 1],
            [8, 8],
          ],
        },
      ],
    });
    const rows = async (): Promise<number> => {
      const counted = await sql<{ total: number }>`
        select (select count(*) from heard_minutes) + (select count(*) from listening_days) as total`.execute(
        house.database.db,
      );
      return counted.rows[0]?.total ?? 0;
    };
    const before = await rows();
    const erased = await app.inject({ method: 'DELETE', url: '/api/auth/me', headers: me.headers });
    expect(erased.statusCode).toBe(204);
    expect(await rows()).toBe(before - 2);
  });

  it('counts all in all, and shows what is listened to now, by a score that decays', async () => {
    await sql`insert into listener_days values ('2026-01-05', '', 41)`.execute(house.database.db);
    const nowHours = Date.now() / 3_600_000;
    const plays = (id: string, count: number, hoursAgo: number) => {
      const trend = (halfLife: number): number => Math.log2(count) + (nowHours - hoursAgo) / halfLife;
      return sql`insert into play_scores values (${id}, ${count}, ${trend(12)}, ${trend(84)}, ${trend(360)})`.execute(
        house.database.db,
      );
    };
    await plays('1_a', 100, 7 * 24);
    await plays('2_a', 10, 1);
    const chart = async (query: string): Promise<{ rank: number; score: number; debate: { id: string } }[]> =>
      (await app.inject(`/api/stats/trending${query}`)).json();
    const day = await chart('?window=day');
    expect(day.map(({ rank, debate }) => [rank, debate.id])).toEqual([[1, '2_a']]);
    expect(day[0]?.score).toBeCloseTo(10 * 2 ** (-1 / 12), 1);
    expect((await chart('?window=month')).map(({ debate }) => debate.id)).toEqual(['1_a', '2_a']);
    expect(await chart('?window=month&per_page=1')).toHaveLength(1);
    const refused = await app.inject('/api/stats/trending?window=year');
    expect(refused.statusCode).toBe(400);
    expect((await app.inject('/api/stats/global')).json()).toEqual({
      debates: 3,
      hours: 0,
      extractions: 0,
      views: 0,
      plays: 110,
      listeners: { today: 0, most_in_a_day: 41 },
    });
  });
});

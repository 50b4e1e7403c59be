import { Type } from 'typebox';
import { type Accounts, accountsErrors } from '../accounts/index.ts';
import { type Debates, debateTag, presentSummary } from '../debates/index.ts';
import type { Extraction } from '../extraction/index.ts';
import type { Library } from '../library/index.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import { type App, dependOn, problemResponse } from '../platform/http/index.ts';
import { createAudienceStore } from './audience-store.ts';
import type { ListeningStats, OwnStats } from './listening.ts';
import { GlobalStats, SHOWN_DEFAULT, TrendingDebate, TrendingQuery, UserStats, type UserStatsBody } from './schemas.ts';
import { SCORE_MIN } from './trend.ts';

export interface StatsRoutesOptions {
  db: Db;
  listening: ListeningStats;
  accounts: Pick<Accounts, 'require' | 'onRequest'>;
  debates: Pick<Debates, 'summaries' | 'totals'>;
  extraction: Pick<Extraction, 'countDone'>;
  library: { positions: Pick<Library['positions'], 'countFinished'> };
  clock: Clock;
}

/** Counts are no news that takes answers out: they are this old at most. */
const KEPT_SECONDS = 60;
const HOUR_SECONDS = 3_600;
const MINUTE_SECONDS = 60;
const kept = { limit: 'debates', cache: { tags: () => [], ttlSeconds: KEPT_SECONDS } };

export function registerStatsRoutes(app: App, options: StatsRoutesOptions): void {
  for (const schema of [TrendingDebate, GlobalStats, UserStats]) app.addSchema(schema);
  registerPublicRoutes(app, options);
  registerOwnRoute(app, options);
}

function registerPublicRoutes(app: App, { db, debates, extraction, clock }: StatsRoutesOptions): void {
  const store = createAudienceStore(db);

  app.get(
    '/api/stats/trending',
    {
      config: kept,
      schema: {
        tags: ['stats'],
        summary: 'Les plus écoutés en ce moment / Most listened to now',
        description:
          'Par un score où chaque écoute perd la moitié de son poids en une demi-fenêtre. / By a score in which each play loses half its weight in half the window.',
        querystring: TrendingQuery,
        response: { 200: Type.Array(Type.Ref('TrendingDebate')) },
      },
    },
    async (request, reply) => {
      const { window = 'week', per_page: limit = SHOWN_DEFAULT } = request.query;
      const trending = await store.trending(window, clock.now(), SCORE_MIN, limit);
      dependOn(
        request,
        trending.map(({ debateId }) => debateTag(debateId)),
      );
      const summaries = await debates.summaries(trending.map(({ debateId }) => debateId));
      reply.header('x-total-count', String(trending.length));
      return trending.flatMap(({ debateId, score, plays }, index) => {
        const debate = summaries.get(debateId);
        return debate ? [{ rank: index + 1, score: rounded(score), plays, debate: presentSummary(debate) }] : [];
      });
    },
  );

  app.get(
    '/api/stats/global',
    {
      config: kept,
      schema: {
        tags: ['stats'],
        summary: 'En tout / All in all',
        description: 'Des nombres seulement. / Counts only.',
        response: { 200: Type.Ref('GlobalStats') },
      },
    },
    async () => {
      const register = await debates.totals();
      const audience = await store.totals(clock.now().toISOString().slice(0, 10));
      return {
        debates: register.debates,
        hours: rounded(register.audioSeconds / HOUR_SECONDS),
        extractions: await extraction.countDone(),
        views: register.views,
        plays: audience.plays,
        listeners: { today: audience.listenersToday, most_in_a_day: audience.listenersMost },
      };
    },
  );
}

function registerOwnRoute(app: App, { listening, accounts, library }: StatsRoutesOptions): void {
  app.get(
    '/api/stats/user',
    {
      config: { scope: 'library' },
      onRequest: accounts.onRequest({ scope: 'library' }),
      schema: {
        tags: ['stats'],
        security: [{ account: [] }],
        summary: 'Mon écoute / My listening',
        description:
          'D’après les positions de mes appareils. Portée : library. / From the positions of my devices. Scope: library.',
        response: {
          200: Type.Ref('UserStats'),
          401: problemResponse(accountsErrors.error('sign-in-required'), accountsErrors.error('invalid-token')),
          403: problemResponse(accountsErrors.error('forbidden')),
        },
      },
    },
    async (request, reply) => {
      const { accountId } = await accounts.require(request, { scope: 'library' });
      if (accountId === null) throw accountsErrors.error('forbidden');
      const finished = await library.positions.countFinished(accountId);
      reply.header('cache-control', 'private, no-cache');
      return presentOwn(await listening.of(accountId), finished);
    },
  );
}

/** Two decimals: what is behind them is noise. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function presentOwn(own: OwnStats, finished: number): UserStatsBody {
  return {
    listened_seconds: own.heardMinutes * MINUTE_SECONDS,
    debates: own.debates,
    debates_finished: finished,
    days: own.days,
    current_streak_days: own.currentDays,
    longest_streak_days: own.longestDays,
    speakers: own.speakers.map(({ speakerId, name, heardSeconds, debates }) => ({
      speaker_id: speakerId,
      name,
      listened_seconds: heardSeconds,
      debates,
    })),
    commissions: own.commissions.map(({ name, heardSeconds, debates }) => ({
      name,
      listened_seconds: heardSeconds,
      debates,
    })),
  };
}

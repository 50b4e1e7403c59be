import { sql } from 'kysely';
import type { Db, Trx } from '../platform/database/index.ts';
import { estimateSketch, mergeSketches } from './listener-sketch.ts';
import type { StatsTables } from './tables.ts';
import { halfLives, scoreOf, TREND_WINDOWS, type TrendWindow, trendOf } from './trend.ts';

export interface Trending {
  debateId: string;
  plays: number;
  /** What its plays weigh now. */
  score: number;
}

const COLUMN = { day: 'trend_day', week: 'trend_week', month: 'trend_month' } as const;

/**
 * log2(2^a + 2^b), which adds the scores behind two trends. Differences beyond 1,000 half-lives are taken for that: smaller
 * powers are errors to PostgreSQL, and nothing to the sum.
 */
const added = (column: string) => {
  const known = sql.ref(`play_scores.${column}`);
  const more = sql.ref(`excluded.${column}`);
  return sql<number>`greatest(${known}, ${more})
    + ln(1 + power(2::float8, -least(abs(${known} - ${more}), 1000))) / ln(2::float8)`;
};

export function createAudienceStore(db: Db) {
  const tables = db.withTables<StatsTables>();

  return {
    /** @param plays new ones by debate, at `at` */
    addPlays: async (trx: Trx, plays: ReadonlyMap<string, number>, at: Date): Promise<void> => {
      // In the order of ids, so that two processes never wait for each other.
      const rows = [...plays].sort(([a], [b]) => (a < b ? -1 : 1));
      if (rows.length === 0) return;
      await trx
        .withTables<StatsTables>()
        .insertInto('play_scores')
        .values(
          rows.map(([debateId, count]) => ({
            debate_id: debateId,
            plays: count,
            trend_day: trendOf(count, 'day', at),
            trend_week: trendOf(count, 'week', at),
            trend_month: trendOf(count, 'month', at),
          })),
        )
        .onConflict((conflict) =>
          conflict.column('debate_id').doUpdateSet({
            plays: sql<number>`play_scores.plays + excluded.plays`,
            ...Object.fromEntries(TREND_WINDOWS.map((window) => [COLUMN[window], added(COLUMN[window])])),
          }),
        )
        .execute();
    },

    /** @param day `YYYY-MM-DD`, UTC */
    addListeners: async (trx: Trx, day: string, sketch: Uint8Array): Promise<void> => {
      const within = trx.withTables<StatsTables>();
      await within
        .insertInto('listener_days')
        .values({ day, registers: Buffer.alloc(sketch.length), listeners: 0 })
        .onConflict((conflict) => conflict.column('day').doNothing())
        .execute();
      const { registers } = await within
        .selectFrom('listener_days')
        .where('day', '=', day)
        .select('registers')
        .forUpdate()
        .executeTakeFirstOrThrow();
      const merged = mergeSketches(registers, sketch);
      await within
        .updateTable('listener_days')
        .set({ registers: Buffer.from(merged), listeners: estimateSketch(merged) })
        .where('day', '=', day)
        .execute();
    },

    /** The highest scores now, without debates that are withdrawn or below `scoreMin`. */
    trending: async (window: TrendWindow, at: Date, scoreMin: number, limit: number): Promise<Trending[]> => {
      const column = COLUMN[window];
      const rows = await tables
        .selectFrom('play_scores as p')
        .innerJoin('listed_debates as d', 'd.id', 'p.debate_id')
        .where(`p.${column}`, '>=', Math.log2(scoreMin) + halfLives(window, at))
        .select(['p.debate_id', 'p.plays', `p.${column} as trend`])
        .orderBy(`p.${column}`, 'desc')
        .orderBy('p.debate_id')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        debateId: row.debate_id,
        plays: row.plays,
        score: scoreOf(row.trend, window, at),
      }));
    },

    totals: async (today: string): Promise<{ plays: number; listenersToday: number; listenersMost: number }> => {
      const { plays } = await tables
        .selectFrom('play_scores')
        .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('plays'), sql<number>`0`).as('plays'))
        .executeTakeFirstOrThrow();
      const days = await tables
        .selectFrom('listener_days')
        .select((eb) => [
          eb.fn.coalesce(eb.fn.max('listeners'), sql<number>`0`).as('most'),
          sql<number>`coalesce(max(listeners) filter (where day = ${today}::date), 0)`.as('today'),
        ])
        .executeTakeFirstOrThrow();
      return { plays, listenersToday: days.today, listenersMost: days.most };
    },
  };
}

export type AudienceStore = ReturnType<typeof createAudienceStore>;

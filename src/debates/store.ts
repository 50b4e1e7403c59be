import { type Insertable, sql } from 'kysely';
import type { Db, Trx } from '../platform/database/index.ts';
import type { Debate } from './debate.ts';
import type { Facts } from './facts.ts';
import {
  afterPosition,
  type DebateFilter,
  type Sort,
  type SortOrder,
  sortExpression,
  whereFilter,
} from './list-query.ts';
import type { BegunSittings, SittingState } from './sitting-state.ts';
import { type DebateSummary, SUMMARY_COLUMNS, summaryOf } from './summary.ts';
import { type DebateRow, type DebatesTables, debateOf, SHOWN_COLUMNS, type ShownRow } from './tables.ts';

/** Any constant will do; it must only differ from other locks of the product. */
const WRITE_LOCK = 7_262_427;

export interface ListRequest {
  filter: DebateFilter;
  sort: Sort;
  order: SortOrder;
  limit: number;
  /** Rows to skip, or the position to go on from. */
  from: { offset: number } | { value: string | number | null; id: string };
}

export interface ListedDebate {
  debate: Debate;
  /** What this row is sorted by: the position of the next page when it is the last one. */
  sortValue: string | number | null;
}

export function createDebatesStore(db: Db) {
  const tables = db.withTables<DebatesTables>();
  const within = (trx: Trx | undefined) => trx?.withTables<DebatesTables>() ?? tables;

  return {
    /** One observation is written at a time, whoever makes it, so that two can never make two rows. Held until the commit. */
    lock: async (trx: Trx): Promise<void> => {
      await sql`select pg_advisory_xact_lock(${WRITE_LOCK})`.execute(trx);
    },

    /** By its id or any id it was ever known by. */
    find: async (idOrAlias: string, trx?: Trx): Promise<DebateRow | undefined> =>
      within(trx)
        .selectFrom('debates')
        .innerJoin('debate_aliases', 'debate_aliases.debate_id', 'debates.id')
        .where('debate_aliases.alias', '=', idOrAlias)
        .selectAll('debates')
        .executeTakeFirst(),

    /** By any id that each was ever known by, under the id asked for. */
    findByAliases: async (aliases: readonly string[], trx?: Trx): Promise<Map<string, DebateRow>> => {
      if (aliases.length === 0) return new Map();
      const rows = await within(trx)
        .selectFrom('debates')
        .innerJoin('debate_aliases', 'debate_aliases.debate_id', 'debates.id')
        .where('debate_aliases.alias', 'in', [...aliases])
        .select('debate_aliases.alias')
        .selectAll('debates')
        .execute();
      return new Map(rows.map(({ alias, ...row }) => [alias, row]));
    },

    findMany: async (ids: readonly string[]): Promise<ShownRow[]> =>
      ids.length === 0
        ? []
        : tables
            .selectFrom('debates')
            .select(SHOWN_COLUMNS)
            .where('id', 'in', [...ids])
            .execute(),

    /** The announced sitting of a meeting that no recording has joined yet. */
    findUnrecorded: async (trx: Trx, meetingId: string): Promise<DebateRow | undefined> =>
      within(trx)
        .selectFrom('debates')
        .where('meeting_id', '=', meetingId)
        .where('source_ref', 'is', null)
        .selectAll()
        .executeTakeFirst(),

    insert: async (trx: Trx, id: string, sittingState: SittingState, facts: Facts): Promise<void> => {
      const row: Insertable<DebatesTables['debates']> = { id, sitting_state: sittingState, ...facts };
      await within(trx).insertInto('debates').values(row).execute();
    },

    /** Announced sittings, each known by its meeting. */
    insertAnnounced: async (trx: Trx, announced: readonly { meetingId: string; facts: Facts }[]): Promise<void> => {
      if (announced.length === 0) return;
      const rows = announced.map(({ meetingId, facts }) => ({
        id: meetingId,
        sitting_state: 'announced' as const,
        ...facts,
      }));
      await within(trx).insertInto('debates').values(rows).execute();
      const aliases = announced.map(({ meetingId }) => ({ alias: meetingId, debate_id: meetingId }));
      await within(trx).insertInto('debate_aliases').values(aliases).execute();
    },

    update: async (trx: Trx, id: string, change: Partial<Facts> & { sitting_state?: SittingState }): Promise<void> => {
      const withdrawn =
        change.sitting_state === 'withdrawn' ? sql<Date>`coalesce(withdrawn_at, now())` : sql<null>`null`;
      await within(trx)
        .updateTable('debates')
        .set({
          ...change,
          ...(change.sitting_state === undefined ? {} : { withdrawn_at: withdrawn }),
          updated_at: sql<Date>`now()`,
        })
        .where('id', '=', id)
        .execute();
    },

    /** Sets what other rooms report; says whether anything changed. */
    setReported: async (
      trx: Trx,
      id: string,
      change: Partial<
        Pick<
          DebateRow,
          | 'has_audio'
          | 'duration_seconds'
          | 'run_state'
          | 'has_transcript'
          | 'sitting_starts_at_ms'
          | 'sitting_start_origin'
        >
      >,
    ): Promise<boolean> => {
      const result = await within(trx)
        .updateTable('debates')
        .set({ ...change, updated_at: sql<Date>`now()` })
        .where('id', '=', id)
        .where((eb) =>
          eb.or(
            Object.entries(change).map(([column, value]) =>
              eb(column as 'has_audio', 'is distinct from', value as boolean),
            ),
          ),
        )
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    /** The own ids of some debates, by the ids they were asked by; unknown ones are left out. */
    resolve: async (idsOrAliases: readonly string[]): Promise<Map<string, string>> => {
      if (idsOrAliases.length === 0) return new Map();
      const rows = await tables
        .selectFrom('debate_aliases')
        .where('alias', 'in', [...idsOrAliases])
        .select(['alias', 'debate_id'])
        .execute();
      return new Map(rows.map((row) => [row.alias, row.debate_id]));
    },

    summaries: async (ids: readonly string[]): Promise<DebateSummary[]> => {
      if (ids.length === 0) return [];
      const rows = await tables
        .selectFrom('debates')
        .where('id', 'in', [...ids])
        .select(SUMMARY_COLUMNS)
        .execute();
      return rows.map(summaryOf);
    },

    /** In the order of ids, so that two who hold several can never wait for each other. */
    addToFavorites: async (trx: Trx, ids: readonly string[], by: 1 | -1): Promise<void> => {
      if (ids.length === 0) return;
      await sql`select 1 from debates where id = any(${[...ids]}::text[]) order by id for no key update`.execute(trx);
      await within(trx)
        .updateTable('debates')
        .set({ favorite_count: sql<number>`favorite_count + ${by}` })
        .where('id', 'in', [...ids])
        .execute();
    },

    /** In the order of ids, as above. */
    addViews: async (trx: Trx, views: ReadonlyMap<string, number>): Promise<void> => {
      if (views.size === 0) return;
      const ids = [...views.keys()];
      await sql`select 1 from debates where id = any(${ids}::text[]) order by id for no key update`.execute(trx);
      await sql`
        update debates set view_count = view_count + added.views
        from unnest(${ids}::text[], ${[...views.values()]}::bigint[]) as added (id, views)
        where debates.id = added.id`.execute(trx);
    },

    totals: async (): Promise<{ debates: number; views: number; audioSeconds: number }> => {
      const row = await tables
        .selectFrom('debates')
        .where('sitting_state', '<>', 'withdrawn')
        .select((eb) => [
          eb.fn.countAll<number>().as('debates'),
          sql<number>`coalesce(sum(view_count), 0)`.as('views'),
          sql<number>`coalesce(sum(duration_seconds) filter (where has_audio), 0)`.as('seconds'),
        ])
        .executeTakeFirstOrThrow();
      return { debates: row.debates, views: row.views, audioSeconds: row.seconds };
    },

    addAlias: async (trx: Trx, alias: string, debateId: string): Promise<void> => {
      await within(trx)
        .insertInto('debate_aliases')
        .values({ alias, debate_id: debateId })
        .onConflict((conflict) => conflict.column('alias').doNothing())
        .execute();
    },

    list: async (request: ListRequest): Promise<ListedDebate[]> => {
      const { filter, sort, order, limit, from } = request;
      let query = tables
        .selectFrom('debates')
        .select(SHOWN_COLUMNS)
        .select(sortExpression(sort).as('sort_value'))
        .where((eb) => whereFilter(eb, filter))
        .orderBy(sortExpression(sort), order)
        .orderBy('id', order)
        .limit(limit);
      query = 'offset' in from ? query.offset(from.offset) : query.where(afterPosition(sort, order, from));
      const rows = await query.execute();
      return rows.map((row) => ({
        debate: debateOf(row),
        sortValue: row.sort_value instanceof Date ? row.sort_value.toISOString() : row.sort_value,
      }));
    },

    count: async (filter: DebateFilter): Promise<number> => {
      const row = await tables
        .selectFrom('debates')
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .where((eb) => whereFilter(eb, filter))
        .executeTakeFirstOrThrow();
      return row.total;
    },

    live: async (limit: number): Promise<Debate[]> => {
      const rows = await tables
        .selectFrom('debates')
        .select(SHOWN_COLUMNS)
        .where('sitting_state', '=', 'live')
        .orderBy('sorts_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(debateOf);
    },

    /** Of the sittings of a Paris day, those that should have begun by `now`. */
    begun: async (day: string, now: Date): Promise<BegunSittings[]> => {
      const rows = await tables
        .selectFrom('debates')
        .where('day', '=', day)
        .where('starts_at', '<=', now)
        .where('sitting_state', '<>', 'withdrawn')
        .groupBy(['type', 'sitting_state'])
        .select((eb) => ['type', 'sitting_state as state', eb.fn.countAll<number>().as('count')])
        .execute();
      return rows as BegunSittings[];
    },

    /** Recordings of a source on some Paris days, that are still shown. */
    recordingsOn: async (source: string, since: string, until: string): Promise<Debate[]> => {
      const rows = await tables
        .selectFrom('debates')
        .select(SHOWN_COLUMNS)
        .where('source', '=', source)
        .where('source_ref', 'is not', null)
        .where('day', '>=', since)
        .where('day', '<=', until)
        .where('sitting_state', '<>', 'withdrawn')
        .execute();
      return rows.map(debateOf);
    },
  };
}

export type DebatesStore = ReturnType<typeof createDebatesStore>;

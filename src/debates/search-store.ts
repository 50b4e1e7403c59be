import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from '../platform/database/index.ts';
import type { Sort, SortOrder } from './list-query.ts';
import { sortExpression } from './list-query.ts';
import type { KnownWord } from './nearest-word.ts';
import { MOMENT } from './search-pages.ts';
import { SAMPLES, type SampleStep } from './search-samples.ts';
import { relevanceScore, type SearchCondition } from './search-where.ts';

/** A result's place in some order. */
export interface Place {
  value: string | number | null;
  id: string;
}

export interface RankedHit {
  id: string;
  sortsAt: Date;
  score: number;
}

/** One line of the counts, of the total or of a facet; not yet multiplied by what the sample leaves out. */
export interface CountRow {
  facet: 'total' | 'type' | 'commission' | 'year' | 'speaker';
  value: string | null;
  name: string | null;
  counted: number;
  sample: SampleStep;
}

/** Commissions and speakers that a facet names: more than a phone shows; the rest are found by typing. */
const FACET_VALUES = 20;
/** Ten times what a step is expected to hold; without a limit the planner fears for all rows, and compiles the question. */
const STEP_MAX = 8_000;
/** A hundred thousand words have some dozens near to any; the nearest by letters is among the first of them. */
const NEAR_WORDS = 20;
/** From here on a part of a name says nearly nothing, and is compared row by row instead. */
const NAMES_MAX = 200;

export function createSearchStore(db: Db) {
  return {
    /**
     * How many there are, by facet, in the smallest sample that holds enough of them, in one statement: each step is only
     * taken when the one before found too few.
     */
    count: async (condition: SearchCondition): Promise<CountRow[]> => {
      const taken = (index: number): RawBuilder<SqlBool> =>
        sql.join(
          SAMPLES.slice(0, index).map(
            (step, before) =>
              sql<SqlBool>`(select count(*) from ${sql.ref(`step${before}`)}) < ${sql.lit(step.enough)}`,
          ),
          sql` and `,
        );
      const steps = SAMPLES.map(
        (step, index) => sql`${sql.ref(`step${index}`)} as materialized (
          select s.type, s.year, s.commission, s.people from debate_search s
          where ${index === 0 ? sql`true` : taken(index)} and ${step.mark === null ? sql`true` : sql`s.marks @> ${[step.mark]}::text[]`}
            and ${condition.where} limit ${sql.lit(STEP_MAX)})`,
      );
      const last = SAMPLES.length - 1;
      const chosen = sql`case ${sql.join(
        SAMPLES.slice(0, last).map(
          (step, index) =>
            sql`when (select count(*) from ${sql.ref(`step${index}`)}) >= ${sql.lit(step.enough)} then ${sql.lit(index)}`,
        ),
        sql` `,
      )} else ${sql.lit(last)} end`;
      const hits = sql.join(
        SAMPLES.map(
          (_, index) => sql`select t.* from ${sql.ref(`step${index}`)} t, chosen where chosen.step = ${sql.lit(index)}`,
        ),
        sql` union all `,
      );
      const { rows } = await sql<Omit<CountRow, 'sample'> & { step: number }>`
        with ${sql.join(steps)}, chosen as materialized (select ${chosen} as step), hits as materialized (${hits})
        select facet, value, name, counted, step from chosen, (
          select 'total' as facet, null as value, null as name, count(*)::integer as counted from hits
          union all (select 'type', type, null, count(*)::integer from hits group by type)
          union all (select 'year', year::text, null, count(*)::integer from hits group by year)
          union all (select 'commission', commission, null, count(*)::integer from hits where commission is not null
            group by commission order by 4 desc, 2 limit ${sql.lit(FACET_VALUES)})
          union all (select 'speaker', spoke.key, case when spoke.key like 'p:%'
              then (select label from debate_names where person_id = substr(spoke.key, 3) order by key limit 1)
              else (select label from debate_names where kind = 'speaker' and key = substr(spoke.key, 3))
            end, counted from (
              select person as key, count(*)::integer as counted from hits, unnest(people) person
              group by person order by 2 desc, 1 limit ${sql.lit(FACET_VALUES)}
            ) spoke)
        ) facets order by facet, counted desc, value`.execute(db);
      return rows.map(({ step, ...row }) => ({ ...row, sample: SAMPLES[step] ?? SAMPLES[3] }));
    },

    /** The newest hits of a span of time, each with its relevance. */
    newest: async (condition: SearchCondition, span: RawBuilder<SqlBool>, limit: number): Promise<RankedHit[]> => {
      const { rows } = await sql<RankedHit>`
        select debate_id as id, sorts_at as "sortsAt", ${relevanceScore(condition)} as score from (
          select s.debate_id, s.sorts_at, s.words from debate_search s where ${span} and ${condition.where}
          order by ${MOMENT} desc, s.debate_id desc limit ${limit}
        ) s order by sorts_at desc, debate_id desc`.execute(db);
      return rows;
    },

    /** The same in the order of time, without relevance. */
    inTime: async (
      condition: SearchCondition,
      span: RawBuilder<SqlBool>,
      order: SortOrder,
      limit: number,
    ): Promise<{ id: string; sortsAt: Date }[]> => {
      const direction = sql.raw(order);
      const { rows } = await sql<{ id: string; sortsAt: Date }>`
        select s.debate_id as id, s.sorts_at as "sortsAt" from debate_search s where ${span} and ${condition.where}
        order by ${MOMENT} ${direction}, s.debate_id ${direction} limit ${limit}`.execute(db);
      return rows;
    },

    /** Hits in any order of the list; few are gathered first, many are met on the way along an index. */
    sorted: async (
      condition: SearchCondition,
      request: {
        sort: Sort;
        order: SortOrder;
        limit: number;
        offset: number;
        after: RawBuilder<SqlBool>;
        few: boolean;
      },
    ): Promise<Place[]> => {
      const direction = sql.raw(request.order);
      const among = request.few
        ? sql`(select s.debate_id from debate_search s where ${condition.where} offset 0) s`
        : sql`debate_search s`;
      const { rows } = await sql<{ id: string; value: string | number | Date | null }>`
        select d.id, ${sortExpression(request.sort)} as value from ${among}
        join (select *, ${sortExpression(request.sort)} as sort_value from debates where sitting_state <> 'withdrawn') d
          on d.id = s.debate_id
        where ${request.after} and ${request.few ? sql`true` : condition.where}
        order by d.sort_value ${direction}, d.id ${direction} limit ${request.limit} offset ${request.offset}`.execute(
        db,
      );
      return rows.map(({ id, value }) => ({ id, value: value instanceof Date ? value.toISOString() : value }));
    },

    /** The first and the last moment of the register; null while it is empty. */
    span: async (): Promise<{ first: Date; last: Date } | null> => {
      const { rows } = await sql<{ first: Date | null; last: Date | null }>`
        select min(sorts_at) as first, max(sorts_at) as last from debate_search`.execute(db);
      const { first, last } = rows[0] ?? {};
      return first && last ? { first, last } : null;
    },

    /** The French stems of some words, by `textKey`; of small words without meaning none. */
    stems: async (words: readonly string[]): Promise<Map<string, string>> => {
      const { rows } = await sql<{ word: string; stem: string | null }>`
        select word, (ts_lexize('french_stem', word))[1] as stem from unnest(${[...words]}::text[]) word`.execute(db);
      return new Map(rows.flatMap(({ word, stem }) => (stem === null ? [] : [[word, stem] as const])));
    },

    /** Words of the register that look like each of these, which it does not have in any form; known words are absent. */
    near: async (words: readonly string[]): Promise<Map<string, KnownWord[]>> => {
      const rows = await db.transaction().execute(async (trx) => {
        // PostgreSQL takes comparing two words for as cheap as comparing two numbers, and would compare all there are.
        await sql`set local enable_seqscan = off`.execute(trx);
        const near = await sql<{ typed: string; key: string | null; label: string | null }>`
          select typed, near.key, near.label from unnest(${[...words]}::text[]) typed
          left join lateral (
            select key, label, similarity(key, typed) as likeness from debate_terms where key % typed
            order by likeness desc, key limit ${sql.lit(NEAR_WORDS)}
          ) near on true
          where not exists (select from debate_terms t where t.stem = (
            select array_to_string(tsvector_to_array(to_tsvector('robian_fr', typed)), ' ')))
            and not exists (select from debate_terms t where t.key = typed)
          order by typed, near.likeness desc, near.key`.execute(trx);
        return near.rows;
      });
      const known = rows.flatMap(({ typed, key, label }) =>
        key === null || label === null ? [] : [{ typed, key, label }],
      );
      return new Map([...Map.groupBy(known, ({ typed }) => typed)]);
    },

    /** The names that hold a text, by `textKey`; null when they are too many to name. */
    names: async (kind: 'commission' | 'speaker', part: string): Promise<string[] | null> => {
      const { rows } = await sql<{ key: string }>`
        select key from debate_names where kind = ${kind} and key like ${`%${part}%`} limit ${NAMES_MAX + 1}`.execute(
        db,
      );
      return rows.length > NAMES_MAX ? null : rows.map(({ key }) => key);
    },

    /** Names still in the register in which words begin with all that was typed; those that begin so themselves first. */
    suggestNames: async (kind: 'commission' | 'speaker', words: readonly string[], limit: number) => {
      const begins = sql.join(
        words.map((word) => sql`(' ' || key) like ${`% ${word}%`}`),
        sql` and `,
      );
      // The index knows beginnings of words without the space before them.
      const holds = sql.join(
        words.map((word) => sql`key like ${`%${word}%`}`),
        sql` and `,
      );
      const mark = kind === 'commission' ? 'c:' : 'n:';
      const { rows } = await sql<{ id: string | null; name: string }>`
        select person_id as id, label as name from debate_names n
        where kind = ${kind} and ${holds} and ${begins}
          and exists (select from debate_search s where s.marks @> array[${mark}::text || n.key])
        order by starts_with(key, ${words[0] ?? ''}) desc, key limit ${limit}`.execute(db);
      return rows;
    },

    titles: async (ids: readonly string[]): Promise<{ id: string; title: string; titleKey: string }[]> => {
      const { rows } = await sql<{ id: string; title: string; titleKey: string }>`
        select id, title, title_key as "titleKey" from debates where id = any(${[...ids]}::text[])
        order by sorts_at desc, id desc`.execute(db);
      return rows;
    },
  };
}

export type SearchStore = ReturnType<typeof createSearchStore>;

import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { LRUCache } from 'lru-cache';
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

/** What a question found in the sample it was counted in; nothing is multiplied yet by what the sample leaves out. */
export interface Counted {
  sample: SampleStep;
  /** The first and the last moment of the whole register; null while it is empty. */
  register: { first: Date; last: Date } | null;
  total: number;
}

/** The most frequent first. */
export interface CountedValue {
  facet: 'type' | 'commission' | 'year' | 'speaker';
  value: string;
  /** Of a speaker whom the register names. */
  name: string | null;
  counted: number;
}

interface CountRow {
  step: number;
  first: Date | null;
  last: Date | null;
  counted: number;
}

interface FacetRow {
  /** Null: the line of the total. */
  facet: CountedValue['facet'] | null;
  /** Null: debates that have none. */
  value: string | null;
  name: string | null;
  counted: number;
}

/** Commissions and speakers that a facet names: more than a phone shows; the rest are found by typing. */
const FACET_VALUES = 20;
/** Ten times what a step is expected to hold; without a limit the planner fears for all rows, and compiles the question. */
const STEP_MAX = 8_000;
/** Stems of words of a language that are met in texts: some 100 bytes each. */
const STEMS_KEPT = 50_000;
/** Names that are looked at for each that is suggested: nearly all of them are still in the register. */
const NAMES_LOOKED_AT = 4;
/** In this sample, most that are in use are found among few debates. */
const NAMES_SAMPLE = SAMPLES[1].mark;
/** A hundred thousand words have some dozens near to any; the nearest by letters is among the first of them. */
const NEAR_WORDS = 20;
/** From here on a part of a name says nearly nothing, and is compared row by row instead. */
const NAMES_MAX = 200;

export function createSearchStore(db: Db) {
  /** Those of some marks that a debate has. */
  async function usedMarks(marks: readonly string[]): Promise<Set<string>> {
    const used = new Set<string>();
    if (marks.length === 0) return used;
    const find = async (asked: readonly string[], sample: RawBuilder<SqlBool>): Promise<void> => {
      const { rows } = await sql<{ mark: string }>`
        select distinct mark from debate_search s, unnest(s.marks) mark
        where s.marks && ${asked}::text[] and ${sample} and mark = any(${asked}::text[])`.execute(db);
      for (const { mark } of rows) used.add(mark);
    };
    await find(marks, sql`s.marks @> ${[NAMES_SAMPLE]}::text[]`);
    const rare = marks.filter((mark) => !used.has(mark));
    if (rare.length > 0) await find(rare, sql`true`);
    return used;
  }

  /** What the dictionary of the database says never changes; empty: a small word. */
  const knownStems = new LRUCache<string, string>({ max: STEMS_KEPT });

  return {
    /**
     * How many there are in the smallest sample that holds enough of them, in one statement: each step is only taken when the
     * one before found too few. No column is read, so that no row has to be where the index is sure.
     * @param debates about how many the register holds: no step is tried that is too small for any question
     */
    count: async (condition: SearchCondition, debates: number): Promise<Counted> => {
      const steps = stepsOf(debates);
      const ctes = steps.map(
        (step, index) => sql`${stepName(index)} as materialized (
          select count(*)::integer as counted from (
            select from debate_search s where ${isTaken(steps, index, countedIn)} and ${drawn(step)} and ${condition.where}
            limit ${sql.lit(STEP_MAX)}) hits)`,
      );
      const chosen = chosenOf(steps, countedIn);
      const totals = steps.map((_, index) => sql`when ${sql.lit(index)} then ${countedIn(index)}`);
      const { rows } = await sql<CountRow>`
        with ${sql.join(ctes)}, chosen as materialized (select ${chosen} as step)
        select step, first, last, case step ${sql.join(totals, sql` `)} end as counted
        from chosen, ${REGISTER}`.execute(db);
      return countedOf(steps, rows[0]);
    },

    /** The same, with facets. */
    countByFacet: async (
      condition: SearchCondition,
      debates: number,
    ): Promise<Counted & { facets: readonly CountedValue[] }> => {
      const steps = stepsOf(debates);
      const rowsIn = (index: number) => sql<number>`(select count(*) from ${stepName(index)})`;
      const ctes = steps.map(
        (step, index) => sql`${stepName(index)} as materialized (
          select s.type, s.year, s.commission, s.people from debate_search s
          where ${isTaken(steps, index, rowsIn)} and ${drawn(step)} and ${condition.where} limit ${sql.lit(STEP_MAX)})`,
      );
      const hits = sql.join(
        steps.map(
          (_, index) => sql`select t.* from ${stepName(index)} t, chosen where chosen.step = ${sql.lit(index)}`,
        ),
        sql` union all `,
      );
      const { rows } = await sql<CountRow & FacetRow>`
        with ${sql.join(ctes)}, chosen as materialized (select ${chosenOf(steps, rowsIn)} as step),
          hits as materialized (${hits})
        select step, first, last, facet, value, name, counted from chosen, ${REGISTER}, (${FACETS}) counted`.execute(
        db,
      );
      const total = rows.find(({ facet }) => facet === null);
      return { ...countedOf(steps, total), facets: facetsOf(rows) };
    },

    /** By facet, in a sample that a count has chosen. */
    facets: async (condition: SearchCondition, sample: SampleStep): Promise<CountedValue[]> => {
      const { rows } = await sql<FacetRow>`
        with hits as materialized (
          select s.type, s.year, s.commission, s.people from debate_search s
          where ${drawn(sample)} and ${condition.where} limit ${sql.lit(STEP_MAX)})
        select facet, value, name, counted from (${FACETS}) counted`.execute(db);
      return facetsOf(rows);
    },

    /** About how many debates the register holds. */
    size: async (): Promise<number> => {
      const [, { mark, standsFor }] = SAMPLES;
      const { rows } = await sql<{ counted: number }>`
        select count(*)::integer as counted from debate_search s where s.marks @> ${[mark]}::text[]`.execute(db);
      return (rows[0]?.counted ?? 0) * standsFor;
    },

    /** The first and the last moment of the whole register; null while it is empty. */
    register: async (): Promise<Counted['register']> => {
      const { rows } = await sql<{
        first: Date | null;
        last: Date | null;
      }>`select first, last from ${REGISTER}`.execute(db);
      return registerOf(rows[0]);
    },

    /** The newest hits of a span of time, each with its relevance. */
    newest: async (condition: SearchCondition, span: RawBuilder<SqlBool>, limit: number): Promise<RankedHit[]> => {
      // As one JSON text: hundreds are read for a page, and as rows they take four times as long to read.
      const { rows } = await sql<{ hits: [id: string, sortsAtMs: number, score: number][] | null }>`
        select json_agg(json_build_array(debate_id, extract(epoch from sorts_at)::float8 * 1000, ${relevanceScore(condition)})
          order by sorts_at desc, debate_id desc) as hits from (
          select s.debate_id, s.sorts_at, s.words from debate_search s where ${span} and ${condition.where}
          order by ${MOMENT} desc, s.debate_id desc limit ${limit}
        ) s`.execute(db);
      const [{ hits } = { hits: null }] = rows;
      return (hits ?? []).map(([id, sortsAtMs, score]) => ({ id, sortsAt: new Date(Math.round(sortsAtMs)), score }));
    },

    /** A page of few hits, the best first: of the newest `among`, those after a place. */
    best: async (
      condition: SearchCondition,
      page: { after: { score: number; id: string } | null; offset: number; limit: number; among: number },
    ): Promise<{ id: string; score: number }[]> => {
      const { after } = page;
      const beyond =
        after === null
          ? sql`true`
          : sql`(score, id collate "C") < (${after.score}::float8, ${after.id}::text collate "C")`;
      const { rows } = await sql<{ id: string; score: number }>`
        select id, score from (
          select debate_id as id, ${relevanceScore(condition)} as score from (
            select s.debate_id, s.sorts_at, s.words from debate_search s where ${condition.where}
            order by ${MOMENT} desc, s.debate_id desc limit ${sql.lit(page.among)}
          ) s
        ) ranked where ${beyond}
        order by score desc, id collate "C" desc limit ${page.limit} offset ${page.offset}`.execute(db);
      return rows;
    },

    /** Hits of a part of the register in the order of time, without relevance. */
    inTime: async (
      condition: SearchCondition,
      part: Part,
      order: SortOrder,
      limit: number,
    ): Promise<{ id: string; sortsAt: Date }[]> => {
      const direction = sql.raw(order);
      const { rows } = await sql<{ id: string; sortsAt: Date }>`
        select s.debate_id as id, s.sorts_at as "sortsAt" from ${debatesOf(part)} and ${condition.where}
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

    /** The French stems of some words, by `textKey`; of small words without meaning none. */
    stems: async (words: readonly string[]): Promise<Map<string, string>> => {
      // A page has hundreds of words, nearly all of them known.
      const stems = new Map<string, string>();
      const unknown: string[] = [];
      const tell = (word: string, stem: string): void => void (stem === '' || stems.set(word, stem));
      for (const word of words) {
        const stem = knownStems.get(word);
        if (stem === undefined) unknown.push(word);
        else tell(word, stem);
      }
      if (unknown.length === 0) return stems;
      const { rows } = await sql<{ word: string; stem: string | null }>`
        select word, (ts_lexize('french_stem', word))[1] as stem from unnest(${unknown}::text[]) word`.execute(db);
      for (const { word, stem } of rows) {
        knownStems.set(word, stem ?? '');
        tell(word, stem ?? '');
      }
      return stems;
    },

    /** Words of the register that look like each of these, which it does not have in any form; known words are absent. */
    near: async (words: readonly string[]): Promise<Map<string, KnownWord[]>> => {
      const { rows } = await sql<{ typed: string; key: string | null; label: string | null }>`
        select typed, near.key, near.label from unnest(${[...words]}::text[]) typed
        left join lateral near_terms(typed, ${sql.lit(NEAR_WORDS)}) with ordinality near (key, label, place) on true
        where not exists (select from debate_terms t where t.stem = (
          select array_to_string(tsvector_to_array(to_tsvector('robian_fr', typed)), ' ')))
          and not exists (select from debate_terms t where t.key = typed)
        order by near.place`.execute(db);
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
      const prefix = kind === 'commission' ? 'c:' : 'n:';
      const { rows } = await sql<{ mark: string; id: string | null; name: string }>`
        select ${prefix}::text || key as mark, person_id as id, label as name from debate_names n
        where kind = ${kind} and ${holds} and ${begins}
        order by starts_with(key, ${words[0] ?? ''}) desc, key limit ${limit * NAMES_LOOKED_AT}`.execute(db);
      const used = await usedMarks(rows.map(({ mark }) => mark));
      return rows.filter(({ mark }) => used.has(mark)).slice(0, limit);
    },

    titles: async (ids: readonly string[]): Promise<{ id: string; title: string; titleKey: string }[]> => {
      const { rows } = await sql<{ id: string; title: string; titleKey: string }>`
        select id, title, title_key as "titleKey" from debates where id = any(${[...ids]}::text[])
        order by sorts_at desc, id desc`.execute(db);
      return rows;
    },
  };
}

/** Debates among which hits are looked for by the index, or the newest, which are read one by one. */
type Part = { span: RawBuilder<SqlBool> } | { newest: number };

/** As `debate_search s where …`. */
function debatesOf(part: Part): RawBuilder<unknown> {
  if ('span' in part) return sql`debate_search s where ${part.span}`;
  return sql`(
    select * from debate_search order by sorts_at desc, debate_id desc limit ${sql.lit(part.newest)}) s where true`;
}

const REGISTER = sql`(select min(sorts_at) as first, max(sorts_at) as last from debate_search) register`;

/**
 * Those that can hold enough of anything; the last of them is no sample. The largest sample is always among them: it keeps the
 * whole from being counted when the register has grown since it was measured.
 */
function stepsOf(debates: number): SampleStep[] {
  const always = SAMPLES.length - 2;
  return SAMPLES.filter(({ standsFor, enough }, index) => index >= always || debates / standsFor >= enough);
}

/** How many hits a step found, as SQL. */
type Found = (index: number) => RawBuilder<number>;

function stepName(index: number): RawBuilder<unknown> {
  return sql.ref(`step${index}`);
}

function countedIn(index: number): RawBuilder<number> {
  return sql`(select counted from ${stepName(index)})`;
}

function isTaken(steps: readonly SampleStep[], index: number, found: Found): RawBuilder<SqlBool> {
  const before = steps.slice(0, index).map((step, at) => sql`${found(at)} < ${sql.lit(step.enough)}`);
  return sql.join([sql`true`, ...before], sql` and `);
}

function drawn({ mark }: SampleStep): RawBuilder<SqlBool> {
  return mark === null ? sql`true` : sql`s.marks @> ${[mark]}::text[]`;
}

function chosenOf(steps: readonly SampleStep[], found: Found): RawBuilder<number> {
  const last = steps.length - 1;
  const choices = steps
    .slice(0, last)
    .map((step, index) => sql`when ${found(index)} >= ${sql.lit(step.enough)} then ${sql.lit(index)}`);
  return choices.length === 0 ? sql`0` : sql`case ${sql.join(choices, sql` `)} else ${sql.lit(last)} end`;
}

function countedOf(steps: readonly SampleStep[], row: CountRow | undefined): Counted {
  return { sample: steps[row?.step ?? 0] ?? SAMPLES[3], register: registerOf(row), total: row?.counted ?? 0 };
}

function registerOf(row: { first: Date | null; last: Date | null } | undefined): Counted['register'] {
  return row?.first && row.last ? { first: row.first, last: row.last } : null;
}

/** One pass over the hits for all facets of one value a debate, one for those of several. */
const FACETS = sql`
  select case grouping(type, year, commission) when 3 then 'type' when 5 then 'year' when 6 then 'commission' end as facet,
    coalesce(type, year::text, commission) as value, null as name, count(*)::integer as counted
  from hits group by grouping sets ((), (type), (year), (commission))
  union all (select 'speaker', spoke.key, case when spoke.key like 'p:%'
      then (select label from debate_names where person_id = substr(spoke.key, 3) order by key limit 1)
      else (select label from debate_names where kind = 'speaker' and key = substr(spoke.key, 3))
    end, counted from (
      select key, count(*)::integer as counted from (select unnest(people) as key from hits) person
      group by key order by 2 desc, 1 limit ${sql.lit(FACET_VALUES)}
    ) spoke)`;

function facetsOf(rows: readonly FacetRow[]): CountedValue[] {
  const values = rows.flatMap(({ facet, value, name, counted }) =>
    // Debates of no commission are in no facet of commissions.
    facet === null || value === null ? [] : [{ facet, value, name, counted }],
  );
  const frequentFirst = values.toSorted((a, b) => b.counted - a.counted || (a.value < b.value ? -1 : 1));
  let commissions = 0;
  return frequentFirst.filter(({ facet }) => {
    if (facet !== 'commission') return true;
    commissions += 1;
    return commissions <= FACET_VALUES;
  });
}

export type SearchStore = ReturnType<typeof createSearchStore>;

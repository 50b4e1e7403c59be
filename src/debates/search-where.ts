import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { debatesErrors } from './errors.ts';
import type { DebateFilter } from './list-query.ts';
import { monthOf, periodMarks } from './search-periods.ts';
import { type SearchTerm, searchQueryOf } from './search-text.ts';
import { textKey } from './text-key.ts';

/** What is searched for: what was typed, and the filters of the list. */
export interface SearchQuestion {
  terms: readonly SearchTerm[];
  filter: Omit<DebateFilter, 'startedBefore'>;
}

/** Commissions or speakers whose name holds what was asked for; null: too many to name; undefined: not asked. */
export interface ResolvedNames {
  commissions: readonly string[] | null | undefined;
  speakers: readonly string[] | null | undefined;
}

export interface SearchCondition {
  /** On `debate_search s`. */
  where: RawBuilder<SqlBool>;
  /** What relevance is measured by: as many as possible of all that is asked for and not excluded. */
  ranked: RawBuilder<unknown>;
  /** Nothing is found before or after; a day wider than asked, because a day of Paris begins the day before in UTC. */
  within: { first: Date; last: Date };
}

const PERSON_ID = /^PA\d+$/;
const DAY_MS = 86_400_000;
/** Where a span has one end only: before the Assembly there is nothing, and no agenda is made so far ahead. */
const EARLIEST = '1958-01-01';
const LATEST = '2100-01-01';

/** A debate that is two years older must match twice as well to stand beside a newer one: sittings are news. */
const HALF_LIFE_SECONDS = 2 * 365 * 86_400;
/** Title, then commission, speakers and tags, then description; nothing is without a weight. */
const WEIGHTS = '{0, 0.2, 0.4, 1}';
/** What was found by filters alone has no relevance; a logarithm needs some. */
const LEAST_RANK = 1e-6;

/**
 * Relevance and recency in one number: the binary logarithm of the rank of the words, plus one for each two years later that a
 * debate sits. Two debates keep their order whenever they are compared.
 */
export function relevanceScore({ ranked }: SearchCondition): RawBuilder<number> {
  return sql`ln(greatest(ts_rank(${sql.lit(WEIGHTS)}::real[], s.words, ${ranked}), ${sql.lit(LEAST_RANK)})) / ln(2::float8)
    + extract(epoch from s.sorts_at)::float8 / ${sql.lit(HALF_LIFE_SECONDS)}`;
}

/** The names to look up before `searchCondition`. */
export function namesAsked({ filter }: SearchQuestion): { commission: string | null; speaker: string | null } {
  const speaker = filter.speaker !== undefined && !PERSON_ID.test(filter.speaker) ? textKey(filter.speaker) : null;
  return { commission: filter.commission === undefined ? null : textKey(filter.commission), speaker };
}

/** @throws AppError `debates/dates-reversed` */
export function searchCondition({ terms, filter }: SearchQuestion, names: ResolvedNames): SearchCondition {
  if (filter.dateStart !== undefined && filter.dateEnd !== undefined && filter.dateStart > filter.dateEnd) {
    throw debatesErrors.error('dates-reversed');
  }
  const wanted = terms.filter(({ excluded }) => !excluded);
  const all = [...textConditions(terms, wanted), ...markConditions(filter, names), ...dayConditions(filter)];
  if (filter.updatedSince !== undefined) all.push(ofDebate(sql`d.updated_at >= ${filter.updatedSince}`));
  if (names.commissions === null)
    all.push(ofDebate(sql`d.commission_key like ${`%${textKey(filter.commission ?? '')}%`}`));
  if (names.speakers === null) all.push(ofDebate(sql`d.speaker_keys like ${`%${textKey(filter.speaker ?? '')}%`}`));
  return {
    where: all.length === 0 ? sql`true` : sql.join(all, sql` and `),
    ranked: searchQueryOf(
      wanted.map((term) => ({ ...term, instead: true })),
      'robian_plain',
    ),
    within: daysAsked(filter),
  };
}

function textConditions(terms: readonly SearchTerm[], wanted: readonly SearchTerm[]): RawBuilder<SqlBool>[] {
  const all: RawBuilder<SqlBool>[] = [];
  if (terms.length > 0) all.push(sql`s.words @@ ${searchQueryOf(terms, 'robian_plain')}`);
  // An empty query finds nothing; but beside what is excluded, words that say nothing (`de la`) must not find everything.
  if (wanted.length > 0 && wanted.length < terms.length)
    all.push(sql`numnode(${searchQueryOf(wanted, 'robian_plain')}) > 0`);
  return all;
}

function markConditions(filter: SearchQuestion['filter'], names: ResolvedNames): RawBuilder<SqlBool>[] {
  const every: string[] = [];
  const groups: string[][] = [];
  if (filter.type) groups.push(filter.type.map((type) => `t:${type}`));
  if (filter.status) groups.push(filter.status.map((status) => `s:${status}`));
  if (filter.legislature !== undefined) every.push(`l:${filter.legislature}`);
  if (filter.hasAudio === true) every.push('a');
  if (filter.hasTranscript === true) every.push('w');
  if (filter.speaker !== undefined && PERSON_ID.test(filter.speaker)) every.push(`p:${filter.speaker}`);
  for (const tag of filter.tag ?? []) every.push(`g:${tag}`);
  if (names.commissions) groups.push(names.commissions.map((key) => `c:${key}`));
  if (names.speakers) groups.push(names.speakers.map((key) => `n:${key}`));
  const all: RawBuilder<SqlBool>[] = groups.map((group) => sql`s.marks && ${group}::text[]`);
  if (every.length > 0) all.push(sql`s.marks @> ${every}::text[]`);
  if (filter.hasAudio === false) all.push(sql`not s.marks @> array['a']`);
  if (filter.hasTranscript === false) all.push(sql`not s.marks @> array['w']`);
  return all;
}

function daysAsked({ dateStart, dateEnd }: SearchQuestion['filter']): SearchCondition['within'] {
  const near = (day: string, days: number): Date => new Date(Date.parse(day) + days * DAY_MS);
  return { first: near(dateStart ?? EARLIEST, -1), last: near(dateEnd ?? LATEST, 2) };
}

function dayConditions(filter: SearchQuestion['filter']): RawBuilder<SqlBool>[] {
  const { dateStart, dateEnd } = filter;
  if (dateStart === undefined && dateEnd === undefined) return [];
  const { first, last } = daysAsked(filter);
  const marks = periodMarks(monthOf(first), monthOf(last));
  const all: RawBuilder<SqlBool>[] = [sql`s.day between ${dateStart ?? EARLIEST}::date and ${dateEnd ?? LATEST}::date`];
  if (marks.length > 0) all.push(sql`s.marks && ${marks}::text[]`);
  return all;
}

/** Asked row by row, after the index: as a join it would be for the planner to read all debates first. */
function ofDebate(condition: RawBuilder<unknown>): RawBuilder<SqlBool> {
  return sql`(select ${condition} from debates d where d.id = s.debate_id)`;
}

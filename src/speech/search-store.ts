import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { HIT_START, HIT_STOP, parseSearchText, searchQueryOf, textKey } from '../debates/index.ts';
import type { Db } from '../platform/database/index.ts';
import type { DebateType } from '../sources/index.ts';
import type { Place } from './place-cursor.ts';
import type { SpeechTables } from './tables.ts';

export interface SpeechQuery {
  /** Words, "phrases", -exclusions, as people type them. */
  q: string;
  /** `PA…` */
  speakerId?: string | undefined;
  /** `PO…` of a political group. */
  groupId?: string | undefined;
  debateId?: string | undefined;
  /** Part of a name. */
  commission?: string | undefined;
  type?: readonly DebateType[] | undefined;
  /** Included. */
  startsFrom?: Date | undefined;
  /** Excluded. */
  startsBefore?: Date | undefined;
}

export type SearchOrder = 'asc' | 'desc';

export interface Hit {
  debateId: string;
  position: number;
  sortsAt: Date;
  debateTitle: string;
  debateDay: string;
  debateType: DebateType;
  commission: string | null;
  startsAtMs: number | null;
  endsAtMs: number | null;
  kind: string;
  source: string;
  speakerName: string | null;
  speakerRole: string | null;
  personId: string | null;
  groupId: string | null;
  isChair: boolean;
  text: string;
  /** The text with what was found between `HIT_START` and `HIT_STOP`. */
  marked: string;
  before: string | null;
  after: string | null;
}

export interface HitGroup {
  debateId: string;
  sortsAt: Date;
  hits: number;
  /** False when there may be more hits than were counted. */
  exact: boolean;
  /** Positions of the first of them. */
  first: number[];
}

/**
 * Hits are counted up to here: nobody reads further, and counting all of a common word would cost as much as the whole
 * collection.
 */
export const COUNTED_HITS = 1_000;
/** Hits that are looked at to make a page of groups: 20 debates of 50 hits. More would keep an embedded database busy. */
const GROUPED_HITS = 1_000;
/** Moments shown of each debate of a grouped answer. */
const MOMENTS_A_GROUP = 3;

export function createSearchStore(db: Db) {
  const tables = db.withTables<SpeechTables>();

  return {
    /** Hits after a position, in the order of debates; `offset` skips some. */
    find: async (
      query: SpeechQuery,
      order: SearchOrder,
      limit: number,
      from: { offset: number } | Place,
    ): Promise<Hit[]> => {
      const direction = sql.raw(order);
      const after = 'offset' in from ? sql`true` : afterPosition(from, order);
      const offset = 'offset' in from ? from.offset : 0;
      const found = sql`
        select c.*, d.title, d.day, d.type, d.commission
        from cues c join listed_debates d on d.id = c.debate_id
        where ${matches(query)} and ${after}
        order by c.sorts_at ${direction}, c.debate_id ${direction}, c.position ${direction}
        limit ${limit} offset ${offset}`;
      return hitsOf(found, query.q, order);
    },

    /** The hits at some positions of some debates. */
    at: async (
      query: SpeechQuery,
      order: SearchOrder,
      places: readonly { debateId: string; positions: number[] }[],
    ) => {
      const wanted = places.flatMap(({ debateId, positions }) => positions.map((position) => ({ debateId, position })));
      const found = sql`
        select c.*, d.title, d.day, d.type, d.commission
        from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w("debateId" text, position integer)
        join cues c on c.debate_id = w."debateId" and c.position = w.position
        join listed_debates d on d.id = c.debate_id`;
      return hitsOf(found, query.q, order);
    },

    /** How many there are, `COUNTED_HITS` standing for that many or more. */
    count: async (query: SpeechQuery): Promise<number> => {
      const { rows } = await sql<{ total: number }>`select count(*) as total from (
        select from cues c join listed_debates d on d.id = c.debate_id where ${matches(query)} limit ${COUNTED_HITS}
      ) hits`.execute(tables);
      return rows[0]?.total ?? 0;
    },

    /** Debates that have hits, in order, each with its first ones. */
    groups: async (query: SpeechQuery, order: SearchOrder, limit: number, after: Place | null): Promise<HitGroup[]> => {
      const direction = sql.raw(order);
      const beyond = after === null ? sql`true` : afterDebate(after, order);
      const { rows } = await sql<Omit<HitGroup, 'exact'>>`
        select debate_id as "debateId", sorts_at as "sortsAt", count(*) as hits,
          (array_agg(position order by position))[1:${sql.lit(MOMENTS_A_GROUP)}] as first
        from (
          select c.debate_id, c.sorts_at, c.position
          from cues c join listed_debates d on d.id = c.debate_id
          where ${matches(query)} and ${beyond}
          order by c.sorts_at ${direction}, c.debate_id ${direction}, c.position ${direction} limit ${GROUPED_HITS}
        ) hits
        group by sorts_at, debate_id order by sorts_at ${direction}, debate_id ${direction}`.execute(tables);
      const total = rows.reduce((sum, { hits }) => sum + hits, 0);
      // The last debate of a full window was cut, unless it is the only one.
      return rows.slice(0, limit).map((row, index) => ({
        ...row,
        exact: total < GROUPED_HITS || index < rows.length - 1,
      }));
    },

    /** People who spoke and subjects that were spoken of, whose name holds every word typed. */
    suggest: async (typed: string, limit: number) => {
      const words = textKey(typed).split(' ').filter(Boolean);
      if (words.length === 0) return { people: [], subjects: [] };
      const holds = (column: RawBuilder<string>) =>
        sql.join(
          words.map((word) => sql<SqlBool>`${column} like ${`%${word}%`}`),
          sql` and `,
        );
      const people = await sql<{ id: string; name: string }>`
        select id, trim(first_name || ' ' || last_name) as name from people p
        where ${holds(sql`name_key`)}
          and exists (select from speeches s where s.speaker_id = p.id)
        order by sort_key limit ${limit}`.execute(tables);
      const subjects = await sql<{ label: string }>`
        select label from subjects where ${holds(sql`key`)} order by last_at desc, key limit ${limit}`.execute(tables);
      return { people: people.rows, subjects: subjects.rows };
    },
  };

  async function hitsOf(found: RawBuilder<unknown>, q: string, order: SearchOrder): Promise<Hit[]> {
    const direction = sql.raw(order);
    const options = `StartSel="${HIT_START}", StopSel="${HIT_STOP}", HighlightAll=true`;
    // Neighbours and marks are made for the rows of the page only.
    const { rows } = await sql<Hit>`
      select h.debate_id as "debateId", h.position, h.sorts_at as "sortsAt", h.title as "debateTitle",
        h.day as "debateDay", h.type as "debateType", h.commission, h.starts_at_ms as "startsAtMs",
        h.ends_at_ms as "endsAtMs", h.kind, h.source, h.speaker_name as "speakerName", h.speaker_role as "speakerRole",
        h.person_id as "personId", h.group_id as "groupId", h.is_chair as "isChair", h.text,
        ts_headline('robian_fr', h.text, ${typedQuery(q)}, ${options}) as marked,
        p.text as before, n.text as after
      from (${found}) h
      left join cues p on p.debate_id = h.debate_id and p.position = h.position - 1
      left join cues n on n.debate_id = h.debate_id and n.position = h.position + 1
      order by h.sorts_at ${direction}, h.debate_id ${direction}, h.position ${direction}`.execute(tables);
    return rows;
  }
}

function typedQuery(q: string): RawBuilder<unknown> {
  return searchQueryOf(parseSearchText(q));
}

function matches(query: SpeechQuery): RawBuilder<SqlBool> {
  const words = [typedQuery(query.q)];
  // Ids are checked at the edge to be letters and digits; the quotes make a lexeme of them as they stand.
  if (query.speakerId !== undefined) words.push(sql`${`'@${query.speakerId}'`}::tsquery`);
  if (query.groupId !== undefined) words.push(sql`${`'@${query.groupId}'`}::tsquery`);
  const all = [
    sql<SqlBool>`c.words @@ (${sql.join(words, sql` && `)})`,
    // Words that say nothing (`de la`) are no question, and must not find everything.
    sql<SqlBool>`numnode(${typedQuery(query.q)}) > 0`,
  ];
  if (query.debateId !== undefined) all.push(sql`c.debate_id = ${query.debateId}`);
  if (query.startsFrom !== undefined) all.push(sql`c.sorts_at >= ${query.startsFrom}`);
  if (query.startsBefore !== undefined) all.push(sql`c.sorts_at < ${query.startsBefore}`);
  if (query.type !== undefined) all.push(sql`d.type = any(${[...query.type]}::text[])`);
  if (query.commission !== undefined) {
    const key = textKey(query.commission);
    all.push(key === '' ? sql`false` : sql`d.commission_key like ${`%${key}%`}`);
  }
  return sql.join(all, sql` and `);
}

function afterPosition({ sortsAt, debateId, position }: Place, order: SearchOrder): RawBuilder<SqlBool> {
  const comparison = sql.raw(order === 'asc' ? '>' : '<');
  return sql`(c.sorts_at, c.debate_id, c.position) ${comparison} (${sortsAt}::timestamptz, ${debateId}::text, ${position}::integer)`;
}

function afterDebate({ sortsAt, debateId }: Place, order: SearchOrder): RawBuilder<SqlBool> {
  const comparison = sql.raw(order === 'asc' ? '>' : '<');
  return sql`(c.sorts_at, c.debate_id) ${comparison} (${sortsAt}::timestamptz, ${debateId}::text)`;
}

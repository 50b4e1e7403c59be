import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { HIT_START, HIT_STOP, textKey } from '../debates/index.ts';
import type { DebateType } from '../sources/index.ts';
import type { Place } from './place-cursor.ts';
import { type SearchOrder, type SpeechQuery, typedQuery } from './search-query.ts';
import { type HitPlace, type Walk, type WalkDeps, walkHits } from './search-walk.ts';
import type { SpeechTables } from './tables.ts';

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
  /** The first of them. */
  first: HitPlace[];
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

/** Sentences that are marked in one statement: the headline of each costs up to half a millisecond. */
const MARKED_AT_ONCE = 25;
/** The last position that a sentence of a debate can have. */
const LAST_POSITION = 2 ** 31 - 1;

export function createSearchStore(deps: WalkDeps) {
  const { db } = deps;
  const tables = db.withTables<SpeechTables>();

  return {
    /** Where hits are, in order. */
    places: (query: SpeechQuery, walk: Walk): Promise<HitPlace[]> => walkHits(deps, query, walk),

    /** The hits at some places, in the order given, a few in each statement. */
    hits: async (q: string, places: readonly HitPlace[]): Promise<Hit[]> => {
      const hits: Hit[] = [];
      for (let at = 0; at < places.length; at += MARKED_AT_ONCE) {
        hits.push(...(await hitsAt(q, places.slice(at, at + MARKED_AT_ONCE))));
      }
      return hits;
    },

    /** Debates that have hits, in order, each with its first ones; `after` a debate. */
    groups: async (
      query: SpeechQuery,
      { order, limit, after }: { order: SearchOrder; limit: number; after: Place | null },
    ): Promise<{ groups: HitGroup[]; looked: number }> => {
      const last = after && { ...after, position: order === 'asc' ? LAST_POSITION : -1 };
      const places = await walkHits(deps, query, { order, after: last, limit: GROUPED_HITS });
      return { groups: groupsOf(places).slice(0, limit), looked: places.length };
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

  async function hitsAt(q: string, places: readonly HitPlace[]): Promise<Hit[]> {
    const options = `StartSel="${HIT_START}", StopSel="${HIT_STOP}", HighlightAll=true`;
    const wanted = JSON.stringify(places.map(({ debateId, position }) => ({ debate_id: debateId, position })));
    const { rows } = await sql<Hit>`
      select c.debate_id as "debateId", c.position, c.sorts_at as "sortsAt", d.title as "debateTitle",
        d.day as "debateDay", d.type as "debateType", d.commission, c.starts_at_ms as "startsAtMs",
        c.ends_at_ms as "endsAtMs", c.kind, c.source, c.speaker_name as "speakerName", c.speaker_role as "speakerRole",
        c.person_id as "personId", c.group_id as "groupId", c.is_chair as "isChair", c.text,
        ts_headline('robian_fr', c.text, ${typedQuery(q)}, ${options}) as marked,
        p.text as before, n.text as after
      from rows from (jsonb_to_recordset(${wanted}::jsonb) as (debate_id text, position integer))
        with ordinality as w(debate_id, position, rank)
      join cues c on c.debate_id = w.debate_id and c.position = w.position
      join listed_debates d on d.id = c.debate_id
      left join cues p on p.debate_id = c.debate_id and p.position = c.position - 1
      left join cues n on n.debate_id = c.debate_id and n.position = c.position + 1
      order by w.rank`.execute(tables);
    return rows;
  }
}

function groupsOf(places: readonly HitPlace[]): HitGroup[] {
  const byDebate = [...Map.groupBy(places, ({ debateId }) => debateId).values()];
  return byDebate.flatMap((own, index) => {
    const [place] = own;
    if (place === undefined) return [];
    const first = own.toSorted((a, b) => a.position - b.position).slice(0, MOMENTS_A_GROUP);
    // The last debate of a full window was cut, unless it is the only one.
    const exact = places.length < GROUPED_HITS || index < byDebate.length - 1;
    return [{ debateId: place.debateId, sortsAt: place.sortsAt, hits: own.length, exact, first }];
  });
}

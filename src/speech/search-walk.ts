import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Clock } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import type { Place } from './place-cursor.ts';
import { ofDebates, ofWords, type SearchOrder, type SpeechQuery } from './search-query.ts';
import type { SpeechTables } from './tables.ts';

/** Where a hit stands. */
export interface HitPlace {
  debateId: string;
  position: number;
  sortsAt: Date;
}

export interface WalkDeps {
  db: Db;
  clock: Pick<Clock, 'monotonicMs'>;
  pace: Pace;
}

export interface Walk {
  order: SearchOrder;
  /** Hits after this one only. */
  after: Place | null;
  /** Hits wanted. */
  limit: number;
}

/** How much one statement may look at before others have their turn. */
export interface Pace {
  /** Debates of the first step. */
  debates: number;
  /** Hits of one statement. */
  hits: number;
}

/**
 * Some 6,000 sentences, which cost 3 to 15 ms whatever is asked of them, and 250 rows, which cost 2: one statement over all would
 * keep a database of one session from everybody else. A phrase of two common words that never stand together took 200 ms.
 */
export const SHARED_SESSION: Pace = { debates: 4, hits: 250 };
/** Where each has a session of its own nobody waits for a statement, and fewer of them cost less; still bounded. */
export const OWN_SESSION: Pace = { debates: 400, hits: 1_000 };

/** A step this short was no burden: the next looks at thrice as many, so that a rare word does not take a hundred steps. In ms. */
const SHORT_STEP_MS = 3;
const GROWTH = 3;
/** A step this long was one: the next looks at half as many. In ms. */
const LONG_STEP_MS = 15;
/**
 * Finds hits in the order of debates, step by step: each step is a short statement over the debates next in time, and between two
 * steps others have their turn. How long steps are changes nothing in what is found.
 */
export async function walkHits(
  { db, clock, pace }: WalkDeps,
  query: SpeechQuery,
  { order, after, limit }: Walk,
): Promise<HitPlace[]> {
  const found: HitPlace[] = [];
  let debates = pace.debates;
  let place = after;
  let edge: RawBuilder<SqlBool> = place === null ? sql`true` : notBefore(place, order);
  let span: Span | null = null;
  while (found.length < limit) {
    span ??= await nextSpan(db, query, { order, edge, debates });
    if (span === null) break;
    const startedMs = clock.monotonicMs();
    const wanted = Math.min(limit - found.length, pace.hits);
    const hits = await hitsWithin(db, query, { order, after: place, span, limit: wanted });
    found.push(...hits);
    const last = hits.at(-1);
    if (last !== undefined && hits.length === wanted) {
      // There may be more in this span.
      place = { ...last, sortsAt: last.sortsAt.toISOString() };
      continue;
    }
    const elapsedMs = clock.monotonicMs() - startedMs;
    if (elapsedMs < SHORT_STEP_MS) debates *= GROWTH;
    else if (elapsedMs > LONG_STEP_MS) debates = Math.max(1, Math.floor(debates / 2));
    edge = order === 'asc' ? sql`d.sorts_at > ${span.to}` : sql`d.sorts_at < ${span.from}`;
    span = null;
  }
  return found;
}

interface Span {
  /** Both included. */
  from: Date;
  to: Date;
}

/** When the next debates are that may have hits; null: none is left. */
async function nextSpan(
  db: Db,
  query: SpeechQuery,
  { order, edge, debates }: { order: SearchOrder; edge: RawBuilder<SqlBool>; debates: number },
): Promise<Span | null> {
  const { rows } = await sql<{ from: Date | null; to: Date | null }>`
    select min(sorts_at) as "from", max(sorts_at) as "to" from (
      select d.sorts_at from listed_debates d where ${ofDebates(query)} and ${edge}
      order by d.sorts_at ${sql.raw(order)} limit ${debates}
    ) next`.execute(db);
  const { from, to } = rows[0] ?? { from: null, to: null };
  return from === null || to === null ? null : { from, to };
}

async function hitsWithin(
  db: Db,
  query: SpeechQuery,
  { order, after, span, limit }: Walk & { span: Span },
): Promise<HitPlace[]> {
  const direction = sql.raw(order);
  const beyond = after === null ? sql`true` : afterPlace(after, order);
  const { rows } = await sql<HitPlace>`
    select c.debate_id as "debateId", c.position, c.sorts_at as "sortsAt"
    from cues c join listed_debates d on d.id = c.debate_id
    where ${ofWords(query)} and ${ofDebates(query)} and ${beyond}
      and c.sorts_at >= ${span.from} and c.sorts_at <= ${span.to}
    order by c.sorts_at ${direction}, c.debate_id ${direction}, c.position ${direction}
    limit ${limit}`.execute(db.withTables<SpeechTables>());
  return rows;
}

function notBefore({ sortsAt }: Place, order: SearchOrder): RawBuilder<SqlBool> {
  return order === 'asc' ? sql`d.sorts_at >= ${sortsAt}::timestamptz` : sql`d.sorts_at <= ${sortsAt}::timestamptz`;
}

function afterPlace({ sortsAt, debateId, position }: Place, order: SearchOrder): RawBuilder<SqlBool> {
  const comparison = sql.raw(order === 'asc' ? '>' : '<');
  return sql`(c.sorts_at, c.debate_id, c.position) ${comparison} (${sortsAt}::timestamptz, ${debateId}::text, ${position}::integer)`;
}

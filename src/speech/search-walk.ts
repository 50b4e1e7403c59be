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

export interface Walk {
  order: SearchOrder;
  /** Hits after this one only. */
  after: Place | null;
  /** Hits wanted. */
  limit: number;
}

/**
 * Debates looked at in the first step: some 6,000 sentences, which cost 3 to 15 ms whatever is asked of them. One statement over
 * all of them would keep an embedded database, which has one session, from everybody else: a phrase of two common words that
 * never stand together took 200 ms.
 */
const FIRST_STEP_DEBATES = 4;
/** A step this short was no burden: the next looks at thrice as many, so that a rare word does not take a hundred steps. In ms. */
const SHORT_STEP_MS = 3;
const GROWTH = 3;
/** A step this long was one: the next looks at half as many. In ms. */
const LONG_STEP_MS = 15;
/** Hits of one statement: their rows cost more than finding them, 10 ms a thousand. */
const HITS_A_STEP = 250;

/**
 * Finds hits in the order of debates, step by step: each step is a short statement over the debates next in time, and between two
 * steps others have their turn. How long steps are changes nothing in what is found.
 */
export async function walkHits(
  { db, clock }: { db: Db; clock: Pick<Clock, 'monotonicMs'> },
  query: SpeechQuery,
  { order, after, limit }: Walk,
): Promise<HitPlace[]> {
  const found: HitPlace[] = [];
  let debates = FIRST_STEP_DEBATES;
  let place = after;
  let edge: RawBuilder<SqlBool> = place === null ? sql`true` : notBefore(place, order);
  let span: Span | null = null;
  while (found.length < limit) {
    span ??= await nextSpan(db, query, { order, edge, debates });
    if (span === null) break;
    const startedMs = clock.monotonicMs();
    const wanted = Math.min(limit - found.length, HITS_A_STEP);
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

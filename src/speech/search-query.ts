import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { parseSearchText, searchQueryOf, textKey } from '../debates/index.ts';
import type { DebateType } from '../sources/index.ts';

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

export function typedQuery(q: string): RawBuilder<unknown> {
  return searchQueryOf(parseSearchText(q));
}

/** The sentences that say it, on `cues c`. */
export function ofWords(query: SpeechQuery): RawBuilder<SqlBool> {
  const words = [typedQuery(query.q)];
  // Ids are checked at the edge to be letters and digits; the quotes make a lexeme of them as they stand.
  if (query.speakerId !== undefined) words.push(sql`${`'@${query.speakerId}'`}::tsquery`);
  if (query.groupId !== undefined) words.push(sql`${`'@${query.groupId}'`}::tsquery`);
  // Words that say nothing (`de la`) are no question, and must not find everything.
  return sql`c.words @@ (${sql.join(words, sql` && `)}) and numnode(${typedQuery(query.q)}) > 0`;
}

/** The debates that it is asked of, on `listed_debates d`. */
export function ofDebates(query: SpeechQuery): RawBuilder<SqlBool> {
  const all = [sql<SqlBool>`true`];
  if (query.debateId !== undefined) all.push(sql`d.id = ${query.debateId}`);
  if (query.startsFrom !== undefined) all.push(sql`d.sorts_at >= ${query.startsFrom}`);
  if (query.startsBefore !== undefined) all.push(sql`d.sorts_at < ${query.startsBefore}`);
  if (query.type !== undefined) all.push(sql`d.type = any(${[...query.type]}::text[])`);
  if (query.commission !== undefined) {
    const key = textKey(query.commission);
    all.push(key === '' ? sql`false` : sql`d.commission_key like ${`%${key}%`}`);
  }
  return sql.join(all, sql` and `);
}

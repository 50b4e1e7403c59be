import { type Expression, type ExpressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { CursorKind } from '../platform/http/index.ts';
import type { DebateType } from '../sources/index.ts';
import { debatesErrors } from './errors.ts';
import type { DebateStatus } from './sitting-state.ts';
import type { DebatesTables } from './tables.ts';
import { textKey } from './text-key.ts';

export interface DebateFilter {
  type?: readonly DebateType[] | undefined;
  status?: readonly DebateStatus[] | undefined;
  commission?: string | undefined;
  /** `PA…`, or a part of a name. */
  speaker?: string | undefined;
  tag?: readonly string[] | undefined;
  legislature?: number | undefined;
  /** Paris days, both included. */
  dateStart?: string | undefined;
  dateEnd?: string | undefined;
  hasAudio?: boolean | undefined;
  hasTranscript?: boolean | undefined;
  updatedSince?: Date | undefined;
  /** Only sittings that have begun by then. */
  startedBefore?: Date | undefined;
}

export const SORTS = ['date', 'title', 'created_at', 'updated_at', 'view_count', 'duration_seconds'] as const;
export type Sort = (typeof SORTS)[number];
export type SortOrder = 'asc' | 'desc';

/** What each order sorts by, as an index knows it. */
const SORT_SQL: Record<Sort, RawBuilder<string | number | Date>> = {
  date: sql`sorts_at`,
  title: sql`title_key`,
  created_at: sql`created_at`,
  updated_at: sql`updated_at`,
  view_count: sql`view_count`,
  duration_seconds: sql`coalesce(duration_seconds, -1)`,
};

/** What a cursor of each order holds. */
export const SORT_KIND: Record<Sort, CursorKind> = {
  date: 'time',
  title: 'text',
  created_at: 'time',
  updated_at: 'time',
  view_count: 'integer',
  duration_seconds: 'number',
};

export function sortExpression(sort: Sort): RawBuilder<string | number | Date> {
  return SORT_SQL[sort];
}

/** Rows strictly after a position in the given order; ids settle ties. */
export function afterPosition(
  sort: Sort,
  order: SortOrder,
  position: { value: string | number | null; id: string },
): RawBuilder<SqlBool> {
  const comparison = sql.raw(order === 'asc' ? '>' : '<');
  const cast = sql.raw(
    { title: 'text', view_count: 'bigint', duration_seconds: 'double precision' }[sort as string] ?? 'timestamptz',
  );
  return sql<SqlBool>`(${SORT_SQL[sort]}, id) ${comparison} (${position.value}::${cast}, ${position.id})`;
}

/** @throws AppError `debates/dates-reversed` */
export function whereFilter(
  eb: ExpressionBuilder<DebatesTables, 'debates'>,
  filter: DebateFilter,
): Expression<SqlBool> {
  if (filter.dateStart !== undefined && filter.dateEnd !== undefined && filter.dateStart > filter.dateEnd) {
    throw debatesErrors.error('dates-reversed');
  }
  const all: Expression<SqlBool>[] = [eb('sitting_state', '<>', 'withdrawn')];
  if (filter.type) all.push(eb('type', 'in', [...filter.type]));
  if (filter.status) all.push(eb('status', 'in', [...filter.status]));
  if (filter.commission !== undefined) all.push(holds(eb, 'commission_key', filter.commission));
  if (filter.speaker !== undefined) all.push(spokenBy(eb, filter.speaker));
  if (filter.tag) all.push(sql<SqlBool>`tags @> ${[...filter.tag]}::text[]`);
  if (filter.legislature !== undefined) all.push(eb('legislature', '=', filter.legislature));
  if (filter.dateStart !== undefined) all.push(eb('day', '>=', filter.dateStart));
  if (filter.dateEnd !== undefined) all.push(eb('day', '<=', filter.dateEnd));
  if (filter.hasAudio !== undefined) all.push(eb('has_audio', '=', filter.hasAudio));
  if (filter.hasTranscript !== undefined) all.push(eb('has_transcript', '=', filter.hasTranscript));
  if (filter.updatedSince !== undefined) all.push(eb('updated_at', '>=', filter.updatedSince));
  if (filter.startedBefore !== undefined) all.push(eb('sorts_at', '<=', filter.startedBefore));
  return eb.and(all);
}

function spokenBy(eb: ExpressionBuilder<DebatesTables, 'debates'>, speaker: string): Expression<SqlBool> {
  if (/^PA\d+$/.test(speaker)) return sql<SqlBool>`speaker_ids @> ${[speaker]}::text[]`;
  return holds(eb, 'speaker_keys', speaker);
}

/** A text of punctuation alone names nothing, so it finds nothing. */
function holds(
  eb: ExpressionBuilder<DebatesTables, 'debates'>,
  column: 'commission_key' | 'speaker_keys',
  text: string,
): Expression<SqlBool> {
  const key = textKey(text);
  return key === '' ? sql<SqlBool>`false` : eb(column, 'like', contains(key));
}

/** `textKey` leaves only letters, digits and spaces, so nothing in it is a pattern. */
function contains(key: string): string {
  return `%${key}%`;
}

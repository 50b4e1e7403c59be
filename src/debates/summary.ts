import type { Selectable } from 'kysely';
import { type Static, Type } from 'typebox';
import { toParisIso } from '../platform/clock/index.ts';
import type { DebateType } from '../sources/index.ts';
import { DEBATE_STATUSES, DEBATE_TYPES, Nullable, OneOf } from './schemas.ts';
import type { DebateStatus } from './sitting-state.ts';
import type { DebatesTables } from './tables.ts';

/** A debate as one line of a list that may hold thousands. */
export interface DebateSummary {
  id: string;
  title: string;
  type: DebateType;
  status: DebateStatus;
  /** Paris, `YYYY-MM-DD`. */
  day: string;
  startsAt: Date | null;
  durationSeconds: number | null;
  commission: string | null;
  thumbnailUrl: string | null;
  hasAudio: boolean;
}

export const SUMMARY_COLUMNS = [
  'id',
  'title',
  'type',
  'status',
  'day',
  'starts_at',
  'duration_seconds',
  'commission',
  'thumbnail_url',
  'has_audio',
] as const;

export function summaryOf(
  row: Pick<Selectable<DebatesTables['debates']>, (typeof SUMMARY_COLUMNS)[number]>,
): DebateSummary {
  return {
    id: row.id,
    title: row.title,
    type: row.type,
    status: row.status,
    day: row.day,
    startsAt: row.starts_at,
    durationSeconds: row.duration_seconds,
    commission: row.commission,
    thumbnailUrl: row.thumbnail_url,
    hasAudio: row.has_audio,
  };
}

export const DEBATE_SUMMARY_EXAMPLE = {
  id: '19502241_6ac548b948b27',
  title: '2ème séance : questions sociales et santé',
  type: 'seance_publique' as const,
  status: 'disponible' as const,
  date: '2026-10-06',
  start_time: '2026-10-06T21:15:05+02:00',
  duration_seconds: 9_999,
  commission: null,
  thumbnail_url: null,
  has_audio: true,
};

export const DebateSummarySchema = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    type: OneOf(DEBATE_TYPES),
    status: OneOf(DEBATE_STATUSES),
    date: Type.String({ format: 'date', description: 'Day in Paris' }),
    start_time: Nullable(Type.String({ format: 'date-time' })),
    duration_seconds: Nullable(Type.Integer()),
    commission: Nullable(Type.String()),
    thumbnail_url: Nullable(Type.String()),
    has_audio: Type.Boolean(),
  },
  {
    description: 'A debate in short; GET /api/debates/{id} has the rest',
    examples: [DEBATE_SUMMARY_EXAMPLE],
  },
);

export function presentSummary(debate: DebateSummary): Static<typeof DebateSummarySchema> {
  return {
    id: debate.id,
    title: debate.title,
    type: debate.type,
    status: debate.status,
    date: debate.day,
    start_time: debate.startsAt && toParisIso(debate.startsAt),
    duration_seconds: debate.durationSeconds === null ? null : Math.round(debate.durationSeconds),
    commission: debate.commission,
    thumbnail_url: debate.thumbnailUrl,
    has_audio: debate.hasAudio,
  };
}

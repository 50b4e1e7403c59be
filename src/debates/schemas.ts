import { type Static, type TSchema, Type } from 'typebox';
import { PageQuery } from '../platform/http/index.ts';
import { SORTS } from './list-query.ts';

/** One type or null. As a union it would be validated value by value while it is written: a third of the time of a list. */
export const Nullable = <Schema extends TSchema & { type: string }>(schema: Schema) =>
  Type.Unsafe<Static<Schema> | null>({ ...schema, type: [schema.type, 'null'] });

export const DEBATE_TYPES = ['seance_publique', 'commission', 'audition', 'question_gouvernement', 'autre'] as const;
export const DEBATE_STATUSES = ['programme', 'en_cours', 'termine', 'disponible', 'extraction', 'erreur'] as const;

export const OneOf = <const Values extends readonly string[]>(values: Values, description?: string) =>
  Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...(description ? { description } : {}) });

export const DebateId = Type.Object(
  {
    debate_id: Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'Id of the debate, or any id it was known by',
    }),
  },
  { additionalProperties: false },
);

export const AudioFile = Type.Object({
  format: Type.String({ examples: ['mp3'] }),
  mime_type: Type.String({ examples: ['audio/mpeg'] }),
  size_bytes: Type.Integer(),
  duration_seconds: Type.Number(),
  bitrate_kbps: Nullable(Type.Number()),
  sample_rate_hz: Nullable(Type.Integer()),
  channels: Nullable(Type.Integer()),
  sha256: Type.String(),
  origin: OneOf(
    ['published', 'copied', 're-encoded'],
    'As published by the Assembly, copied from its video, or re-encoded',
  ),
  url: Type.String({ format: 'uri' }),
});
export type AudioFileBody = Static<typeof AudioFile>;

export const Debate = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    description: Type.String(),
    type: OneOf(DEBATE_TYPES),
    status: OneOf(DEBATE_STATUSES),
    date: Type.String({ format: 'date', description: 'Day in Paris' }),
    start_time: Nullable(Type.String({ format: 'date-time', description: 'Start of the recording' })),
    end_time: Nullable(Type.String({ format: 'date-time' })),
    duration_seconds: Nullable(Type.Integer()),
    duration_minutes: Nullable(Type.Integer()),
    display_duration: Nullable(Type.String({ examples: ['2 h 48'] })),
    source: Type.String(),
    source_url: Nullable(Type.String({ format: 'uri' })),
    video_url: Nullable(Type.String({ format: 'uri' })),
    thumbnail_url: Nullable(Type.String({ format: 'uri' })),
    live_url: Nullable(Type.String({ format: 'uri', description: 'HLS, while the sitting is on the air' })),
    commission: Nullable(Type.String()),
    salle: Nullable(Type.String()),
    legislature: Nullable(Type.Integer()),
    session: Nullable(Type.String()),
    meeting_id: Nullable(Type.String()),
    report_url: Nullable(Type.String({ format: 'uri' })),
    speakers: Type.Array(
      Type.Object({
        id: Nullable(Type.String({ description: 'PA… in the open data of the Assembly' })),
        name: Type.String(),
        role: Nullable(Type.String()),
      }),
    ),
    tags: Type.Array(Type.String()),
    is_live: Type.Boolean(),
    has_audio: Type.Boolean(),
    has_transcript: Type.Boolean(),
    sitting_starts_at_ms: Nullable(
      Type.Integer({ description: 'Where the sitting begins in the recording, which opens on an empty room' }),
    ),
    sitting_start_origin: Type.Unsafe<'player' | 'record' | 'captions' | 'silence' | null>({
      type: ['string', 'null'],
      enum: ['player', 'record', 'captions', 'silence', null],
      description: 'What tells where the sitting begins',
    }),
    is_certain: Type.Boolean({ description: 'False while the agenda says only that the meeting may take place' }),
    audio_files: Type.Array(AudioFile),
    view_count: Type.Integer(),
    favorite_count: Type.Integer(),
    created_at: Type.String({ format: 'date-time' }),
    updated_at: Type.String({ format: 'date-time' }),
    withdrawn_at: Nullable(Type.String({ format: 'date-time' })),
    attribution: Type.Object({ name: Type.String(), url: Nullable(Type.String({ format: 'uri' })) }),
  },
  { $id: 'Debate' },
);
export type DebateBody = Static<typeof Debate>;

/** A filter that is longer than this finds nothing that a shorter one would not. */
const FILTER_MAX = 200;
const FILTERS_MAX = 20;

export const ListQuery = Type.Object(
  {
    ...PageQuery,
    q: Type.Optional(
      Type.String({
        maxLength: FILTER_MAX,
        description: 'Words in any form, "exact phrases", -exclusions, beginnings*; accents and case ignored',
      }),
    ),
    type: Type.Optional(Type.Array(OneOf(DEBATE_TYPES), { maxItems: FILTERS_MAX })),
    status: Type.Optional(Type.Array(OneOf(DEBATE_STATUSES), { maxItems: FILTERS_MAX })),
    commission: Type.Optional(Type.String({ minLength: 1, maxLength: FILTER_MAX, description: 'Part of the name' })),
    speaker: Type.Optional(
      Type.String({ minLength: 1, maxLength: FILTER_MAX, description: 'PA… id, or part of a name' }),
    ),
    tag: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: FILTER_MAX }), { maxItems: FILTERS_MAX })),
    legislature: Type.Optional(Type.Integer({ minimum: 1, maximum: 99 })),
    date_start: Type.Optional(Type.String({ format: 'date', description: 'Paris day, included' })),
    date_end: Type.Optional(Type.String({ format: 'date', description: 'Paris day, included' })),
    has_audio: Type.Optional(Type.Boolean()),
    has_transcript: Type.Optional(Type.Boolean()),
    updated_since: Type.Optional(Type.String({ format: 'date-time' })),
    sort_by: Type.Optional(OneOf(SORTS)),
    sort_order: Type.Optional(OneOf(['asc', 'desc'])),
  },
  { additionalProperties: false },
);
export type ListQueryParameters = Static<typeof ListQuery>;

/** The longest look back that "recent" can mean; beyond it, the list with dates says it better. */
const RECENT_DAYS_MAX = 31;
export const RECENT_DAYS_DEFAULT = 7;
export const RecentQuery = Type.Object(
  {
    ...PageQuery,
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: RECENT_DAYS_MAX, default: RECENT_DAYS_DEFAULT })),
  },
  { additionalProperties: false },
);

import { type Static, type TSchema, Type } from 'typebox';
import { PRIORITIES } from './run.ts';

const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const OneOf = <const Values extends readonly string[]>(values: Values, options: { description?: string } = {}) =>
  Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...options });

export const ExtractionRequest = Type.Object(
  {
    format: Type.Optional(
      OneOf(['mp3', 'm4a'], {
        description:
          'mp3 (par défaut) : le fichier publié, à défaut le son copié de la vidéo ; m4a: le son copié de la vidéo. / mp3 (default): the published file, failing that the sound copied from the video; m4a: the sound copied from the video.',
      }),
    ),
    quality: Type.Optional(
      OneOf(['original'], {
        description: 'Tel que publié, jamais réencodé. / As published, never re-encoded.',
      }),
    ),
    priority: Type.Optional(OneOf(PRIORITIES, { description: 'normal by default' })),
  },
  { additionalProperties: false },
);

const ExtractedFile = Type.Object({
  id: Type.String({ format: 'uuid' }),
  format: OneOf(['mp3', 'm4a']),
  mime_type: Type.String(),
  size_bytes: Type.Integer(),
  duration_seconds: Type.Number(),
  bitrate_kbps: Type.Integer(),
  sha256: Type.String(),
  origin: OneOf(['published', 'copied', 're-encoded']),
  url: Type.String({ format: 'uri' }),
});

/** What a client sees of a run. Everything about progress comes from bytes or media time, never from the clock. */
export const ExtractionStatus = Type.Object(
  {
    extraction_id: Nullable(
      Type.String({ format: 'uuid', description: 'Null: the file was there before any extraction was asked for' }),
    ),
    debate_id: Type.String(),
    status: OneOf(['queued', 'running', 'completed', 'failed', 'cancelled']),
    format: OneOf(['mp3', 'm4a']),
    quality: OneOf(['original']),
    priority: OneOf(PRIORITIES),
    progress: Nullable(Type.Number({ minimum: 0, maximum: 100, description: 'Percent; null while unknown' })),
    step: Nullable(OneOf(['fetching', 'copying', 'verifying', 'publishing'])),
    source: Nullable(OneOf(['mp3', 'hls', 'page', 'mp4'])),
    bytes_done: Type.Integer(),
    bytes_total: Nullable(Type.Integer()),
    media_seconds_done: Nullable(Type.Number()),
    media_seconds_total: Nullable(Type.Number()),
    eta_seconds: Nullable(Type.Integer()),
    attempts: Type.Integer(),
    next_attempt_at: Nullable(Type.String({ format: 'date-time' })),
    cancel_requested: Type.Boolean(),
    error: Nullable(
      Type.Object({
        code: Type.String({ examples: ['extraction/source-missing'] }),
        title: Type.String(),
        detail: Type.String(),
        retryable: Type.Boolean(),
      }),
    ),
    audio_file: Nullable(ExtractedFile),
    created_at: Nullable(Type.String({ format: 'date-time' })),
    started_at: Nullable(Type.String({ format: 'date-time' })),
    finished_at: Nullable(Type.String({ format: 'date-time' })),
    updated_at: Nullable(Type.String({ format: 'date-time' })),
  },
  { $id: 'ExtractionStatus' },
);
export type ExtractionStatusBody = Static<typeof ExtractionStatus>;

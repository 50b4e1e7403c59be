import { type Static, type TSchema, Type } from 'typebox';
import { AudioFile } from '../debates/index.ts';

const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const OneOf = <const Values extends readonly string[]>(values: Values, description?: string) =>
  Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...(description ? { description } : {}) });

/** Which rendition; the best one when nothing is said. */
export const RenditionQuery = Type.Object(
  {
    format: Type.Optional(OneOf(['mp3', 'm4a'])),
    origin: Type.Optional(OneOf(['published', 'copied', 're-encoded'], 'As in "renditions" of /info')),
  },
  { additionalProperties: false },
);

export const Info = Type.Object(
  {
    debate_id: Type.String(),
    title: Type.String(),
    delivery: OneOf(
      ['stored', 'relayed', 'none'],
      'stored: kept here, verified; relayed: from the source, as it comes; none: nothing to play yet',
    ),
    duration_seconds: Nullable(Type.Number()),
    sitting_starts_at_ms: Nullable(
      Type.Integer({ description: 'Where the sitting begins in the recording, which opens on an empty room' }),
    ),
    stream_url: Nullable(Type.String({ format: 'uri' })),
    hls_url: Nullable(Type.String({ format: 'uri' })),
    download_url: Nullable(Type.String({ format: 'uri' })),
    renditions: Type.Array(AudioFile),
    extraction: Nullable(
      Type.Object({
        status: OneOf(['queued', 'running', 'completed', 'failed', 'cancelled']),
        progress: Nullable(Type.Number({ minimum: 0, maximum: 100, description: 'Percent; null while unknown' })),
        step: Nullable(Type.String()),
        eta_seconds: Nullable(Type.Number()),
        error_code: Nullable(Type.String()),
      }),
    ),
    attribution: Type.Object({ name: Type.String(), url: Nullable(Type.String({ format: 'uri' })) }),
  },
  { $id: 'StreamingInfo' },
);
export type InfoBody = Static<typeof Info>;

export const Download = Type.Object(
  {
    url: Type.String({ format: 'uri' }),
    expires_at: Nullable(Type.String({ format: 'date-time', description: 'Null: the address does not expire' })),
    filename: Type.String(),
    size_bytes: Nullable(Type.Integer({ description: 'Null while the file comes from the source' })),
    sha256: Nullable(Type.String({ description: 'Null while the file comes from the source' })),
  },
  { $id: 'Download' },
);
export type DownloadBody = Static<typeof Download>;

export const FileParams = Type.Object(
  { file: Type.String({ pattern: '^[0-9a-f]{64}\\.(mp3|m4a)$' }) },
  { additionalProperties: false },
);
export const FileQuery = Type.Object(
  {
    expires: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    signature: Type.String({ maxLength: 64 }),
    name: Type.String({ minLength: 1, maxLength: 200 }),
  },
  { additionalProperties: false },
);

import { type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { sourcesErrors } from '../errors.ts';
import { METHODS } from './thread-messages.ts';

/**
 * The bounds of what a plugin may say: several times what the Assembly's busiest sitting has (15 recordings a day, 300
 * chapters, 120 speakers, 6,000 captions), so that nothing honest is refused and nothing else fills the database.
 */
const ENTRIES_MAX = 2_000;
const CHAPTERS_MAX = 2_000;
const SPEAKERS_MAX = 1_000;
const CAPTIONS_MAX = 30_000;
const TAGS_MAX = 50;
const MEDIA_MAX = 8;
const HOSTS_MAX = 50;
const URL_MAX = 2_000;
const TITLE_MAX = 500;
const NAME_MAX = 200;
const TEXT_MAX = 20_000;
/** A day: no sitting lasted longer. */
const RECORDING_MAX_MS = 86_400_000;

const OneOf = <const Values extends readonly string[]>(values: Values) =>
  Type.Unsafe<Values[number]>({ type: 'string', enum: [...values] });
const object = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });

const Name = Type.String({ minLength: 1, maxLength: NAME_MAX });
/** With the plugin's name before it, an id of ours: 100 characters that may stand in a channel's name. */
const Id = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$' });
const Url = Type.String({ minLength: 1, maxLength: URL_MAX });
const Time = Type.Integer({ minimum: 0, maximum: RECORDING_MAX_MS });
const Media = object({
  kind: OneOf(['mp3', 'hls', 'page', 'mp4']),
  url: Url,
  durationAtLeastSeconds: Type.Optional(Type.Number({ minimum: 0, maximum: RECORDING_MAX_MS / 1000 })),
});

export const Manifest = object({
  hosts: Type.Array(Type.String({ pattern: '^(\\*\\.)?[a-z0-9.-]+(:\\d{1,5})?$', maxLength: NAME_MAX }), {
    minItems: 1,
    maxItems: HOSTS_MAX,
  }),
  methods: Type.Array(OneOf(METHODS)),
});

export const Entries = Type.Array(Type.Unknown(), { maxItems: ENTRIES_MAX });
export const Entry = object({ id: Id, url: Url, day: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }) });

export const MediaList = Type.Array(Media, { maxItems: MEDIA_MAX });

export const Captions = Type.Array(
  object({ startsAtMs: Time, endsAtMs: Time, text: Type.String({ maxLength: TEXT_MAX }) }),
  { maxItems: CAPTIONS_MAX },
);

export const Debate = object({
  title: Type.String({ minLength: 1, maxLength: TITLE_MAX }),
  description: Type.Optional(Type.String({ maxLength: TEXT_MAX })),
  type: OneOf(['seance_publique', 'commission', 'audition', 'question_gouvernement', 'autre']),
  state: OneOf(['announced', 'live', 'ended']),
  startsAt: Type.String({
    pattern: '^(19|20)\\d{2}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})$',
  }),
  place: Type.Optional(Name),
  commission: Type.Optional(Name),
  reportUrl: Type.Optional(Url),
  thumbnailUrl: Type.Optional(Url),
  liveUrl: Type.Optional(Url),
  tags: Type.Optional(Type.Array(Name, { maxItems: TAGS_MAX })),
  media: Type.Optional(MediaList),
  chapters: Type.Optional(
    Type.Array(
      object({
        label: Type.String({ minLength: 1, maxLength: TITLE_MAX }),
        startsAtMs: Type.Optional(Time),
        speakers: Type.Optional(Type.Array(Name, { maxItems: TAGS_MAX })),
      }),
      { maxItems: CHAPTERS_MAX },
    ),
  ),
  speakers: Type.Optional(
    Type.Array(
      object({
        name: Name,
        role: Type.Optional(Name),
        personId: Type.Optional(Type.String({ pattern: '^PA\\d{1,12}$' })),
      }),
      { maxItems: SPEAKERS_MAX },
    ),
  ),
});

/** Wrong fields told of one answer: the first says most. */
const FAULTS_TOLD = 3;

/** Why a value is not of a schema, in some words; null: it is. */
export function faultOf(schema: TSchema, value: unknown): string | null {
  if (Value.Check(schema, value)) return null;
  return Value.Errors(schema, value)
    .slice(0, FAULTS_TOLD)
    .map(({ instancePath, message }) => `${instancePath || 'the answer'} ${message}`)
    .join('; ');
}

export function unusable(plugin: string, reason: string): Error {
  return sourcesErrors.error('plugin-answer', { params: { plugin, reason } });
}

import { type TSchema, Type } from 'typebox';
import { PageQuery } from '../platform/http/index.ts';

export const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
export const OneOf = <const Values extends readonly string[]>(values: Values, description?: string) =>
  Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...(description ? { description } : {}) });

const DEBATE_TYPES = ['seance_publique', 'commission', 'audition', 'question_gouvernement', 'autre'] as const;
const TimeMs = (description: string) => Nullable(Type.Integer({ minimum: 0, description }));
const StartsAtMs = TimeMs('On the clock of the recording; null where nothing tells');
const EndsAtMs = TimeMs('On the clock of the recording; inferred; null where nothing tells');
const Attribution = Type.Object({ name: Type.String(), url: Nullable(Type.String({ format: 'uri' })) });

const Speaker = Type.Object({
  id: Nullable(Type.String({ description: 'PA… in the open data of the Assembly, nom-… for a guest' })),
  name: Type.String(),
  role: Nullable(Type.String()),
  group_id: Nullable(Type.String({ description: 'PO… of the political group, on the day of the debate' })),
  is_chair: Type.Boolean({ description: 'Speaks from the chair' }),
});

const CHAPTER_KINDS = [
  'text',
  'articles',
  'article',
  'after_article',
  'amendments',
  'point_of_order',
  'intervention',
  'chair',
  'questions',
  'question_title',
  'question',
  'answer',
  'tribute',
  'other',
  'suspension',
] as const;

const CHAPTER_FIELDS = {
  id: Type.String(),
  label: Type.String(),
  typed_label: Type.String({ description: 'As the operator typed it' }),
  kind: OneOf(CHAPTER_KINDS),
  starts_at_ms: StartsAtMs,
  ends_at_ms: EndsAtMs,
  is_skippable: Type.Boolean({ description: 'True of suspensions: nobody sits' }),
  speakers: Type.Array(
    Type.Object({ id: Nullable(Type.String()), name: Type.String(), role: Nullable(Type.String()) }),
  ),
};
export const Chapter = Type.Object(
  { ...CHAPTER_FIELDS, children: Type.Array(Type.Ref('Chapter')) },
  { $id: 'Chapter' },
);

export const Chapters = Type.Object({
  debate_id: Type.String(),
  sitting_starts_at_ms: TimeMs('Before it the room is empty'),
  sitting_start_origin: Nullable(OneOf(['player', 'record', 'captions', 'silence'])),
  chapters: Type.Array(Type.Ref('Chapter')),
  attribution: Attribution,
});

export const Transcript = Type.Object({
  debate_id: Type.String(),
  notice: Type.String({ description: 'Says that the record is edited, not verbatim, and names its source' }),
  word_source: OneOf(['record', 'captions', 'record+captions']),
  timed_share: Type.Number({ minimum: 0, maximum: 1, description: 'Share of what was said that has a time' }),
  cues: Type.Array(
    Type.Object({
      position: Type.Integer(),
      starts_at_ms: StartsAtMs,
      ends_at_ms: EndsAtMs,
      kind: OneOf(['speech', 'interruption', 'stage-direction', 'vote', 'suspension', 'heading']),
      speaker: Nullable(Speaker),
      text: Type.String(),
      snippet_html: Type.Optional(Type.String({ description: 'With q: escaped, found words in <mark>' })),
      source: OneOf(['record', 'captions']),
    }),
  ),
  attribution: Attribution,
});

export const SpeakingTimes = Type.Object({
  debate_id: Type.String(),
  rule: Type.String(),
  total_speaking_ms: Type.Integer({ description: 'All that was said and timed, the chair included' }),
  timed_share: Type.Number({ minimum: 0, maximum: 1, description: 'Below 1 every time is too low' }),
  people: Type.Array(
    Type.Object({
      id: Nullable(Type.String()),
      name: Type.String(),
      group_id: Nullable(Type.String()),
      speaking_ms: Type.Integer(),
      interrupting_ms: Type.Integer({ description: 'Part of speaking_ms' }),
      chairing_ms: Type.Integer({ description: 'No part of speaking_ms' }),
      turns: Type.Integer(),
    }),
  ),
  groups: Type.Array(
    Type.Object({ group_id: Nullable(Type.String()), speaking_ms: Type.Integer(), people: Type.Integer() }),
  ),
});

/** A question that is longer than this finds nothing that a shorter one would not. */
const QUERY_MAX = 200;
const TYPES_MAX = 5;
export const Words = Type.String({
  minLength: 1,
  maxLength: QUERY_MAX,
  description: 'Words, "phrases", -exclusions, beginnings*; accents and endings ignored',
});
const PersonId = Type.String({ pattern: '^PA\\d{1,12}$', description: 'PA…' });
export const OrganId = Type.String({ pattern: '^PO\\d{1,12}$', description: 'PO…' });

/** Pages by number go as deep as hits are counted; `cursor` goes on from there. */
const MAX_SEARCH_PAGE = 50;
export const SearchQuery = Type.Object(
  {
    ...PageQuery,
    page: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_SEARCH_PAGE })),
    q: Words,
    speaker_id: Type.Optional(PersonId),
    group: Type.Optional(OrganId),
    commission: Type.Optional(Type.String({ minLength: 1, maxLength: QUERY_MAX, description: 'Part of the name' })),
    type: Type.Optional(Type.Array(OneOf(DEBATE_TYPES), { maxItems: TYPES_MAX })),
    debate_id: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    date_start: Type.Optional(Type.String({ format: 'date', description: 'Paris day, included' })),
    date_end: Type.Optional(Type.String({ format: 'date', description: 'Paris day, included' })),
    sort_order: Type.Optional(OneOf(['desc', 'asc'], 'Newest first by default')),
    group_by: Type.Optional(OneOf(['debate'])),
  },
  { additionalProperties: false },
);

export const HitDebate = Type.Object({
  id: Type.String(),
  title: Type.String(),
  date: Type.String({ format: 'date' }),
  type: OneOf(DEBATE_TYPES),
  commission: Nullable(Type.String()),
});

export const Moment = Type.Object({
  position: Type.Integer(),
  starts_at_ms: StartsAtMs,
  ends_at_ms: EndsAtMs,
  speaker: Nullable(Speaker),
  kind: Type.String(),
  source: OneOf(['record', 'captions']),
  text: Type.String(),
  snippet_html: Type.String({ description: 'The sentence, escaped, found words in <mark>' }),
  before: Nullable(Type.String({ description: 'The sentence before' })),
  after: Nullable(Type.String({ description: 'The sentence after' })),
  listen_url: Nullable(
    Type.String({ format: 'uri', description: 'The sound from that second on; null without a time' }),
  ),
});
export const SearchAnswer = Type.Array(
  Type.Union([
    Type.Object({ debate: HitDebate, ...Moment.properties }),
    Type.Object({
      debate: HitDebate,
      hits: Type.Integer(),
      hits_exact: Type.Boolean({ description: 'False: at least that many' }),
      moments: Type.Array(Moment),
    }),
  ]),
);

export const Suggestions = Type.Object({
  people: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
  subjects: Type.Array(Type.String()),
});

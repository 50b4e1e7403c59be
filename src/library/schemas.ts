import { type Static, type TSchema, Type } from 'typebox';
import { DebateSummarySchema } from '../debates/index.ts';
import { PageQuery } from '../platform/http/index.ts';
import { BATCH_MAX, COLLECTION_DEBATES_MAX, COLLECTIONS_MAX, HISTORY_MAX, POSITION_MAX_MS } from './limits.ts';

const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const closed = { additionalProperties: false };
/** PostgreSQL has no text with the character 0 in it, and a name has no other control character either. */
const ONE_LINE = '^[^\\u0000-\\u001f\\u007f]*\\S[^\\u0000-\\u001f\\u007f]*$';
const LINES = '^[^\\u0000]*$';
/** Years of four digits that PostgreSQL and JavaScript both know, in the form of RFC 3339. */
const Instant = (description: string) =>
  Type.String({
    format: 'date-time',
    pattern: '^[12]\\d{3}-',
    description,
    examples: ['2026-11-22T21:04:05.250+01:00'],
  });

const debateId = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: LINES,
  description: 'Id of the debate, or any id it was known by',
  examples: ['19502241_6ac548b948b27'],
});
export const DebateId = Type.Object({ debate_id: debateId }, closed);
const collectionId = Type.String({ minLength: 1, maxLength: 64, pattern: LINES });
export const CollectionId = Type.Object({ collection_id: collectionId }, closed);
export const CollectionDebateId = Type.Object({ collection_id: collectionId, debate_id: debateId }, closed);
export const ShareToken = Type.Object({ token: Type.String({ minLength: 1, maxLength: 64, pattern: LINES }) }, closed);

export const ListQuery = Type.Object(PageQuery, closed);
export type ListParameters = Static<typeof ListQuery>;

const debateSummary = Type.Union([DebateSummarySchema, Type.Null()]);

const FAVORITE_EXAMPLE = { debate_id: '19502241_6ac548b948b27', added_at: '2026-11-03T20:00:00.000Z', debate: null };
export const FavoriteSchema = Type.Object(
  { debate_id: Type.String(), added_at: Instant('When it was added'), debate: debateSummary },
  { $id: 'Favorite', examples: [FAVORITE_EXAMPLE] },
);

const collectionFields = {
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  position: Type.Integer({ description: 'From 1, in your own order' }),
  debate_count: Type.Integer(),
  share_url: Nullable(Type.String({ format: 'uri', description: 'Null while it is not shared' })),
  created_at: Instant('When it was made'),
  updated_at: Instant('When it, or what it holds, last changed'),
};
const COLLECTION_EXAMPLE = {
  id: '9f6d1c1e-0d4f-4d0f-8f7a-2c8c6f6c8f10',
  name: 'Budget de la sécurité sociale',
  description: 'À écouter avant le vote',
  position: 1,
  debate_count: 1,
  share_url: null,
  created_at: '2026-11-02T09:15:00.000Z',
  updated_at: '2026-11-03T20:00:00.000Z',
};
const ENTRY_EXAMPLE = {
  debate_id: '19502241_6ac548b948b27',
  position: 1,
  added_at: '2026-11-03T20:00:00.000Z',
  debate: null,
};
export const EntrySchema = Type.Object(
  {
    debate_id: Type.String(),
    position: Type.Integer({ description: 'From 1, in the order of the collection' }),
    added_at: Instant('When it was added'),
    debate: debateSummary,
  },
  { $id: 'CollectionEntry', examples: [ENTRY_EXAMPLE] },
);
const entries = Type.Array(Type.Ref('CollectionEntry'), { maxItems: COLLECTION_DEBATES_MAX });

export const CollectionSchema = Type.Object(collectionFields, { $id: 'Collection', examples: [COLLECTION_EXAMPLE] });
export type CollectionBody = Static<typeof CollectionSchema>;
export const CollectionWithDebates = Type.Object(
  { ...collectionFields, debates: entries },
  { $id: 'CollectionWithDebates', examples: [{ ...COLLECTION_EXAMPLE, debates: [ENTRY_EXAMPLE] }] },
);
/** What a link shows: nothing of whose it is. */
export const SharedCollection = Type.Object(
  {
    name: Type.String(),
    description: Type.String(),
    updated_at: Instant('When it last changed'),
    debates: entries,
  },
  {
    $id: 'SharedCollection',
    examples: [
      {
        name: COLLECTION_EXAMPLE.name,
        description: COLLECTION_EXAMPLE.description,
        updated_at: COLLECTION_EXAMPLE.updated_at,
        debates: [ENTRY_EXAMPLE],
      },
    ],
  },
);

const name = Type.String({ minLength: 1, maxLength: 200, pattern: ONE_LINE, examples: [COLLECTION_EXAMPLE.name] });
const description = Type.String({ maxLength: 5_000, pattern: LINES, examples: [COLLECTION_EXAMPLE.description] });
export const NewCollection = Type.Object({ name, description: Type.Optional(description) }, closed);
export const CollectionChangeBody = Type.Object(
  {
    name: Type.Optional(name),
    description: Type.Optional(description),
    position: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: COLLECTIONS_MAX,
        description: 'Among your collections; beyond the end: the end',
      }),
    ),
  },
  { ...closed, minProperties: 1 },
);
export const NewEntry = Type.Object({ debate_id: debateId }, closed);
export const EntryMove = Type.Object(
  { position: Type.Integer({ minimum: 1, maximum: COLLECTION_DEBATES_MAX, description: 'Beyond the end: the end' }) },
  closed,
);

const milliseconds = (text: string) => Type.Integer({ minimum: 0, maximum: POSITION_MAX_MS, description: text });
const POSITION_EXAMPLE = {
  debate_id: '19502241_6ac548b948b27',
  position_ms: 1_830_250,
  duration_ms: 9_999_000,
  finished: false,
  device_id: 'pixel-9-camille',
  recorded_at: '2026-11-22T21:04:05.250+01:00',
};
const KNOWN_POSITION_EXAMPLE = {
  ...POSITION_EXAMPLE,
  heard_at: '2026-11-22T20:04:05.250Z',
  furthest_ms: 4_000_000,
  finished_at: null,
  updated_at: '2026-11-22T20:04:06.001Z',
};
const said = {
  position_ms: milliseconds('On the audio clock'),
  finished: Type.Boolean({ description: 'Heard to the end' }),
  device_id: Type.String(),
  recorded_at: Instant('By the clock of the device'),
};
export const PositionSchema = Type.Object(
  {
    debate_id: Type.String(),
    ...said,
    duration_ms: Nullable(Type.Integer({ description: 'The longest that a device told' })),
    heard_at: Instant('recorded_at, but never after it reached the server'),
    furthest_ms: Type.Integer({ description: 'The furthest ever heard' }),
    finished_at: Nullable(Instant('The last time it was heard to the end')),
    updated_at: Instant('When this changed on the server; for updated_since'),
  },
  {
    $id: 'Position',
    examples: [KNOWN_POSITION_EXAMPLE],
  },
);
export type PositionBody = Static<typeof PositionSchema>;
export const PositionWithHistory = Type.Object(
  {
    ...PositionSchema.properties,
    history: Type.Array(Type.Object({ ...said, heard_at: Instant('As above') }), {
      maxItems: HISTORY_MAX,
      description: 'What devices said, newest first',
    }),
  },
  {
    $id: 'PositionWithHistory',
    examples: [
      {
        ...KNOWN_POSITION_EXAMPLE,
        history: [
          {
            position_ms: POSITION_EXAMPLE.position_ms,
            finished: false,
            device_id: POSITION_EXAMPLE.device_id,
            recorded_at: POSITION_EXAMPLE.recorded_at,
            heard_at: KNOWN_POSITION_EXAMPLE.heard_at,
          },
        ],
      },
    ],
  },
);
export const PositionsQuery = Type.Object(
  { ...PageQuery, updated_since: Type.Optional(Instant('Only those that changed at that time or later')) },
  closed,
);
export const PositionsBatch = Type.Object(
  {
    positions: Type.Array(
      Type.Object(
        {
          debate_id: debateId,
          position_ms: milliseconds('On the audio clock; beyond duration_ms means the end'),
          duration_ms: Type.Optional(milliseconds('Of the audio, where the device knows it')),
          device_id: Type.String({
            minLength: 1,
            maxLength: 64,
            pattern: ONE_LINE,
            description: 'Chosen by the device, the same each time',
          }),
          recorded_at: Instant('When it was there, by its own clock'),
          finished: Type.Optional(Type.Boolean({ default: false, description: 'Heard to the end' })),
        },
        { ...closed, examples: [POSITION_EXAMPLE] },
      ),
      { minItems: 1, maxItems: BATCH_MAX },
    ),
  },
  closed,
);
export const PositionsMerged = Type.Object(
  {
    positions: Type.Array(Type.Ref('Position'), { description: 'What is now known of each debate of the batch' }),
    unknown_debate_ids: Type.Array(Type.String(), { description: 'These name no debate and were left out' }),
  },
  { examples: [{ positions: [KNOWN_POSITION_EXAMPLE], unknown_debate_ids: ['19500000_000000000000a'] }] },
);

import { Type } from 'typebox';
import { PageQuery } from '../platform/http/index.ts';
import { HitDebate, Nullable, OneOf, OrganId, Words } from './schemas.ts';

export const SpeakerId = Type.Object(
  { speaker_id: Type.String({ pattern: '^(?:PA\\d{1,12}|nom-[a-z0-9-]{1,80})$', description: 'PA… or nom-…' }) },
  { additionalProperties: false },
);

export const SpeakersQuery = Type.Object(
  {
    ...PageQuery,
    q: Type.Optional(Words),
    group: Type.Optional(OrganId),
    in_office: Type.Optional(Type.Boolean({ description: 'Sits in the Assembly today' })),
    has_speeches: Type.Optional(Type.Boolean({ description: 'Spoke in a debate known here' })),
  },
  { additionalProperties: false },
);

export const SpeechesQuery = Type.Object(PageQuery, { additionalProperties: false });

const Group = Type.Object({
  id: Type.String({ description: 'PO…' }),
  name: Nullable(Type.String()),
  short_name: Nullable(Type.String()),
  color: Nullable(Type.String({ examples: ['#313567'] })),
});

export const SpeakerSummary = Type.Object({
  id: Type.String(),
  name: Type.String(),
  civility: Nullable(Type.String()),
  first_name: Type.String(),
  last_name: Type.String(),
  role: Nullable(Type.String({ description: 'Of those whom only debates name' })),
  in_directory: Type.Boolean({ description: 'Known to the open data; false for guests and most ministers' }),
  in_office: Type.Boolean(),
  group: Nullable(Group),
  constituency: Nullable(
    Type.Object({
      department: Nullable(Type.String()),
      department_code: Nullable(Type.String()),
      number: Nullable(Type.Integer()),
    }),
  ),
});

const Membership = Type.Object({
  organ_id: Type.String(),
  organ_type: Type.String({ description: 'GP, COMPER, ASSEMBLEE, GOUVERNEMENT… as published' }),
  name: Nullable(Type.String()),
  short_name: Nullable(Type.String()),
  color: Nullable(Type.String()),
  role: Nullable(Type.String()),
  legislature: Nullable(Type.Integer()),
  starts_on: Nullable(Type.String({ format: 'date' })),
  ends_on: Nullable(Type.String({ format: 'date' })),
});

export const SpeakerDetail = Type.Object({
  ...SpeakerSummary.properties,
  memberships: Type.Array(Membership, { description: 'Groups, commissions and offices, latest first' }),
  stats: Type.Object({
    debates: Type.Integer({ description: 'With words of this person in their record' }),
    speeches: Type.Integer(),
    speaking_ms: Type.Integer(),
    interrupting_ms: Type.Integer({ description: 'Part of speaking_ms' }),
    chairing_ms: Type.Integer({ description: 'No part of speaking_ms' }),
    turns: Type.Integer(),
  }),
});

export const SpeechList = Type.Array(
  Type.Object({
    debate: HitDebate,
    position: Type.Integer(),
    speaker: Type.Object({
      id: Type.String(),
      name: Type.String(),
      role: Nullable(Type.String()),
      group_id: Nullable(Type.String({ description: 'On the day of the debate' })),
    }),
    subject: Nullable(Type.String({ description: 'The chapter it stands in' })),
    starts_at_ms: Nullable(Type.Integer()),
    ends_at_ms: Nullable(Type.Integer()),
    speaking_ms: Nullable(Type.Integer({ description: 'Null where only a chapter tells of it' })),
    beginning: Nullable(Type.String()),
    source: OneOf(['record', 'chapters']),
    listen_url: Nullable(Type.String({ format: 'uri' })),
  }),
);

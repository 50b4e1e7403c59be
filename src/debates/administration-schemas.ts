import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { httpErrors } from '../platform/http/index.ts';
import type { SourceDebate } from '../sources/index.ts';
import type { Corrections } from './correctable-facts.ts';
import { DEBATE_TYPES, Nullable, OneOf } from './schemas.ts';

const closed = { additionalProperties: false };
/** PostgreSQL has no text with the character 0 in it, and one line has no other control character either. */
const ONE_LINE = '^[^\\u0000-\\u001f\\u007f]*\\S[^\\u0000-\\u001f\\u007f]*$';
const LINES = '^[^\\u0000]*$';
const WEB = '^https?://[^\\u0000-\\u0020]+$';

/** A title is one line on a phone, a description what a programme prints; names and tags are a few words. */
const TITLE_MAX = 500;
const DESCRIPTION_MAX = 20_000;
const NAME_MAX = 200;
const TAG_MAX = 100;
const TAGS_MAX = 30;
const SPEAKERS_MAX = 200;
/** Browsers and servers take no longer ones. */
const URL_MAX = 2_000;

const Name = Type.String({ maxLength: NAME_MAX, pattern: ONE_LINE });
const Web = Type.String({ maxLength: URL_MAX, pattern: WEB, format: 'uri' });
const Instant = Type.String({
  format: 'date-time',
  pattern: '^(19|20|21)\\d\\d-',
  description: 'Start of the recording',
  examples: ['2026-10-06T21:15:00+02:00'],
});
const Title = Type.String({ maxLength: TITLE_MAX, pattern: ONE_LINE });

const fields = {
  description: Type.Optional(Type.String({ maxLength: DESCRIPTION_MAX, pattern: LINES })),
  type: Type.Optional(OneOf(DEBATE_TYPES)),
  commission: Type.Optional(Nullable(Name)),
  salle: Type.Optional(Nullable(Name)),
  legislature: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 99 }))),
  session: Type.Optional(Nullable(Name)),
  tags: Type.Optional(
    Type.Array(Type.String({ maxLength: TAG_MAX, pattern: ONE_LINE }), { maxItems: TAGS_MAX, uniqueItems: true }),
  ),
  thumbnail_url: Type.Optional(Nullable(Web)),
  report_url: Type.Optional(Nullable(Web)),
};

export const NewDebate = Type.Object(
  {
    url: Type.String({
      maxLength: URL_MAX,
      pattern: WEB,
      description: 'A page that yt-dlp can read, on a host of SOURCE_HOSTS',
    }),
    title: Title,
    start_time: Instant,
    ...fields,
    speakers: Type.Optional(
      Type.Array(Type.Object({ name: Name, role: Type.Optional(Nullable(Name)) }, closed), { maxItems: SPEAKERS_MAX }),
    ),
  },
  {
    ...closed,
    examples: [
      {
        url: 'https://www.lcp.example/programmes/une-audition-123',
        title: 'Audition sur les bibliothèques',
        start_time: '2026-10-06T09:30:00+02:00',
        type: 'audition',
        commission: 'Commission des affaires culturelles',
      },
    ],
  },
);
export type NewDebateBody = Static<typeof NewDebate>;

export const DebateCorrections = Type.Object(
  {
    title: Type.Optional(Title),
    start_time: Type.Optional(Instant),
    ...fields,
    restore: Type.Optional(Type.Boolean({ description: 'Shows again what an administrator withdrew' })),
  },
  { ...closed, examples: [{ title: 'Audition sur les bibliothèques de prêt', tags: ['Culture'] }] },
);
export type DebateCorrectionsBody = Static<typeof DebateCorrections>;

/** 64 bits of the address's hash: no two pages of an installation share them. */
const ID_HEX_DIGITS = 16;

/** A page as a source would describe it, from the words of who adds it. @throws AppError `http/invalid-request` */
export function debateOfPage(page: URL, body: NewDebateBody): SourceDebate {
  const url = page.href;
  const id = `page-${createHash('sha256').update(url).digest('hex').slice(0, ID_HEX_DIGITS)}`;
  const speakers = (body.speakers ?? []).map(({ name, role }, index) => ({
    id: String(index + 1),
    name: clean(name),
    personId: null,
    role: cleanOrNull(role),
  }));
  return {
    ref: { source: 'page', id, url },
    title: clean(body.title),
    description: clean(body.description ?? ''),
    type: body.type ?? 'autre',
    sourceType: null,
    state: 'ended',
    startsAt: instantOf(body.start_time),
    durationAtLeastSeconds: null,
    place: cleanOrNull(body.salle),
    commission: cleanOrNull(body.commission),
    legislature: body.legislature ?? null,
    session: cleanOrNull(body.session),
    meetingId: null,
    reportUrl: cleanOrNull(body.report_url),
    thumbnailUrl: cleanOrNull(body.thumbnail_url),
    liveUrl: null,
    tags: (body.tags ?? []).map(clean),
    media: [{ kind: 'page', url, durationAtLeastSeconds: null }],
    chapters: [],
    speakers,
  };
}

/** Only what was said: an absent field is the source's. @throws AppError `http/invalid-request` */
export function correctionsOf(body: DebateCorrectionsBody): Corrections {
  const { title, description, type, start_time, commission, salle, legislature, session, tags } = body;
  const { thumbnail_url, report_url } = body;
  return {
    ...(title === undefined ? {} : { title: clean(title) }),
    ...(description === undefined ? {} : { description: clean(description) }),
    ...(type === undefined ? {} : { type }),
    ...(start_time === undefined ? {} : { starts_at: instantOf(start_time) }),
    ...(commission === undefined ? {} : { commission: cleanOrNull(commission) }),
    ...(salle === undefined ? {} : { place: cleanOrNull(salle) }),
    ...(legislature === undefined ? {} : { legislature }),
    ...(session === undefined ? {} : { session: cleanOrNull(session) }),
    ...(tags === undefined ? {} : { tags: tags.map(clean) }),
    ...(thumbnail_url === undefined ? {} : { thumbnail_url: cleanOrNull(thumbnail_url) }),
    ...(report_url === undefined ? {} : { report_url: cleanOrNull(report_url) }),
  };
}

/** Halves of characters are in no encoding, and in no JSON that the database takes. */
function clean(text: string): string {
  return text.toWellFormed().trim();
}

function cleanOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : clean(text);
}

/** A leap second has the form of a time, and is none to the clock. */
function instantOf(text: string): string {
  const at = new Date(text);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  throw httpErrors.error('invalid-request', { fields: [{ field: 'body.start_time', message: 'no such time' }] });
}

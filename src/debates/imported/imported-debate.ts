import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { fromParis, isDay, toParisIso } from '../../platform/clock/index.ts';
import { findVideoId } from '../../portal/index.ts';
import type { SourceDebate, SourceSpeaker } from '../../sources/index.ts';
import { DEBATE_STATUSES, DEBATE_TYPES } from '../schemas.ts';

/** A debate out of a file, in the words of a source; what the file does not say is empty. */
export interface ImportedDebate {
  /** As the file names it; all of them stay names of the debate. */
  ids: readonly string[];
  observed: SourceDebate;
  /** The file gives an hour, and not only a day. */
  hasHour: boolean;
  viewCount: number;
}

export type Reading = { kind: 'debate'; imported: ImportedDebate } | { kind: 'refused'; reasons: string[] };

/** An id stands in addresses and in names of channels. */
const Id = Type.String({ pattern: '^[\\w.-]{1,100}$' });
const NAME_MAX = 200;
const URL_MAX = 2_000;
const LIST_MAX = 1_000;
/** Reasons told of one object: the first says most. */
const REASONS_MAX = 5;

const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Optional(Type.Union([schema, Type.Null()]));
const Name = Type.String({ maxLength: NAME_MAX });
const Url = Type.String({ maxLength: URL_MAX });
const Names = Nullable(Type.Array(Name, { maxItems: LIST_MAX }));
const OneOf = <const Values extends readonly string[]>(values: Values) =>
  Type.Unsafe<Values[number]>({ type: 'string', enum: [...values] });

const Fields = {
  id: Id,
  title: Type.String({ minLength: 1, maxLength: 500 }),
  description: Nullable(Type.String({ maxLength: 20_000 })),
  type: OneOf(DEBATE_TYPES),
  status: Type.Optional(OneOf(DEBATE_STATUSES)),
  date: Type.String({ maxLength: 40 }),
  start_time: Nullable(Type.String({ maxLength: 40 })),
  source_url: Nullable(Url),
  video_url: Nullable(Url),
  thumbnail_url: Nullable(Url),
  report_url: Nullable(Url),
  commission: Nullable(Name),
  salle: Nullable(Name),
  legislature: Nullable(Type.Integer({ minimum: 1, maximum: 99 })),
  session: Nullable(Name),
  meeting_id: Nullable(Type.String({ pattern: '^RU[A-Z0-9]{5,60}$' })),
  speakers: Nullable(
    Type.Array(
      Type.Union([
        Name,
        Type.Object(
          { id: Nullable(Type.String({ maxLength: NAME_MAX })), name: Name, role: Nullable(Name) },
          { additionalProperties: false },
        ),
      ]),
      { maxItems: LIST_MAX },
    ),
  ),
  tags: Names,
  view_count: Nullable(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  // Names that the earlier product had for people and tags.
  ministers: Names,
  keywords: Names,
};
const File = Type.Object(Fields, { additionalProperties: false });
type FileDebate = Static<typeof File>;

/** Fields of the API, or of the earlier product, that follow from others, or from what is not in the file: they are not taken. */
const LEFT_OUT = new Set(
  `end_time duration_seconds duration_minutes display_duration source live_url is_live has_audio has_transcript
  sitting_starts_at_ms sitting_start_origin is_certain audio_files favorite_count created_at updated_at withdrawn_at attribution
  metadata download_count`.split(/\s+/),
);

/** Reads one object of the file. Pure. What cannot be taken whole is refused, with the reasons. */
export function readImported(value: unknown): Reading {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refused('not an object');
  const kept = Object.fromEntries(Object.entries(value).filter(([name]) => !LEFT_OUT.has(name)));
  const unknown = Object.keys(kept).filter((name) => !Object.hasOwn(Fields, name));
  if (unknown.length > 0) return refused(...unknown.map((name) => `${name.slice(0, NAME_MAX)}: unknown field`));
  if (!Value.Check(File, kept)) {
    const reasons = Value.Errors(File, kept).map(({ instancePath, message }) => `${fieldOf(instancePath)}${message}`);
    return refused(...new Set(reasons));
  }
  const said = cleaned(kept) as FileDebate;
  const startsAt = startOf(said);
  if (startsAt === null)
    return refused('date, start_time: expected a day such as 2026-10-06, and a time with its offset on that day');
  const wrong = (['source_url', 'video_url', 'thumbnail_url', 'report_url'] as const).filter(
    (name) => !isWebAddress(said[name]),
  );
  if (wrong.length > 0) return refused(...wrong.map((name) => `${name}: expected an http:// or https:// address`));
  const announced = said.status === 'programme';
  if (announced && !said.meeting_id)
    return refused('meeting_id: a debate that is only announced is known by its meeting');
  return { kind: 'debate', imported: importedOf(said, startsAt, announced) };
}

function importedOf(said: FileDebate, startsAt: Date, announced: boolean): ImportedDebate {
  // Of the Assembly's portal, whatever the earlier product called it: what the portal says later is of the same debate.
  const videoId = findVideoId(said.id) ?? findVideoId(said.source_url ?? '') ?? findVideoId(said.video_url ?? '');
  const id = videoId ?? said.id;
  return {
    ids: [...new Set([said.id, id])],
    hasHour: Boolean(said.start_time),
    viewCount: said.view_count ?? 0,
    observed: {
      ref: {
        source: videoId === null && !announced ? 'page' : 'portal',
        id,
        url: said.source_url ?? said.video_url ?? '',
      },
      title: said.title,
      description: said.description ?? '',
      type: said.type,
      sourceType: null,
      state: announced ? 'announced' : 'ended',
      startsAt: toParisIso(startsAt),
      durationAtLeastSeconds: null,
      place: said.salle || null,
      commission: said.commission || null,
      legislature: said.legislature ?? null,
      session: said.session || null,
      meetingId: said.meeting_id ?? null,
      reportUrl: said.report_url || null,
      thumbnailUrl: said.thumbnail_url || null,
      liveUrl: null,
      tags: [...new Set([...(said.tags ?? []), ...(said.keywords ?? [])])].filter(Boolean),
      media: [],
      chapters: [],
      speakers: speakersOf(said),
    },
  };
}

function speakersOf({ speakers, ministers }: FileDebate): SourceSpeaker[] {
  const byName = new Map<string, SourceSpeaker>();
  const named = [
    ...(speakers ?? []).map((one) => (typeof one === 'string' ? { name: one } : one)),
    ...(ministers ?? []).map((name) => ({ name, role: 'ministre' })),
  ] as { name: string; id?: string | null; role?: string | null }[];
  for (const { name, id = null, role = null } of named) {
    if (name === '' || byName.has(name)) continue;
    const personId = id !== null && /^PA\d{1,12}$/.test(id) ? id : null;
    byName.set(name, { id: name, name, personId, role });
  }
  return [...byName.values()];
}

/** The hour if the file has one on that day, else the beginning of the day in Paris. */
function startOf({ date, start_time: time }: FileDebate): Date | null {
  // The earlier product wrote days as instants, too.
  const day = date.slice(0, 'YYYY-MM-DD'.length);
  if (!isDay(day) || day < '1958-01-01' || day > '2100-01-01') return null;
  if (!time) return fromParis({ day, hour: 0 });
  const startsAt = new Date(time);
  const offset = /(?:Z|[+-]\d{2}:?\d{2})$/.test(time);
  return offset && !Number.isNaN(startsAt.getTime()) && toParisIso(startsAt).startsWith(day) ? startsAt : null;
}

function isWebAddress(url: string | null | undefined): boolean {
  if (!url) return true;
  const parsed = URL.parse(url);
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.password === '';
}

/** Texts as a database takes them: no NUL, no half characters, nothing at the edges. */
function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', ' ').trim();
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cleaned(inner)]));
}

function fieldOf(path: string): string {
  return path === '' ? '' : `${path.slice(1).replaceAll('/', '.')}: `;
}

function refused(...reasons: string[]): Reading {
  return { kind: 'refused', reasons: reasons.slice(0, REASONS_MAX) };
}

import { hash } from 'node:crypto';
import { type Static, type TSchema, Type } from 'typebox';
import { isDay, toParisIso } from '../../platform/clock/index.ts';
import type { CaptionCue, Synchro } from '../../portal/index.ts';
import type { DebateRef, MediaCandidate, SourceChapter, SourceDebate, SourceSpeaker } from '../source.ts';
import { isAllowedHost, webAddress } from './plugin-addresses.ts';
import { Captions, Debate, Entries, Entry, faultOf, MediaList, unusable } from './plugin-schemas.ts';

/** What a plugin's answers are read under. */
export interface Reading {
  plugin: string;
  hosts: readonly string[];
}

export interface ReadEntries {
  /** By Paris day. */
  days: Map<string, DebateRef[]>;
  rejected: { entry: string; reason: string }[];
}

/** An entry is repeated in a report up to this many characters. */
const SHOWN_MAX = 120;

/** Sorts a list by day; an entry that cannot be used does not spoil the others. @throws AppError `sources/plugin-answer` */
export function readEntries(reading: Reading, text: string, period: { since: string; until: string }): ReadEntries {
  const days: ReadEntries['days'] = new Map();
  const rejected: ReadEntries['rejected'] = [];
  for (const value of parsed(reading, Entries, text)) {
    const reason = faultOf(Entry, value) ?? entryFault(reading, value as Static<typeof Entry>, period);
    if (reason !== null) {
      rejected.push({ entry: JSON.stringify(value).slice(0, SHOWN_MAX), reason });
      continue;
    }
    const { id, url, day } = value as Static<typeof Entry>;
    days.set(day, [...(days.get(day) ?? []), { source: reading.plugin, id: idOf(reading.plugin, id), url }]);
  }
  return { days, rejected };
}

function entryFault(
  { hosts }: Reading,
  { url, day }: Static<typeof Entry>,
  { since, until }: { since: string; until: string },
): string | null {
  if (!isDay(day) || day < since || day > until) return `its day is not within ${since} and ${until}`;
  return isAllowedHost(url, hosts) ? null : 'its page is on none of the plugin’s hosts';
}

/** An id of ours: what no other source can give a debate of its own. */
export function idOf(plugin: string, id: string): string {
  return `${plugin}_${id}`;
}

/** The facts of a debate in the product's words; null: withdrawn. @throws AppError `sources/plugin-answer` */
export function readDebate(
  reading: Reading,
  text: string,
  ref: DebateRef,
): { debate: SourceDebate; synchros: Synchro[]; sha256: string } | null {
  if (text === 'null') return null;
  const said = parsed(reading, Debate, text);
  const startsAt = new Date(said.startsAt);
  if (Number.isNaN(startsAt.getTime())) throw unusable(reading.plugin, 'startsAt is no instant');
  const line = (value: string | undefined): string | null => (value === undefined ? null : clean(value) || null);
  const link = (value: string | undefined): string | null => (value === undefined ? null : webAddress(value));
  const speakers = speakersOf(said);
  const debate: SourceDebate = {
    ref,
    title: clean(said.title) || ref.id,
    description: clean(said.description ?? ''),
    type: said.type,
    sourceType: null,
    state: said.state,
    startsAt: toParisIso(startsAt),
    durationAtLeastSeconds: null,
    place: line(said.place),
    commission: line(said.commission),
    legislature: null,
    session: null,
    // The Assembly's meetings are told by the Assembly: a debate of elsewhere never takes the place of one of theirs.
    meetingId: null,
    reportUrl: link(said.reportUrl),
    thumbnailUrl: link(said.thumbnailUrl),
    liveUrl: said.state === 'live' ? link(said.liveUrl) : null,
    tags: [...new Set((said.tags ?? []).map(clean).filter(Boolean))],
    media: said.state === 'ended' ? mediaOf(reading, said.media ?? []) : [],
    chapters: chaptersOf(said),
    speakers,
  };
  const synchros = (said.chapters ?? []).flatMap(({ startsAtMs }, index) =>
    startsAtMs === undefined ? [] : [{ id: chapterId(index), startsAtMs }],
  );
  return { debate, synchros, sha256: hash('sha256', text, 'hex') };
}

/** @throws AppError `sources/plugin-answer` */
export function readMedia(reading: Reading, text: string): MediaCandidate[] {
  return mediaOf(reading, parsed(reading, MediaList, text));
}

/** @throws AppError `sources/plugin-answer` */
export function readCaptions(reading: Reading, text: string): CaptionCue[] | null {
  const said = parsed(reading, Type.Union([Captions, Type.Null()]), text);
  return said?.map((cue) => ({ ...cue, text: clean(cue.text) })) ?? null;
}

function mediaOf({ plugin, hosts }: Reading, media: Static<typeof MediaList>): MediaCandidate[] {
  return media.map(({ kind, url, durationAtLeastSeconds }) => {
    if (!isAllowedHost(url, hosts)) throw unusable(plugin, `${url.slice(0, SHOWN_MAX)} is on none of its hosts`);
    return { kind, url: new URL(url).href, durationAtLeastSeconds: durationAtLeastSeconds ?? null };
  });
}

function speakersOf({ speakers }: Static<typeof Debate>): SourceSpeaker[] {
  const byName = new Map<string, SourceSpeaker>();
  for (const { name, role, personId } of speakers ?? []) {
    const cleaned = clean(name);
    if (cleaned === '' || byName.has(cleaned)) continue;
    byName.set(cleaned, { id: cleaned, name: cleaned, personId: personId ?? null, role: role ? clean(role) : null });
  }
  return [...byName.values()];
}

function chaptersOf({ chapters }: Static<typeof Debate>): SourceChapter[] {
  return (chapters ?? []).map(({ label, speakers }, index) => ({
    id: chapterId(index),
    label: clean(label),
    typedLabel: label.toWellFormed().replaceAll('\0', ''),
    kind: null,
    speakerIds: (speakers ?? []).map(clean),
    children: [],
  }));
}

function chapterId(index: number): string {
  return `chapter-${index + 1}`;
}

/** Lines of printable text: what is left is what a database takes and a reader reads. */
function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\n]/gu, ' ')
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .trim();
}

function parsed<Schema extends TSchema>({ plugin }: Reading, schema: Schema, text: string): Static<Schema> {
  const value: unknown = JSON.parse(text);
  const fault = faultOf(schema, value);
  if (fault !== null) throw unusable(plugin, fault);
  return value as Static<Schema>;
}

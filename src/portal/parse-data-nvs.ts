import { fromParisStamp } from '../platform/clock/index.ts';
import { cleanLabel, oneLine, plainLines } from './clean-text.ts';
import { type DebateType, debateType } from './debate-type.ts';
import { decodeDocument } from './decode-text.ts';
import { malformed } from './errors.ts';
import { readXml } from './read-xml.ts';
import { isVideoId } from './video-id.ts';

const DOCUMENT = 'data.nvs';
/** Chapters inside chapters: four levels in a real sitting; beyond this a file is not a sitting. */
const MAX_CHAPTER_DEPTH = 50;

/** A recording or broadcast as `data.nvs` tells it; what it does not say is null. */
export interface DataNvs {
  videoId: string;
  mediaId: string;
  /**
   * `live` and `vod` are seen in files, `prelive` and `prevod` are states of the portal's own player.
   * It flips to `vod` for moments during a live sitting.
   */
  status: 'prelive' | 'live' | 'prevod' | 'vod' | null;
  title: string;
  /** Plain text, one subject a line. */
  description: string;
  type: DebateType;
  /** Raw `video_type`. */
  videoType: string | null;
  /** Start of the recording, on an empty room. */
  startsAt: Date;
  place: string | null;
  commission: string | null;
  legislature: number | null;
  session: string | null;
  /** Address of the record, unchecked: see `PortalAddresses.report`. */
  reportUrl: string | null;
  meetingId: string | null;
  /** 1 for the first sitting of the day. */
  ordinal: number | null;
  /** As written (`mediafiles://this/seances.jpg`): see `PortalAddresses.image`. */
  thumbnail: string | null;
  chapters: Chapter[];
  /** Addresses as written, by their title: `source`, `archive`, `audio`, `live`, `vod`. See `PortalAddresses`. */
  files: ReadonlyMap<string, string>;
  speakers: Speaker[];
  /** A picture a minute, drifting: seconds from the start of the recording, ascending. */
  storyboard: { seconds: number; path: string }[];
}

export interface Chapter {
  /** Joins with `Synchro.id`. Unique. */
  id: string;
  label: string;
  /** As the operator typed it. */
  typedLabel: string;
  type: KeyedValue | null;
  theme: KeyedValue | null;
  /** Ids in `DataNvs.speakers`; one may be absent from there. */
  speakerIds: string[];
  children: Chapter[];
}

interface KeyedValue {
  key: string;
  value: string;
}

interface Speaker {
  id: string;
  name: string;
  role: string | null;
  /** `PA…`; null for those who have no number in the Assembly's directory. */
  personId: string | null;
}

/**
 * Reads `data.nvs`, live or afterwards.
 * @throws AppError `portal/malformed`, `portal/html-instead`
 */
export function parseDataNvs(bytes: Uint8Array): DataNvs {
  const read = readParts(decodeDocument(bytes, DOCUMENT).text);
  const videoId = read.root.interfaceuid ?? '';
  if (!isVideoId(videoId)) throw malformed(DOCUMENT, 'no video id');
  const meta = (name: string) => blankToNull(read.metadata.get(name)?.value);
  const title = oneLine(read.root.mediatitle ?? '');
  const description = plainLines(meta('description') ?? '');
  const videoType = meta('video_type');
  const meetingId = meetingIdOf(meta('meeting_id'));
  return {
    videoId,
    mediaId: videoId.slice(0, videoId.indexOf('_')),
    status: statusOf(read.root.status),
    title,
    description,
    type: debateType({ videoType, meetingId, title, description }),
    videoType,
    startsAt: startOf(meta('date'), read.files),
    place: meta('place'),
    commission: blankToNull(read.metadata.get('commission')?.label) ?? meta('commission'),
    legislature: naturalOf(meta('legislature')),
    session: blankToNull(read.metadata.get('session')?.label) ?? meta('session'),
    reportUrl: meta('report'),
    meetingId,
    ordinal: naturalOf(meta('quantieme')),
    thumbnail: meta('Thumbnail'),
    chapters: read.chapters,
    files: read.files,
    speakers: [...read.speakers.values()],
    storyboard: read.storyboard.toSorted((a, b) => a.seconds - b.seconds),
  };
}

interface Parts {
  root: Readonly<Record<string, string>>;
  chapters: Chapter[];
  files: Map<string, string>;
  metadata: Map<string, { value: string; label: string }>;
  speakers: Map<string, Speaker>;
  storyboard: { seconds: number; path: string }[];
}

function readParts(text: string): Parts {
  const parts: Parts = {
    root: {},
    chapters: [],
    files: new Map(),
    metadata: new Map(),
    speakers: new Map(),
    storyboard: [],
  };
  const openChapters: Chapter[] = [];
  let openSpeaker: Speaker | null = null;
  const chapterIds = new Set<string>();

  function openChapter(attributes: Readonly<Record<string, string>>): void {
    const chapter = chapterOf(attributes);
    if (chapterIds.has(chapter.id)) throw malformed(DOCUMENT, 'two chapters have one id');
    if (openChapters.length >= MAX_CHAPTER_DEPTH) throw malformed(DOCUMENT, 'chapters nested too deep');
    chapterIds.add(chapter.id);
    (openChapters.at(-1)?.children ?? parts.chapters).push(chapter);
    openChapters.push(chapter);
  }

  /** One without an id can be named by no chapter; of two with the same id, the first is kept. */
  function openSpeakerOf(attributes: Readonly<Record<string, string>>): Speaker | null {
    const id = attributes.id?.trim();
    if (!id || parts.speakers.has(id)) return null;
    const speaker = { id, name: '', role: null, personId: null };
    parts.speakers.set(id, speaker);
    return speaker;
  }

  readXml(text, DOCUMENT, {
    open(name, attributes, parents) {
      const parent = parents.at(-1);
      const chapter = openChapters.at(-1);
      if (parent === undefined) {
        if (name !== 'data') throw malformed(DOCUMENT, 'the root is not data');
        parts.root = attributes;
      } else if (name === 'chapter') openChapter(attributes);
      else if (parent === 'chapter' && chapter !== undefined) addToChapter(chapter, name, attributes);
      else if (parent === 'files') addFile(parts.files, attributes);
      else if (parent === 'metadatas') addMetadata(parts.metadata, attributes);
      else if (parent === 'thumbnails') addStoryboard(parts.storyboard, attributes);
      else if (parent === 'speakers') openSpeaker = openSpeakerOf(attributes);
    },
    close(name, content, parents) {
      if (name === 'chapter') openChapters.pop();
      if (parents.at(-2) === 'speakers' && openSpeaker !== null) addToSpeaker(openSpeaker, name, content);
    },
  });
  return parts;
}

function chapterOf(attributes: Readonly<Record<string, string>>): Chapter {
  const id = attributes.id?.trim();
  if (!id) throw malformed(DOCUMENT, 'a chapter has no id');
  const typedLabel = attributes.label ?? '';
  return { id, label: cleanLabel(typedLabel), typedLabel, type: null, theme: null, speakerIds: [], children: [] };
}

function addToChapter(chapter: Chapter, name: string, attributes: Readonly<Record<string, string>>): void {
  if (name === 'type') chapter.type = keyedValueOf(attributes);
  if (name === 'theme') chapter.theme = keyedValueOf(attributes);
  const id = attributes.id?.trim();
  if (name === 'speaker' && id && !chapter.speakerIds.includes(id)) chapter.speakerIds.push(id);
}

function keyedValueOf(attributes: Readonly<Record<string, string>>): KeyedValue | null {
  const key = attributes.key?.trim();
  return key ? { key, value: oneLine(attributes.value ?? '') } : null;
}

function addFile(files: Map<string, string>, attributes: Readonly<Record<string, string>>): void {
  const title = attributes.title?.trim();
  const url = attributes.url?.trim();
  if (title && url && !files.has(title)) files.set(title, url);
}

function addMetadata(
  metadata: Map<string, { value: string; label: string }>,
  attributes: Readonly<Record<string, string>>,
): void {
  const name = attributes.name?.trim();
  if (name) metadata.set(name, { value: attributes.value ?? '', label: attributes.label ?? '' });
}

/** The second is in the file's name, and is not always a multiple of 60. */
function addStoryboard(storyboard: Parts['storyboard'], attributes: Readonly<Record<string, string>>): void {
  const path = attributes.url?.trim() ?? '';
  const seconds = /^\.\/files\/storyboard\/(\d{1,6})\.jpg$/.exec(path)?.[1];
  if (seconds !== undefined) storyboard.push({ seconds: Number(seconds), path });
}

/** `url` holds the bare number of a deputy or minister; empty, a word, zero or negative for anybody else. */
function addToSpeaker(speaker: Speaker, name: string, content: string): void {
  const text = oneLine(content);
  if (name === 'name') speaker.name = text;
  if (name === 'role') speaker.role = text || null;
  if (name === 'url') speaker.personId = /^[1-9]\d{0,9}$/.test(text) ? `PA${text}` : null;
}

function statusOf(status: string | undefined): DataNvs['status'] {
  switch (status) {
    case 'prelive':
    case 'live':
    case 'prevod':
    case 'vod':
      return status;
    default:
      return null;
  }
}

/** `date` is epoch seconds; without it, the media file's name carries the same moment in Paris time. */
function startOf(date: string | null, files: ReadonlyMap<string, string>): Date {
  const seconds = date !== null && /^\d{9,10}$/.test(date) ? Number(date) : null;
  if (seconds !== null) return new Date(seconds * 1000);
  for (const url of files.values()) {
    const stamp = /_(\d{14})(?:_\d)?\.(?:mp3|mp4)$/.exec(url)?.[1];
    const instant = stamp === undefined ? null : fromParisStamp(stamp);
    if (instant !== null) return instant;
  }
  throw malformed(DOCUMENT, 'no start');
}

function meetingIdOf(value: string | null): string | null {
  return value !== null && /^RU[A-Z]{2}[A-Z0-9]{4,60}$/.test(value) ? value : null;
}

function naturalOf(value: string | null): number | null {
  return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null;
}

function blankToNull(value: string | undefined): string | null {
  const text = value?.trim();
  return text ? text : null;
}

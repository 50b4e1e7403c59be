import { type ChapterDraft, chaptersOf, type Person } from './demo-chapters.ts';
import { parisStamp, parisTime } from './formats/paris-time.ts';
import { type RecordedName, recordedFacts } from './recordings.ts';
import type { Commission, FilmedSitting } from './sitting.ts';

const LEGISLATURE = 17;
const HEMICYCLE = { label: 'Hémicycle', ref: 'SLANPBHEMI' };
const HEMICYCLE_STREAM = 36;

/** What distinguishes one recorded sitting of the demonstration from another; the rest follows from it. */
export interface RecordedDraft {
  mediaId: number;
  meetingId: string;
  startsAtMs: number;
  title: string;
  agenda: readonly string[];
  videoType?: FilmedSitting['videoType'];
  commission?: Commission;
  room?: { number: string; label: string };
  seance?: FilmedSitting['seance'];
  reportPath?: string | null;
  directory: readonly Person[];
  chapters: readonly ChapterDraft[];
  hasCaptions: boolean;
}

/** A sitting that is over, around the recording of that name. */
export function recorded(name: RecordedName, draft: RecordedDraft): FilmedSitting {
  const { mediaId, startsAtMs, commission = null, room = null } = draft;
  const facts = recordedFacts(name);
  // File names and epochs count whole seconds, so the recording begins at the last one before the first words.
  const prerollMs = Math.ceil((facts.lines[0]?.startsAtMs ?? 0) / 1000) * 1000;
  const recordingStartsAtMs = startsAtMs - prerollMs;
  const isPlenary = commission === null;
  return {
    ...plenary(startsAtMs),
    state: 'vod',
    mediaId,
    videoId: videoIdOf(mediaId, recordingStartsAtMs),
    meetingId: draft.meetingId,
    startsAtMs,
    title: draft.title,
    agenda: draft.agenda,
    ...(room === null ? {} : { place: { label: room.label, ref: `SLANPBS${room.number}` }, stream: 42 }),
    commission,
    videoType:
      draft.videoType ?? (isPlenary ? { code: 'S', label: 'Séance publique' } : { code: 'C', label: 'Commission' }),
    seance: draft.seance ?? null,
    reportPath: draft.reportPath ?? null,
    recording: {
      base: baseOf(room?.number ?? 'hemi', recordingStartsAtMs),
      startsAtMs: recordingStartsAtMs,
      durationSeconds: facts.durationSeconds,
      hasAudioFile: facts.segmentSeconds === null,
      mp3File: facts.segmentSeconds === null ? `${name}.mp3` : null,
      hls: facts.segmentSeconds === null ? null : { stem: name, segmentSeconds: facts.segmentSeconds },
    },
    ...chaptersOf(draft.chapters, draft.directory, facts, mediaId),
    captions: draft.hasCaptions ? facts.lines : null,
  };
}

export function plenary(startsAtMs: number) {
  const end = sessionEnd(startsAtMs);
  return {
    place: HEMICYCLE,
    stream: HEMICYCLE_STREAM,
    commission: null,
    legislature: LEGISLATURE,
    session: { key: `${end - 1}2`, label: `Session ordinaire ${end - 1}-${end}` },
  };
}

/** An ordinary session runs from October to June and is named in ids by the year in which it ends. */
export function sessionEnd(timeMs: number): number {
  const { year, month } = parisTime(timeMs);
  return Number(year) + (Number(month) >= 10 ? 1 : 0);
}

export function meetingId(startsAtMs: number, number: string): string {
  return `RUANR5L${LEGISLATURE}S${sessionEnd(startsAtMs)}${number}`;
}

/** The hash part begins with the Unix time of the recording's start, as PHP's uniqid() makes it; the rest is free. */
export function videoIdOf(mediaId: number, startsAtMs: number): string {
  return `${mediaId}_${(startsAtMs / 1000).toString(16)}${(mediaId % 0xfffff).toString(16).padStart(5, '0')}`;
}

export function baseOf(room: string, startsAtMs: number): string {
  const { year, month } = parisTime(startsAtMs);
  return `${year}/${month}/${room}_${parisStamp(startsAtMs)}`;
}

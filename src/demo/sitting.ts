/**
 * A sitting as the replay knows it: the facts from which every page, list and file of the portal is rendered.
 * Field names follow the portal's own vocabulary where it has one.
 */
export type Sitting = AnnouncedSitting | FilmedSitting;

export function filmedSittings(sittings: readonly Sitting[]): FilmedSitting[] {
  return sittings.filter((sitting) => sitting.state !== 'announced');
}

interface Meeting {
  /** `RUANR…`; two films may share it (a sitting and its questions au gouvernement). */
  meetingId: string;
  /** When the meeting itself begins, not its recording. */
  startsAtMs: number;
  title: string;
  /** Points of the agenda, plain text. */
  agenda: readonly string[];
  place: { label: string; ref: string };
  /** `null` for the hémicycle. */
  commission: Commission | null;
  /** Number of the live stream: 36 is the hémicycle, others are rooms. */
  stream: number;
}

export interface Commission {
  /** Organ number without `PO`: `59048`. */
  organId: string;
  label: string;
  /** As the live programme abbreviates it: `CION_FIN`. */
  shortLabel: string;
}

/** Known to the live programme only: no film, no data.nvs yet. */
export interface AnnouncedSitting extends Meeting {
  state: 'announced';
}

export interface FilmedSitting extends Meeting {
  state: 'live' | 'vod';
  mediaId: number;
  /** `<mediaId>_<13 hex digits>`. */
  videoId: string;
  videoType: { code: string; label: string };
  legislature: number;
  /** `Session ordinaire 2026-2027` and its key `20262`. */
  session: { key: string; label: string };
  /** Number of the sitting in its session and rank in its day; null for commissions. */
  seance: { number: number; rank: number } | null;
  /** Address path of the compte rendu on the Assembly's site, absent until it is published. */
  reportPath: string | null;
  recording: SittingRecording;
  chapters: readonly SittingChapter[];
  speakers: readonly SittingSpeaker[];
  /** Null when the portal has no captions for it. */
  captions: readonly SittingCue[] | null;
}

export interface SittingRecording {
  /** `YYYY/MM/<room>_<YYYYMMDDHHMMSS>`, the path under `domain1/` without its ending. */
  base: string;
  startsAtMs: number;
  durationSeconds: number;
  /** True once data.nvs names the MP3: it is added some time after the end. */
  hasAudioFile: boolean;
  /** File names in `recordings/`; null when the origin has no such file. */
  mp3File: string | null;
  /** Stem of the segments in `recordings/`; null when the origin has no HLS of it. */
  hls: SittingHls | null;
}

interface SittingHls {
  stem: string;
  segmentSeconds: readonly number[];
}

export interface SittingChapter {
  id: number;
  label: string;
  type: { key: number; value: string };
  theme?: { key: number; value: string };
  speakerIds: readonly number[];
  /** On the recording's clock; null when the operators gave it no time. */
  startsAtMs: number | null;
  chapters: readonly SittingChapter[];
}

export interface SittingSpeaker {
  id: number;
  name: string;
  role: string | null;
  /** Deputy number without `PA`; empty for guests from outside. */
  deputyNumber: string;
}

export interface SittingCue {
  startsAtMs: number;
  endsAtMs: number;
  text: string;
}

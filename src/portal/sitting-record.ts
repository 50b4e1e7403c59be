import type { RecordKind } from './record-kind.ts';
import type { RecordSpeaker } from './record-speaker.ts';
import type { TextPiece } from './record-text.ts';

/** The edited record ("compte rendu") of one plenary sitting. It is not verbatim. */
export interface SittingRecord {
  /** `CRSANR…` */
  id: string;
  /** `RUANR…`; null when the file does not say. */
  meetingId: string | null;
  sessionId: string | null;
  /** Announced start; null when unreadable. */
  startsAt: Date | null;
  /** As printed: `mardi 31 mars 2026`. */
  dayLabel: string | null;
  /** Rank within the day as printed: `1`, `Unique`. */
  dayRank: string | null;
  /** Number within the session. */
  sittingNumber: number | null;
  legislature: number | null;
  session: string | null;
  /** `complet`, … */
  state: string | null;
  /** `avant_JO`, … A first version comes early, later ones for weeks. */
  version: string | null;
  /** When this version was made, ISO 8601 with offset. */
  generatedAt: string | null;
  /** In document order; `parent` is an index in this list. */
  points: RecordPoint[];
  /** The whole record in document order, headings included. */
  paragraphs: RecordParagraph[];
}

/** A point of the agenda as the record orders it: hierarchy is by level, not by the nesting of the file. */
export interface RecordPoint {
  /** Index in `SittingRecord.points`; null at the top. */
  parent: number | null;
  /** 1 to 5; 99 and above are suspensions, which stand outside the hierarchy. */
  level: number;
  /** Null for the untitled points of level 4: their subject is their nearest titled ancestor's. */
  title: string | null;
  order: number | null;
  grammarCode: string | null;
  style: string | null;
  /** `n° 2250 rectifié` */
  textNumber: string | null;
  /** `9 terdecies`, `Après 9` */
  article: string | null;
  amendment: string | null;
}

export interface RecordParagraph {
  kind: RecordKind;
  /** Index in `SittingRecord.points`; null before the first point. */
  point: number | null;
  /** `ordre_absolu_seance`. Not unique: a point and its first paragraph share it. */
  order: number | null;
  /** `id_syceron`, the paragraph's own id. */
  id: string | null;
  speaker: RecordSpeaker | null;
  /** `roledebat` as published. */
  debateRole: string | null;
  grammarCode: string | null;
  style: string | null;
  pieces: TextPiece[];
  /** Milliseconds from the start of the recording, as published (approximate, not always sane); null until synchronised. */
  startsAtMs: number | null;
}

import type { DebateType, MediaCandidate, SourceChapter, SourceSpeaker } from '../sources/index.ts';
import type { DebateStatus, SittingState } from './sitting-state.ts';

/** What tells where the sitting begins in its recording. */
export type SittingStartOrigin = 'player' | 'record' | 'captions' | 'silence';

/** A debate as the register keeps it. */
export interface Debate {
  /** For ever the id under which it was first seen. */
  id: string;
  source: string;
  /** The source's id of the recording; null while the sitting is only announced. */
  sourceRef: string | null;
  meetingId: string | null;
  title: string;
  description: string;
  type: DebateType;
  sourceType: string | null;
  sittingState: SittingState;
  status: DebateStatus;
  hasAudio: boolean;
  hasTranscript: boolean;
  /** Paris, `YYYY-MM-DD`. */
  day: string;
  startsAt: Date | null;
  /** Of the sound, once it was measured. */
  durationSeconds: number | null;
  commission: string | null;
  place: string | null;
  legislature: number | null;
  session: string | null;
  /** The source's page of this debate, which attribution links. */
  pageUrl: string | null;
  videoUrl: string | null;
  reportUrl: string | null;
  thumbnailUrl: string | null;
  liveUrl: string | null;
  tags: string[];
  speakers: SourceSpeaker[];
  chapters: SourceChapter[];
  media: MediaCandidate[];
  sittingStartsAtMs: number | null;
  sittingStartOrigin: SittingStartOrigin | null;
  /** False while the agenda says only that the meeting may take place. */
  isCertain: boolean;
  viewCount: number;
  favoriteCount: number;
  createdAt: Date;
  updatedAt: Date;
  withdrawnAt: Date | null;
}

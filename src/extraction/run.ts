import type { ErrorParams } from '../platform/errors/index.ts';
import type { MediaCandidate } from '../sources/index.ts';
import type { SourceFailure, WantedFormat } from './chain.ts';
import type { Step } from './progress.ts';
import type { RunState } from './run-state.ts';

/** Only what the source publishes, unchanged or copied: lighter renditions are other files, made from this one. */
export type WantedQuality = 'original';

export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** One asking for the sound of a debate, and what became of it. */
export interface Run {
  id: string;
  debateId: string;
  format: WantedFormat;
  quality: WantedQuality;
  priority: Priority;
  state: RunState;
  step: Step | null;
  sourceKind: MediaCandidate['kind'] | null;
  bytesDone: number;
  bytesTotal: number | null;
  mediaSecondsDone: number | null;
  mediaSecondsTotal: number | null;
  /** Percent; null while the whole is unknown. */
  progress: number | null;
  etaSeconds: number | null;
  /** How often a worker took it. */
  attempts: number;
  sourceFailures: SourceFailure[];
  errorCode: string | null;
  errorParams: ErrorParams | null;
  audioFileId: string | null;
  requestedBy: string | null;
  cancelRequestedAt: Date | null;
  /** A queued run is not taken before. */
  notBefore: Date;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  updatedAt: Date;
}

import type { RecordKind, RecordSpeaker } from '../portal/index.ts';

/** A sentence on the clock of the recording. */
export interface Cue {
  /** Null, as its end, when nothing tells where in the recording it was said. */
  startsAtMs: number | null;
  endsAtMs: number | null;
  kind: RecordKind;
  /** Null when nobody is named. Captions name nobody. */
  speaker: RecordSpeaker | null;
  text: string;
  /** Where the words come from: the edited record, or the captions (themselves made from the record). */
  source: 'record' | 'captions';
}

/** A cue whose place is known. */
export interface TimedCue extends Cue {
  startsAtMs: number;
  endsAtMs: number;
}

export function isTimed(cue: Cue): cue is TimedCue {
  return cue.startsAtMs !== null && cue.endsAtMs !== null;
}

/** Whether somebody said it aloud. */
export function isSpoken(cue: Pick<Cue, 'kind' | 'speaker'>): boolean {
  if (cue.kind === 'heading' || cue.kind === 'stage-direction') return false;
  // A suspension or a vote is also noted by the writers, with nobody named.
  return cue.kind === 'speech' || cue.kind === 'interruption' || cue.speaker !== null;
}

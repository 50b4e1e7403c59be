import { type Cue, isSpoken, isTimed, type TimedCue } from './cue.ts';

/** A stretch of the recording in which the sitting did not sit: players may skip it, nothing is cut. */
export interface Suspension {
  startsAtMs: number;
  endsAtMs: number;
  /** `announced`: the words around it say so. `silence`: nobody speaks for long, which is all we know. */
  evidence: 'announced' | 'silence';
}

/** A shorter pause is not worth a jump. */
const MIN_ANNOUNCED_MS = 60_000;
/** Voting by roll or waiting for a minister takes some minutes; longer without a word, nobody is sitting. */
const MIN_SILENT_MS = 5 * 60_000;
/** "La séance est reprise" is among the first sentences, "est suspendue" among the last. */
const NEIGHBOURS = 2;

const ANNOUNCEMENT =
  /s[ée]ance,? (?:est |sera )?(?:suspendue|reprise)|suspen(?:ds|dre|dons|sion)|reprenons nos travaux/i;

/** Finds the suspensions between the first and the last word of a sitting, in order. */
export function findSuspensions(cues: readonly Cue[]): Suspension[] {
  const timed = cues.filter(isTimed).filter(({ kind }) => kind !== 'heading');
  const spoken = timed.map((cue, index) => ({ cue, index })).filter(({ cue }) => isSpoken(cue));
  return spoken.flatMap(({ cue, index }, at) => {
    const next = spoken[at + 1];
    if (next === undefined) return [];
    const lastsMs = next.cue.startsAtMs - cue.endsAtMs;
    if (lastsMs < MIN_ANNOUNCED_MS) return [];
    const around = timed.slice(Math.max(0, index - NEIGHBOURS + 1), next.index + NEIGHBOURS);
    const evidence = around.some(announces) ? 'announced' : 'silence';
    if (evidence === 'silence' && lastsMs < MIN_SILENT_MS) return [];
    return [{ startsAtMs: cue.endsAtMs, endsAtMs: next.cue.startsAtMs, evidence }];
  });
}

function announces({ kind, text }: TimedCue): boolean {
  return kind === 'suspension' || ANNOUNCEMENT.test(text);
}

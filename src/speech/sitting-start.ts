import type { CaptionCue } from '../portal/index.ts';
import { spokenFrom } from './caption-words.ts';
import { longestNonDecreasing } from './longest-non-decreasing.ts';
import type { PlacedChapter } from './place-chapters.ts';

/** Where the sitting begins in its recording, which opens on some fifteen minutes of empty room. */
export interface SittingStart {
  startsAtMs: number;
  origin: 'player' | 'record' | 'captions' | 'silence';
}

export interface SittingStartFacts {
  chapters: readonly PlacedChapter[];
  /** Published times of the record's paragraphs, in its order. */
  recordTimesMs: readonly (number | null)[];
  captions: readonly CaptionCue[];
  /** End of the silence that the recording opens on, where it could be measured. */
  silenceEndsAtMs: number | null;
}

/** Fewer letters are no speech: a stray "(", a name cut in two. */
const MIN_LETTERS = 12;
/** The words over the empty room: the aligner stretches them over minutes, and nobody has said them yet. */
const MAX_PREROLL_CUE_MS = 60_000;

/**
 * The first of: the player's times, the record, the captions, the silence. But the player's times lag behind speech
 * (by four minutes in one sitting), and skipping words is worse than hearing a silence: where the record or the
 * captions have words before them, the earliest of these wins. Silence never makes a start earlier.
 * Null when nothing tells.
 */
export function sittingStart(facts: SittingStartFacts): SittingStart | null {
  const found = [
    startFrom('player', firstChapterMs(facts.chapters)),
    startFrom('record', firstRecordMs(facts.recordTimesMs)),
    startFrom('captions', firstCaptionMs(facts.captions)),
  ].flatMap((start) => start ?? []);
  const earliest = found.toSorted((a, b) => a.startsAtMs - b.startsAtMs)[0];
  return earliest ?? startFrom('silence', facts.silenceEndsAtMs);
}

function startFrom(origin: SittingStart['origin'], startsAtMs: number | null): SittingStart | null {
  return startsAtMs === null ? null : { startsAtMs, origin };
}

/** A chapter keyed at zero says only that the recording has begun. */
function firstChapterMs(chapters: readonly PlacedChapter[]): number | null {
  const times = chapters.flatMap((chapter) => [chapter.startsAtMs, firstChapterMs(chapter.children)]);
  return firstOf(times.filter((time) => time !== 0));
}

/** The first that is in order with most others: a time that later ones contradict is a slip. */
function firstRecordMs(timesMs: readonly (number | null)[]): number | null {
  const known = timesMs.filter((time) => time !== null);
  return known[longestNonDecreasing(known)[0] ?? -1] ?? null;
}

function firstCaptionMs(captions: readonly CaptionCue[]): number | null {
  return firstOf(captions.filter(hasSubstance).map(spokenFrom));
}

/** Not `Présidence de M.` over seven minutes of empty room, which is only a heading cut in two. */
function hasSubstance(caption: CaptionCue): boolean {
  const letters = caption.text.replace(/[^\p{L}]/gu, '').length;
  const lastsMs = caption.endsAtMs - caption.startsAtMs;
  return letters >= MIN_LETTERS && lastsMs > 0 && lastsMs <= MAX_PREROLL_CUE_MS;
}

function firstOf(timesMs: readonly (number | null)[]): number | null {
  const known = timesMs.filter((time) => time !== null);
  return known.length === 0 ? null : known.reduce((first, time) => Math.min(first, time));
}

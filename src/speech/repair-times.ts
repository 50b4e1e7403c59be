import { longestNonDecreasing } from './longest-non-decreasing.ts';
import { longestMs, shortestMs, usualMs } from './speech-pace.ts';

export interface TextToPlace {
  /** Published start, in milliseconds; null when none. Approximate and not always sane. */
  startsAtMs: number | null;
  /** Characters said aloud; 0 for headings and stage directions. */
  spokenLength: number;
}

export interface PlacedText {
  startsAtMs: number;
  /** Greater than `startsAtMs`, never beyond the next start. */
  endsAtMs: number;
  /** Whether the published time was kept. */
  published: boolean;
}

/** What is not said takes no time that could contradict another: a millisecond keeps starts apart. */
const UNSPOKEN_SHORTEST_MS = 1;
/** Long enough to be read on a screen. */
const UNSPOKEN_USUAL_MS = 1_000;
const UNSPOKEN_LONGEST_MS = 2_000;

/**
 * Gives every text of a sitting a start and an end, strictly in order, from published starts of which some are missing
 * and some impossible.
 *
 * 1. Of the published starts, the largest set is kept in which all can be true at once: in order, within the recording,
 *    and each leaving the texts before it at least the time that the fastest speaker needs. The others are ignored.
 * 2. A text without a kept start follows the one before it at the usual pace, or faster where the next kept start
 *    leaves less. Before the first kept start, the same counted backwards.
 * 3. A text ends where the next one starts, and no later than the slowest speaker would need: what remains is silence.
 *
 * Without any usable start, and for what would begin after the end of the recording, the answer is null.
 */
export function repairTimes(texts: readonly TextToPlace[], durationMs: number | null): (PlacedText | null)[] {
  const kept = keepPossible(texts, durationMs);
  const starts = fillBetween(texts, kept);
  const endMs = durationMs ?? Number.POSITIVE_INFINITY;
  return texts.map((text, index) => {
    const startsAtMs = starts[index];
    if (startsAtMs === undefined || startsAtMs >= endMs) return null;
    const latest = startsAtMs + (text.spokenLength === 0 ? UNSPOKEN_LONGEST_MS : longestMs(text.spokenLength));
    return {
      startsAtMs,
      endsAtMs: Math.min(starts[index + 1] ?? Number.POSITIVE_INFINITY, latest, endMs),
      published: kept.has(index),
    };
  });
}

/** Index → kept start. */
function keepPossible(texts: readonly TextToPlace[], durationMs: number | null): Map<number, number> {
  const candidates: { index: number; startsAtMs: number; slack: number }[] = [];
  let neededMs = 0;
  for (const [index, { startsAtMs, spokenLength }] of texts.entries()) {
    // Time not taken by what comes before: two starts can both be true when the later one has no less of it.
    const slack = startsAtMs === null ? -1 : startsAtMs - neededMs;
    if (startsAtMs !== null && slack >= 0 && (durationMs === null || startsAtMs < durationMs)) {
      candidates.push({ index, startsAtMs, slack });
    }
    neededMs += spokenLength === 0 ? UNSPOKEN_SHORTEST_MS : shortestMs(spokenLength);
  }
  const chosen = longestNonDecreasing(candidates.map(({ slack }) => slack));
  return new Map(
    chosen.flatMap((position) => {
      const candidate = candidates[position];
      return candidate ? [[candidate.index, candidate.startsAtMs] as const] : [];
    }),
  );
}

function fillBetween(texts: readonly TextToPlace[], kept: ReadonlyMap<number, number>): number[] {
  const starts: number[] = [];
  if (kept.size === 0) return starts;
  const anchors = [...kept.keys()];
  const usual = texts.map(({ spokenLength }) => (spokenLength === 0 ? UNSPOKEN_USUAL_MS : usualMs(spokenLength)));
  fillBackwards(starts, usual, anchors[0] ?? 0, kept.get(anchors[0] ?? 0) ?? 0);
  for (const [position, anchor] of anchors.entries()) {
    const next = anchors[position + 1] ?? texts.length;
    const from = kept.get(anchor) ?? 0;
    const roomMs = (kept.get(next) ?? Number.POSITIVE_INFINITY) - from;
    const totalMs = usual.slice(anchor, next).reduce((sum, ms) => sum + ms, 0);
    const haste = Math.min(1, roomMs / totalMs);
    let elapsedMs = 0;
    for (let index = anchor; index < next; index += 1) {
      starts[index] = Math.floor(from + elapsedMs * haste);
      elapsedMs += usual[index] ?? 0;
    }
  }
  return starts;
}

/** What precedes the first kept start ends there, at the usual pace or as fast as the recording's start demands. */
function fillBackwards(starts: number[], usual: readonly number[], first: number, firstStartMs: number): void {
  const totalMs = usual.slice(0, first).reduce((sum, ms) => sum + ms, 0);
  const haste = totalMs === 0 ? 1 : Math.min(1, firstStartMs / totalMs);
  let remainingMs = totalMs;
  for (let index = 0; index < first; index += 1) {
    // A product of fractions may be a hair more than the whole.
    starts[index] = Math.max(0, Math.floor(firstStartMs - remainingMs * haste));
    remainingMs -= usual[index] ?? 0;
  }
}

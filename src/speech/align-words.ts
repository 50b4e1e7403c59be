import { longestNonDecreasing } from './longest-non-decreasing.ts';

/** Words that appear once each in both texts, three in a row, are the same place for certain. */
const ANCHOR_WORDS = 3;
/** Table of at most this many cells between two anchors: a few hundred words on each side. */
const MAX_TABLE_CELLS = 250_000;

/**
 * Says which word of `others` each word of `words` is: its index, or -1. Pairs are in order on both sides.
 * Both are the same text with differences (cuts, headings, stage directions), already normalised by `wordKey`.
 * Anchors first (unique runs of three words), then what touches them, then the best match of what remains in between.
 */
export function alignWords(words: readonly string[], others: readonly string[]): Int32Array {
  const matched = new Int32Array(words.length).fill(-1);
  for (const [at, otherAt] of uniqueRuns(words, others)) {
    for (let step = 0; step < ANCHOR_WORDS; step += 1) matched[at + step] = otherAt + step;
  }
  let from = 0;
  let otherFrom = 0;
  for (let at = 0; at <= words.length; at += 1) {
    const other = at === words.length ? others.length : (matched[at] ?? -1);
    if (other < 0) continue;
    // Runs that overlap by different shifts would break the order: the first one counts.
    if (other < otherFrom) {
      matched[at] = -1;
      continue;
    }
    matchGap(words, others, matched, { from, to: at, otherFrom, otherTo: other });
    from = at + 1;
    otherFrom = other + 1;
  }
  return matched;
}

/** How a word is compared: no case, no accents, no punctuation. Empty for what is no word. */
export function wordKey(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase();
}

/** Positions of runs that are unique in both texts, in order in both. */
function uniqueRuns(words: readonly string[], others: readonly string[]): [number, number][] {
  const here = runPositions(words);
  const there = runPositions(others);
  const pairs: [number, number][] = [];
  for (const [run, at] of here) {
    const otherAt = there.get(run);
    if (at >= 0 && otherAt !== undefined && otherAt >= 0) pairs.push([at, otherAt]);
  }
  pairs.sort(([a], [b]) => a - b);
  return longestNonDecreasing(pairs.map(([, otherAt]) => otherAt)).flatMap((position) =>
    pairs.slice(position, position + 1),
  );
}

/** Run of words → where it stands, or -1 when it stands in several places. */
function runPositions(words: readonly string[]): Map<string, number> {
  const positions = new Map<string, number>();
  for (let at = 0; at + ANCHOR_WORDS <= words.length; at += 1) {
    const run = words.slice(at, at + ANCHOR_WORDS).join(' ');
    positions.set(run, positions.has(run) ? -1 : at);
  }
  return positions;
}

interface Gap {
  from: number;
  to: number;
  otherFrom: number;
  otherTo: number;
}

function matchGap(words: readonly string[], others: readonly string[], matched: Int32Array, gap: Gap): void {
  let { from, to, otherFrom, otherTo } = gap;
  while (from < to && otherFrom < otherTo && words[from] === others[otherFrom]) matched[from++] = otherFrom++;
  while (from < to && otherFrom < otherTo && words[to - 1] === others[otherTo - 1]) matched[--to] = --otherTo;
  const rows = to - from;
  const columns = otherTo - otherFrom;
  // A larger hole is text that the other side does not have.
  if (rows === 0 || columns === 0 || rows * columns > MAX_TABLE_CELLS) return;
  const same = (row: number, column: number): boolean => words[from + row] === others[otherFrom + column];
  const width = columns + 1;
  /** Length of the best match of what follows, by row and column. */
  const best = new Int32Array((rows + 1) * width);
  const at = (row: number, column: number): number => best[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      best[row * width + column] = same(row, column)
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    if (same(row, column)) matched[from + row++] = otherFrom + column++;
    else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
}

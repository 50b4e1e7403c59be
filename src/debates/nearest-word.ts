/** A word as it is written, and as it is compared. */
export interface KnownWord {
  key: string;
  label: string;
}

/** Slips that a word of this length may have, so that it is still the same word. */
function slipsAllowed(length: number): number {
  if (length <= 4) return 1;
  return length <= 8 ? 2 : 3;
}

/** The word that was probably meant: the one with the fewest slips, the first among equals; null when none is near enough. */
export function nearestWord(typed: string, candidates: readonly KnownWord[]): KnownWord | null {
  let nearest: KnownWord | null = null;
  let fewest = slipsAllowed(typed.length) + 1;
  for (const candidate of candidates) {
    const slips = slipsBetween(typed, candidate.key);
    if (slips < fewest) [nearest, fewest] = [candidate, slips];
  }
  return nearest;
}

/** Letters added, left out, exchanged or swapped with the next (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const differs = a[i - 1] === b[j - 1] ? 0 : 1;
      let slips = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, at(previous, j - 1) + differs);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        slips = Math.min(slips, at(before, j - 2) + 1);
      current.push(slips);
    }
    [before, previous] = [previous, current];
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

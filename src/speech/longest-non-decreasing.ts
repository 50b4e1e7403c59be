/**
 * Positions of a longest non-decreasing subsequence, in O(n log n). Of several that are as long, the one that takes the
 * earliest positions.
 */
export function longestNonDecreasing(values: readonly number[]): number[] {
  const lengths = lengthsFrom(values);
  const chosen: number[] = [];
  let wanted = lengths.reduce((longest, length) => Math.max(longest, length), 0);
  let last = Number.NEGATIVE_INFINITY;
  for (const [position, value] of values.entries()) {
    if (lengths[position] !== wanted || value < last) continue;
    chosen.push(position);
    wanted -= 1;
    last = value;
  }
  return chosen;
}

/** Length of the longest non-decreasing subsequence that begins at each position: patience sorting from the right. */
function lengthsFrom(values: readonly number[]): number[] {
  /** `heads[k]`: the largest value that a subsequence of length k + 1 can begin with. Never ascending. */
  const heads: number[] = [];
  const lengths: number[] = [];
  for (let position = values.length - 1; position >= 0; position -= 1) {
    const value = values[position] ?? 0;
    let low = 0;
    let high = heads.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((heads[middle] ?? 0) >= value) low = middle + 1;
      else high = middle;
    }
    heads[low] = value;
    lengths[position] = low + 1;
  }
  return lengths;
}

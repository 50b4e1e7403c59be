/** Bytes `start` (included) to `end` (excluded) of a file. */
export interface Span {
  start: number;
  end: number;
}

/** Adds a span to a sorted, disjoint list and joins what touches. */
export function addSpan(spans: readonly Span[], span: Span): Span[] {
  if (span.end <= span.start) return [...spans];
  const before: Span[] = [];
  const after: Span[] = [];
  let { start, end } = span;
  for (const other of spans) {
    if (other.end < start) before.push(other);
    else if (other.start > end) after.push(other);
    else {
      start = Math.min(start, other.start);
      end = Math.max(end, other.end);
    }
  }
  return [...before, { start, end }, ...after];
}

/** What a sorted, disjoint list leaves open in `[0, length)`, in order. */
export function missingSpans(spans: readonly Span[], length: number): Span[] {
  const missing: Span[] = [];
  let position = 0;
  for (const { start, end } of spans) {
    if (start > position) missing.push({ start: position, end: Math.min(start, length) });
    position = Math.max(position, end);
  }
  if (position < length) missing.push({ start: position, end: length });
  return missing;
}

/** Bytes covered by a disjoint list. */
export function coveredBytes(spans: readonly Span[]): number {
  return spans.reduce((sum, { start, end }) => sum + (end - start), 0);
}

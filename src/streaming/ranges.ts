/** What a `Range` header asks of a representation: bytes `start`..`end`, both included. */
export type RangeRequest = { kind: 'whole' } | { kind: 'part'; start: number; end: number } | { kind: 'unsatisfiable' };

const WHOLE: RangeRequest = { kind: 'whole' };
const UNSATISFIABLE: RangeRequest = { kind: 'unsatisfiable' };

/**
 * Reads a `Range` header (RFC 9110 §14.1.2, §14.2) for a representation of `sizeBytes`.
 * One range is served; several in one header, another unit or bad syntax are ignored, as the RFC allows: the answer is whole.
 */
export function parseRange(header: string | undefined, sizeBytes: number): RangeRequest {
  // `bytes=first-`, `bytes=first-last`, `bytes=-suffix`; the unit's name ignores case.
  const match = header === undefined ? null : /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header);
  if (!match) return WHOLE;
  const [, first = '', last = ''] = match;
  if (first === '') return last === '' ? WHOLE : suffix(Number(last), sizeBytes);
  const start = Number(first);
  const end = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== '' && Number(last) < start) return WHOLE;
  return start < sizeBytes ? { kind: 'part', start, end } : UNSATISFIABLE;
}

function suffix(length: number, sizeBytes: number): RangeRequest {
  if (length === 0 || sizeBytes === 0) return UNSATISFIABLE;
  return { kind: 'part', start: Math.max(0, sizeBytes - length), end: sizeBytes - 1 };
}

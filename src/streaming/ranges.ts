/** What a `Range` header asks of a representation: bytes `start`..`end`, both included. */
export type RangeRequest = { kind: 'whole' } | { kind: 'part'; start: number; end: number } | { kind: 'unsatisfiable' };

/** Its name ignores case (RFC 9110 §14.1). */
const UNIT = 'bytes=';
const ZERO = 0x30;
const NINE = 0x39;
const WHOLE: RangeRequest = { kind: 'whole' };
const UNSATISFIABLE: RangeRequest = { kind: 'unsatisfiable' };

/**
 * Reads a `Range` header (RFC 9110 §14.1.2, §14.2) for a representation of `sizeBytes`.
 * One range is served; several in one header, another unit or bad syntax are ignored, as the RFC allows: the answer is whole.
 */
export function parseRange(header: string | undefined, sizeBytes: number): RangeRequest {
  if (header === undefined || header.slice(0, UNIT.length).toLowerCase() !== UNIT) return WHOLE;
  // `first-`, `first-last`, `-suffix`. By hand, as players ask in hundreds of pieces: a pattern takes ten times as long.
  const firstAt = blanksEnd(header, UNIT.length);
  const dashAt = digitsEnd(header, firstAt);
  const lastEnd = digitsEnd(header, dashAt + 1);
  if (header[dashAt] !== '-' || blanksEnd(header, lastEnd) !== header.length) return WHOLE;
  const first = header.slice(firstAt, dashAt);
  const last = header.slice(dashAt + 1, lastEnd);
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

function digitsEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** Spaces and tabs (OWS, §5.6.3). */
function blanksEnd(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}

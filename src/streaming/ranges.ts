/** What a `Range` header asks of a representation: bytes `start`..`end`, both included. */
export type RangeRequest = { kind: 'whole' } | { kind: 'part'; start: number; end: number } | { kind: 'unsatisfiable' };

/** Its name ignores case (RFC 9110 §14.1). */
const UNIT = 'bytes=';
const ZERO = 0x30;
const NINE = 0x39;
const DASH = 0x2d;
const WHOLE: RangeRequest = { kind: 'whole' };
const UNSATISFIABLE: RangeRequest = { kind: 'unsatisfiable' };

/**
 * Reads a `Range` header (RFC 9110 §14.1.2, §14.2) for a representation of `sizeBytes`.
 * One range is served; several in one header, another unit or bad syntax are ignored, as the RFC allows: the answer is whole.
 */
export function parseRange(header: string | undefined, sizeBytes: number): RangeRequest {
  if (header === undefined || !isInBytes(header)) return WHOLE;
  // `first-`, `first-last`, `-suffix`. By hand, as players ask in hundreds of pieces: a pattern takes ten times as long.
  const firstAt = blanksEnd(header, UNIT.length);
  const dashAt = digitsEnd(header, firstAt);
  const lastEnd = digitsEnd(header, dashAt + 1);
  if (header.charCodeAt(dashAt) !== DASH || blanksEnd(header, lastEnd) !== header.length) return WHOLE;
  const isOpen = lastEnd === dashAt + 1;
  const last = isOpen ? sizeBytes - 1 : numberIn(header, dashAt + 1, lastEnd);
  if (dashAt === firstAt) return isOpen ? WHOLE : suffix(last, sizeBytes);
  const start = numberIn(header, firstAt, dashAt);
  if (!isOpen && last < start) return WHOLE;
  return start < sizeBytes ? { kind: 'part', start, end: Math.min(last, sizeBytes - 1) } : UNSATISFIABLE;
}

function isInBytes(header: string): boolean {
  return header.startsWith(UNIT) || header.slice(0, UNIT.length).toLowerCase() === UNIT;
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

/** Of digits; beyond the safe integers about, which is beyond every file. */
function numberIn(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) number = number * 10 + (text.charCodeAt(at) - ZERO);
  return number;
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

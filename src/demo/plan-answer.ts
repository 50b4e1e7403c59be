import type { IncomingHttpHeaders } from 'node:http';
import type { ByteSource } from './byte-source.ts';

/** What one address of the replay has to say, before the request's conditions and ranges are looked at. */
export interface Representation {
  status: number;
  contentType: string;
  source: ByteSource;
  /** Quoted, strong; null when the real host sends none. */
  etag: string | null;
  lastModifiedMs: number | null;
  acceptsRanges: boolean;
}

export interface AnswerPlan {
  status: number;
  headers: Record<string, string>;
  /** Body bytes of the representation: `from` up to and not including `to`. */
  from: number;
  to: number;
}

/** Conditions (RFC 9110 §13) and a single range (§14), as Apache and nginx answer them; several ranges get the whole. */
export function planAnswer(request: IncomingHttpHeaders, representation: Representation): AnswerPlan {
  const { source, etag, lastModifiedMs, acceptsRanges, status } = representation;
  const headers: Record<string, string> = { 'content-type': representation.contentType };
  if (etag !== null) headers.etag = etag;
  if (lastModifiedMs !== null) headers['last-modified'] = new Date(lastModifiedMs).toUTCString();
  if (acceptsRanges) headers['accept-ranges'] = 'bytes';

  if (status === 200 && isUnchanged(request, representation)) return { status: 304, headers, from: 0, to: 0 };

  const range =
    acceptsRanges && mayUseRange(request, representation) ? parseRange(request.range, source.sizeBytes) : null;
  if (range === 'unsatisfiable') {
    headers['content-range'] = `bytes */${source.sizeBytes}`;
    headers['content-length'] = '0';
    return { status: 416, headers, from: 0, to: 0 };
  }
  const { from, to } = range ?? { from: 0, to: source.sizeBytes };
  headers['content-length'] = String(to - from);
  if (range === null) return { status, headers, from, to };
  headers['content-range'] = `bytes ${from}-${to - 1}/${source.sizeBytes}`;
  return { status: 206, headers, from, to };
}

function isUnchanged(request: IncomingHttpHeaders, { etag, lastModifiedMs }: Representation): boolean {
  const ifNoneMatch = request['if-none-match'];
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === '*') return true;
    const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    return etag !== null && tags.includes(etag);
  }
  const sinceMs = Date.parse(request['if-modified-since'] ?? '');
  return lastModifiedMs !== null && wholeSecondsMs(lastModifiedMs) <= sinceMs;
}

/** If-Range asks for the whole file as soon as it is not the very one the client has begun (RFC 9110 §13.1.5). */
function mayUseRange(request: IncomingHttpHeaders, { etag, lastModifiedMs }: Representation): boolean {
  const ifRange = request['if-range'];
  if (typeof ifRange !== 'string') return true;
  if (ifRange.startsWith('"') || ifRange.startsWith('W/')) return ifRange === etag;
  return lastModifiedMs !== null && Date.parse(ifRange) === wholeSecondsMs(lastModifiedMs);
}

/** HTTP dates carry no fraction of a second. */
function wholeSecondsMs(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000;
}

type Range = { from: number; to: number };

/** Null when there is no range, or one that a server may ignore: malformed, another unit, several at once. */
function parseRange(header: string | undefined, sizeBytes: number): Range | 'unsatisfiable' | null {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/.exec(header ?? '');
  if (match === null) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '') {
    const suffixBytes = Math.min(Number(last), sizeBytes);
    return suffixBytes === 0 ? 'unsatisfiable' : { from: sizeBytes - suffixBytes, to: sizeBytes };
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return null;
  if (from >= sizeBytes) return 'unsatisfiable';
  return { from, to: last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes) };
}

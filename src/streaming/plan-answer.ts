import { parseRange } from './ranges.ts';

/** What is known of the bytes before any is read. */
export interface Representation {
  sizeBytes: number;
  /** Strong, quoted. */
  etag: string;
  lastModified: Date;
}

export type AnswerPlan =
  | { status: 200 | 206; start: number; end: number }
  | { status: 304 }
  | { status: 412 }
  | { status: 416 };

type ConditionalHeader =
  | 'if-match'
  | 'if-unmodified-since'
  | 'if-none-match'
  | 'if-modified-since'
  | 'if-range'
  | 'range';
/** The headers of a request that a plan looks at; others may be there. */
export type ConditionalHeaders = { readonly [name in ConditionalHeader]?: string | undefined };

/** Evaluates preconditions, then the range, in the order of RFC 9110 §13.2.2. `end` is -1 for an empty representation. */
export function planAnswer(headers: ConditionalHeaders, representation: Representation): AnswerPlan {
  const failed = precondition(headers, representation);
  if (failed !== null) return { status: failed };
  const { sizeBytes } = representation;
  const range = headers.range !== undefined && rangeApplies(headers['if-range'], representation);
  const wanted = parseRange(range ? headers.range : undefined, sizeBytes);
  if (wanted.kind === 'unsatisfiable') return { status: 416 };
  if (wanted.kind === 'whole') return { status: 200, start: 0, end: sizeBytes - 1 };
  return { status: 206, start: wanted.start, end: wanted.end };
}

function precondition(headers: ConditionalHeaders, representation: Representation): 304 | 412 | null {
  const { etag } = representation;
  const modified = wholeSeconds(representation.lastModified);
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined) {
    if (!names(ifMatch, etag, 'strong')) return 412;
  } else {
    const unmodifiedSince = dateOf(headers['if-unmodified-since']);
    if (unmodifiedSince !== null && modified > unmodifiedSince) return 412;
  }
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) return names(ifNoneMatch, etag, 'weak') ? 304 : null;
  const modifiedSince = dateOf(headers['if-modified-since']);
  return modifiedSince !== null && modified <= modifiedSince ? 304 : null;
}

/** §13.1.5: a strong ETag that is the same, or exactly the date that we gave; otherwise the whole is sent. */
function rangeApplies(ifRange: string | undefined, representation: Representation): boolean {
  if (ifRange === undefined) return true;
  const given = ifRange.trim();
  if (given.startsWith('"')) return given === representation.etag;
  return dateOf(given) === wholeSeconds(representation.lastModified);
}

/** Whether a list of entity tags, or `*`, names this one (§8.8.3.2). */
function names(header: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (header.trim() === '*') return true;
  return header.split(',').some((one) => {
    const tag = one.trim();
    return tag === etag || (comparison === 'weak' && tag === `W/${etag}`);
  });
}

/** HTTP dates have whole seconds. */
function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1_000) * 1_000;
}

/** Only the form that we send ourselves (§5.6.7) is taken; anything else is no date, and its header is ignored. */
function dateOf(header: string | undefined): number | null {
  if (header === undefined || !/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header)) return null;
  const time = Date.parse(header);
  return Number.isNaN(time) ? null : time;
}

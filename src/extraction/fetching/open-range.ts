import type { Readable } from 'node:stream';
import type { Fetcher, OpenedResponse } from '../../platform/fetch/index.ts';
import { extractionErrors } from '../errors.ts';
import type { Representation } from './part-journal.ts';
import { sniffContentType } from './sniff.ts';
import type { Span } from './spans.ts';

export type RangeAnswer =
  | { kind: 'part'; response: OpenedResponse; representation: Representation }
  /** The server knows no ranges, or no longer has the representation that was asked for. */
  | { kind: 'whole'; response: OpenedResponse; lengthBytes: number | null }
  | { kind: 'unsatisfiable' };

/**
 * Asks for bytes of a file (RFC 9110 §14), under the condition that it is still `expected` where one is.
 * Headers that contradict the request are an error; nothing of the body has been read.
 * @throws FetchError; extraction/not-audio, extraction/source-misbehaves; the signal's reason
 */
export async function openRange(
  fetcher: Fetcher,
  options: {
    /** Where to ask: `representation.url`, or where that redirected to. */
    url: string;
    /** Under which address the file is remembered. */
    originalUrl: string;
    /** Absent: the whole file, without a Range header. */
    span?: Span;
    expected?: Representation;
    /** False where a document of somebody else named the address. */
    followRedirects?: boolean;
    signal: AbortSignal;
  },
): Promise<RangeAnswer> {
  const { span, expected } = options;
  const validator = expected === undefined ? null : strongValidator(expected);
  const response = await fetcher.open(options.url, {
    signal: options.signal,
    // Waiting and trying again is decided by `patience`, which knows what the other connections do.
    retries: 0,
    followRedirects: options.followRedirects ?? true,
    headers: {
      'accept-encoding': 'identity',
      ...(span === undefined ? {} : { range: `bytes=${span.start}-${span.end - 1}` }),
      ...(span !== undefined && validator !== null ? { 'if-range': validator } : {}),
    },
  });
  try {
    return readAnswer(response, options.originalUrl, span);
  } catch (error) {
    abandon(response.body);
    throw error;
  }
}

function readAnswer(response: OpenedResponse, url: string, span: Span | undefined): RangeAnswer {
  const { headers, status } = response;
  if (status === 416) {
    abandon(response.body);
    return { kind: 'unsatisfiable' };
  }
  const found = sniffContentType(headers['content-type']);
  if (found !== null) throw extractionErrors.error('not-audio', { params: { found } });
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw misbehaves(`content-encoding ${encoding}`);
  if (status === 200) return { kind: 'whole', response, lengthBytes: wholeNumber(headers['content-length']) };
  if (status !== 206 || span === undefined) throw misbehaves(`status ${status}`);
  const range = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)$/.exec(headers['content-range'] ?? '');
  if (range === null) throw misbehaves('content-range');
  const [start, last, length] = [Number(range[1]), Number(range[2]), wholeNumber(range[3])];
  if (start !== span.start || last < start || last >= span.end) throw misbehaves('content-range');
  // A length that the server does not know (`*`) cannot be shared between connections: it is read in one go instead.
  if (length === null) {
    abandon(response.body);
    return { kind: 'unsatisfiable' };
  }
  if (last >= length) throw misbehaves('content-range');
  return {
    kind: 'part',
    response,
    representation: {
      url,
      lengthBytes: length,
      etag: headers.etag ?? null,
      lastModified: headers['last-modified'] ?? null,
    },
  };
}

/** True when two answers speak of the same bytes. A validator that only one of them has says nothing. */
export function sameRepresentation(a: Representation, b: Representation): boolean {
  const agree = (x: string | null, y: string | null): boolean => x === null || y === null || x === y;
  return a.lengthBytes === b.lengthBytes && agree(a.etag, b.etag) && agree(a.lastModified, b.lastModified);
}

/** If-Range takes a strong ETag or a date, never a weak ETag (RFC 9110 §13.1.5). */
function strongValidator({ etag, lastModified }: Representation): string | null {
  return etag !== null && !etag.startsWith('W/') ? etag : lastModified;
}

/** Leaves a body unread; costs its connection. */
export function abandon(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function misbehaves(what: string): Error {
  return extractionErrors.error('source-misbehaves', { params: { what } });
}

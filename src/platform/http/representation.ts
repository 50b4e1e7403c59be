import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import Negotiator from 'negotiator';
import type { Headers } from './fixed-headers.ts';
import { headLines } from './head-in-one.ts';

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

export type Encoding = 'br' | 'gzip' | 'identity';
/** Below this a compressed answer saves less than its header costs (one TCP segment holds about 1.4 kB). */
const MIN_COMPRESSED_BYTES = 1_400;
/** 4 gives most of brotli's gain at about gzip's cost; live answers cannot wait for 11. */
const BROTLI_QUALITY = 4;
/** Browsers, players and libraries send a few dozen different headers between them; what is invented beyond is parsed each time. */
const REMEMBERED_HEADERS = 200;
const compressionFor = new Map<string, Encoding>();

/** The encoding to answer with (RFC 9110 §12.5.3). */
export function chooseEncoding(acceptEncoding: string | undefined, sizeBytes: number): Encoding {
  if (sizeBytes < MIN_COMPRESSED_BYTES || acceptEncoding === undefined) return 'identity';
  const known = compressionFor.get(acceptEncoding);
  if (known !== undefined) return known;
  const negotiator = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } });
  const accepted = negotiator.encodings(['br', 'gzip', 'identity']);
  // The client's order says what it can read, not what is smallest.
  const chosen = (['br', 'gzip'] as const).find((encoding) => accepted.includes(encoding)) ?? 'identity';
  if (compressionFor.size < REMEMBERED_HEADERS) compressionFor.set(acceptEncoding, chosen);
  return chosen;
}

/** Whether `If-None-Match` (RFC 9110 §13.1.2, weak comparison) names this ETag. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}

/** One answer in one encoding. */
export interface Representation {
  etag: string;
  encoding: Encoding;
  body: Buffer;
  /** As `headLines` makes them. */
  head: string;
  /** The same for an answer that says "as you have it": without what describes a body. */
  headOf304: string;
}

/** An answer to a GET, whole: what is said of it, what it is, and what was made of it for those who read it compressed. */
export interface Answer {
  /** Without what belongs to one request or one encoding. */
  head: Headers;
  body: Buffer;
  made: { [Name in Encoding]?: Representation | Promise<Representation> };
}

/**
 * An answer in the given encoding, made once. Where compression does not halve it, it is given as it is: so all that an answer
 * holds never takes more than twice its body.
 */
export function represent(answer: Answer, encoding: Encoding): Representation | Promise<Representation> {
  const made = answer.made[encoding];
  if (made !== undefined) return made;
  if (encoding === 'identity') return keep(answer, encoding, answer.body);
  const making = compress(answer.body, encoding).then((body) =>
    body.length * 2 < answer.body.length ? keep(answer, encoding, body) : represent(answer, 'identity'),
  );
  answer.made[encoding] = making;
  return making;
}

function keep(answer: Answer, encoding: Encoding, body: Buffer): Representation {
  const etag = etagOf(answer.body, encoding);
  const headOf304 = [...answer.head.filter(([name]) => name !== 'content-type').flat(), 'etag', etag];
  const head = [...answer.head.flat(), 'etag', etag, 'content-length', String(body.length)];
  if (encoding !== 'identity') head.push('content-encoding', encoding);
  const representation = { etag, encoding, body, head: headLines(head), headOf304: headLines(headOf304) };
  answer.made[encoding] = representation;
  return representation;
}

/** Strong ETag of one representation: the same bytes in another encoding are another representation (RFC 9110 §8.8.3.3). */
function etagOf(body: Buffer, encoding: Encoding): string {
  // 16 bytes of SHA-256: no two answers of one address will ever collide.
  const hash = createHash('sha256').update(body).digest().subarray(0, 16).toString('base64url');
  return encoding === 'identity' ? `"${hash}"` : `"${hash}-${encoding}"`;
}

function compress(body: Buffer, encoding: 'br' | 'gzip'): Promise<Buffer> {
  if (encoding === 'gzip') return compressGzip(body);
  return compressBrotli(body, {
    params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
  });
}

/** Memory that an answer may take, with all that is made of it: see `represent`. */
export function answerBytes(answer: Answer): number {
  const head = answer.head.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  // The head once by itself and once for each of three encodings.
  return 2 * answer.body.length + 4 * head;
}

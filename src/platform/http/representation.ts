import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import Negotiator from 'negotiator';

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

export type Encoding = 'br' | 'gzip' | 'identity';
/** Below this a compressed answer saves less than its header costs (one TCP segment holds about 1.4 kB). */
const MIN_COMPRESSED_BYTES = 1_400;
/** 4 gives most of brotli's gain at about gzip's cost; live answers cannot wait for 11. */
const BROTLI_QUALITY = 4;

/** The encoding to answer with (RFC 9110 §12.5.3). */
export function chooseEncoding(acceptEncoding: string | undefined, sizeBytes: number): Encoding {
  if (sizeBytes < MIN_COMPRESSED_BYTES || acceptEncoding === undefined) return 'identity';
  const negotiator = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } });
  const accepted = negotiator.encodings(['br', 'gzip', 'identity']);
  // The client's order says what it can read, not what is smallest.
  return (['br', 'gzip'] as const).find((encoding) => accepted.includes(encoding)) ?? 'identity';
}

/** Strong ETag of one representation: the same bytes in another encoding are another representation (RFC 9110 §8.8.3.3). */
export function etagOf(body: string | Buffer, encoding: Encoding): string {
  // 16 bytes of SHA-256: no two answers of one address will ever collide.
  const hash = createHash('sha256').update(body).digest().subarray(0, 16).toString('base64url');
  return encoding === 'identity' ? `"${hash}"` : `"${hash}-${encoding}"`;
}

/** Whether `If-None-Match` (RFC 9110 §13.1.2, weak comparison) names this ETag. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}

export async function encode(body: string, encoding: Encoding): Promise<Buffer> {
  const bytes = Buffer.from(body);
  if (encoding === 'br') {
    return compressBrotli(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
  }
  return encoding === 'gzip' ? compressGzip(bytes) : bytes;
}

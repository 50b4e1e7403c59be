import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../platform/clock/index.ts';
import type { AudioFormat } from '../vault/index.ts';

export interface LinkedFile {
  sha256: string;
  format: AudioFormat;
  /** Under which the browser saves it. */
  name: string;
}

export interface SignedLinks {
  /** An address of the file that works for anyone until `expiresAt`. */
  issue(file: LinkedFile): { url: string; expiresAt: Date };
  /** Whether this server signed exactly this, and it still holds. */
  check(link: LinkedFile & { expires: number; signature: string }): 'valid' | 'invalid' | 'expired';
}

/** Long enough to download 60 MB on a bad line and take it up again after lunch; short enough not to be passed around for ever. */
export const VALID_SECONDS = 6 * 3_600;

/** Addresses with a date and an HMAC-SHA-256 over all that they say: no lookup is needed to believe them. */
export function createSignedLinks(options: { secret: string; publicUrl: string; clock: Clock }): SignedLinks {
  const { publicUrl, clock } = options;
  const sign = (file: LinkedFile, expires: number): Buffer =>
    createHmac('sha256', options.secret)
      .update(JSON.stringify(['download', file.sha256, file.format, file.name, expires]))
      .digest();

  return {
    issue: (file) => {
      const expires = Math.floor(clock.now().getTime() / 1_000) + VALID_SECONDS;
      const signature = sign(file, expires).toString('base64url');
      const query = new URLSearchParams({ expires: String(expires), signature, name: file.name });
      const url = `${publicUrl}/files/${file.sha256}.${file.format}?${query}`;
      return { url, expiresAt: new Date(expires * 1_000) };
    },
    check: (link) => {
      const given = Buffer.from(link.signature, 'base64url');
      const expected = sign(link, link.expires);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'invalid';
      return link.expires * 1_000 > clock.now().getTime() ? 'valid' : 'expired';
    },
  };
}

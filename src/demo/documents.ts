import { createHash } from 'node:crypto';
import type { Clock } from '../platform/clock/index.ts';
import { bufferSource } from './byte-source.ts';
import type { Representation } from './plan-answer.ts';
import type { SittingRecording } from './sitting.ts';

export const CONTENT_TYPES = {
  html: 'text/html; charset=UTF-8',
  xml: 'text/xml',
  text: 'text/plain',
  jpeg: 'image/jpeg',
  zip: 'application/zip',
  mp3: 'audio/mpeg',
  playlist: 'application/vnd.apple.mpegurl',
  segment: 'video/MP2T',
} as const;
type ContentType = keyof typeof CONTENT_TYPES;

/** What is made anew for each request: no validators, no ranges. */
export function page(type: ContentType, body: Buffer | string): Representation {
  return {
    status: 200,
    contentType: CONTENT_TYPES[type],
    source: bufferSource(Buffer.from(body)),
    etag: null,
    lastModifiedMs: null,
    acceptsRanges: false,
  };
}

/** A file of a recording, at its path: validators that hold as long as its bytes, and ranges. */
export type FileMaker = (
  path: string,
  type: ContentType,
  body: Buffer | string,
  recording: SittingRecording,
) => Representation;

/** Files are as old as the end of their recording, or as the first request that found them other than before. */
export function createFileMaker(clock: Clock): FileMaker {
  /** One entry for each file asked, which the sittings' own number bounds. */
  const seen = new Map<string, { etag: string; lastModifiedMs: number }>();

  return (path, type, body, { startsAtMs, durationSeconds }) => {
    const etag = `"${createHash('sha1').update(body).digest('hex').slice(0, 16)}"`;
    const known = seen.get(path);
    const lastModifiedMs =
      known === undefined
        ? startsAtMs + durationSeconds * 1000
        : known.etag === etag
          ? known.lastModifiedMs
          : clock.now().getTime();
    seen.set(path, { etag, lastModifiedMs });
    return { ...page(type, body), etag, lastModifiedMs, acceptsRanges: true };
  };
}

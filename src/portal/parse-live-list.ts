import { decodeDocument } from './decode-text.ts';
import { malformed } from './errors.ts';
import { findVideoId } from './video-id.ts';

const DOCUMENT = 'live.txt';
/** There are some fifty rooms. */
const MAX_LINES = 500;

export interface LiveList {
  streams: {
    /** Number of the stream; 36 is the hemicycle. Null when known from a page only, where a link does not mean live. */
    flux: string | null;
    videoId: string;
  }[];
  rejected: { entry: string; reason: string }[];
}

/**
 * Reads live.txt: `<flux> <videoId, or a path that holds it>` a line; an empty file when nothing is on the air.
 * @throws AppError `portal/malformed`, `portal/html-instead`
 */
export function parseLiveList(bytes: Uint8Array): LiveList {
  const lines = decodeDocument(bytes, DOCUMENT)
    .text.split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  if (lines.length > MAX_LINES) throw malformed(DOCUMENT, `more than ${MAX_LINES} lines`);
  const streams = new Map<string, LiveList['streams'][number]>();
  const rejected: LiveList['rejected'] = [];
  for (const line of lines) {
    const [flux = '', address = ''] = line.split(/\s+/);
    const videoId = findVideoId(address);
    if (videoId === null) rejected.push({ entry: line.slice(0, 200), reason: 'no video id' });
    else if (!streams.has(videoId)) streams.set(videoId, { flux, videoId });
  }
  return { streams: [...streams.values()], rejected };
}

/** What a body turns out to be instead of the sound, in a word for the error; null when it may be the sound. */
export type Sniffed = 'html' | 'text' | 'nothing' | 'unknown data' | null;

/** `segment`: any piece of media, of which only a page or a text is not one. */
export type ExpectedBytes = 'mp3' | 'mp4' | 'segment';

/** Enough for the longest frame of MPEG layer III (1,441 bytes) and the start of a second. */
export const SNIFF_BYTES = 4096;

/** A declared type that cannot be sound. Missing or generic types say nothing: servers of media are careless. */
export function sniffContentType(contentType: string | undefined): Sniffed {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  // `text/plain` is what servers send for an extension that they do not know.
  if (type === 'application/json' || type.endsWith('xml')) return 'text';
  return null;
}

/**
 * Looks at the first bytes of what should be an MP3 (ISO 11172-3, ID3v2) or an MP4 (ISO 14496-12), so that an error page
 * is not fetched as a sitting. The whole file is verified later; this only saves the trouble.
 */
export function sniffBytes(first: Buffer, expected: ExpectedBytes): Sniffed {
  if (first.length === 0) return 'nothing';
  const start = first
    .subarray(0, 256)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (/^<(!doctype html|html|head|body|!--|\?xml)/i.test(start)) return 'html';
  if (/^(<|\{|\[|#EXTM3U)/.test(start)) return 'text';
  if (expected === 'mp3' && !looksLikeMp3(first)) return 'unknown data';
  if (expected === 'mp4' && !looksLikeMp4(first)) return 'unknown data';
  return null;
}

function looksLikeMp3(first: Buffer): boolean {
  if (first.subarray(0, 3).toString('latin1') === 'ID3') return true;
  for (let at = first.indexOf(0xff); at >= 0 && at + 2 < first.length; at = first.indexOf(0xff, at + 1)) {
    const versionAndLayer = first[at + 1] ?? 0;
    const rates = first[at + 2] ?? 0;
    const synchronised = (versionAndLayer & 0xe0) === 0xe0;
    // Reserved: version 01, layer 00, bitrate 1111, sampling rate 11.
    const reserved =
      (versionAndLayer & 0x18) === 0x08 ||
      (versionAndLayer & 0x06) === 0 ||
      (rates & 0xf0) === 0xf0 ||
      (rates & 0x0c) === 0x0c;
    if (synchronised && !reserved) return true;
  }
  return false;
}

const FIRST_BOXES = new Set(['ftyp', 'styp', 'moov', 'mdat', 'free', 'skip', 'wide']);

function looksLikeMp4(first: Buffer): boolean {
  return FIRST_BOXES.has(first.subarray(4, 8).toString('latin1'));
}

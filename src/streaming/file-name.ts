/** Room for the name on every file system: 255 bytes there, less what downloaders append (` (2)`, `.part`, paths). */
const MAX_NAME_BYTES = 150;
const ELLIPSIS = '…';

const graphemes = new Intl.Segmenter('fr', { granularity: 'grapheme' });

/**
 * The name under which a listener finds the file again: `2026-10-06 2ème séance - Réponse intégrale….mp3`.
 * Allowed on Windows, Android and FAT cards, at most 150 bytes in UTF-8, no character cut.
 */
export function downloadName(debate: { day: string; title: string }, format: string): string {
  const title = debate.title
    .normalize('NFC')
    // A colon is how the portal writes "sitting: subject"; Windows takes it for a drive.
    .replace(/\s*:\s+/g, ' - ')
    .replace(/["“”«»]/g, "'")
    .replace(/[<>:/\\|]/g, '-')
    // Forbidden on Windows; controls; and marks that turn the direction of what follows, with which a name can lie.
    .replace(/[?*]|[\p{Cc}\p{Cf}\p{Cs}]/gu, ' ')
    .replace(/\s+/g, ' ')
    // Windows drops dots and spaces at the end of a name.
    .replace(/^[\s.-]+|[\s.-]+$/g, '');
  const extension = `.${format}`;
  const name = title === '' ? debate.day : `${debate.day} ${title}`;
  return `${shorten(name, MAX_NAME_BYTES - extension.length)}${extension}`;
}

/** Cuts between characters as readers see them, at a word's end when one is near. */
function shorten(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const room = maxBytes - Buffer.byteLength(ELLIPSIS);
  let kept = '';
  let bytes = 0;
  for (const { segment } of graphemes.segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > room) break;
    kept += segment;
  }
  const lastSpace = kept.lastIndexOf(' ');
  // A word longer than a quarter of the name is cut rather than dropped.
  const atWord = lastSpace > kept.length * 0.75 ? kept.slice(0, lastSpace) : kept;
  return `${atWord.replace(/[\s.,;-]+$/, '')}${ELLIPSIS}`;
}

/** The same in ASCII, for clients that know no RFC 8187. */
export function asciiName(name: string): string {
  return name
    .replaceAll(ELLIPSIS, '...')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/g, '_');
}

import { type DecodedText, decodeDocument } from './decode-text.ts';
import { malformed } from './errors.ts';

const DOCUMENT = 'captions';
/** Twelve hours of a cue a second, twice over. */
const MAX_CUES = 100_000;

const INSTANT = String.raw`(\d{1,3}):(\d{1,2}):(\d{1,2})(?:[,.](\d{1,3}))?`;
const TIMING_LINE = new RegExp(String.raw`^\s*${INSTANT}\s*-->\s*${INSTANT}(?!\d)`);

export interface Captions {
  encoding: DecodedText['encoding'];
  cues: CaptionCue[];
}

/** Milliseconds from the start of the recording. */
export interface CaptionCue {
  startsAtMs: number;
  endsAtMs: number;
  /** As published: a leading space or a lone full stop is the rest of the sentence that the cut went through. */
  text: string;
}

/**
 * Reads SRT captions in either encoding, any line end, comma or dot as decimal mark. Cues keep the file's order and
 * times, odd or not. A cue without text, as at the end of a file that was cut, is left out.
 * @throws AppError `portal/html-instead`: the portal answers a page where there are no captions; `portal/malformed`
 */
export function parseCaptions(bytes: Uint8Array): Captions {
  const { text, encoding } = decodeDocument(bytes, DOCUMENT);
  const cues: CaptionCue[] = [];
  let open: { startsAtMs: number; endsAtMs: number; lines: string[] } | null = null;
  const close = (endOfFile: boolean) => {
    if (open === null) return;
    const spoken = textOf(open.lines, endOfFile);
    if (spoken.trim() !== '') cues.push({ startsAtMs: open.startsAtMs, endsAtMs: open.endsAtMs, text: spoken });
    open = null;
  };
  for (const line of text.split(/\r\n|\r|\n/)) {
    const times = TIMING_LINE.exec(line);
    if (times === null) {
      open?.lines.push(line);
      continue;
    }
    close(false);
    if (cues.length >= MAX_CUES) throw malformed(DOCUMENT, `more than ${MAX_CUES} cues`);
    open = { startsAtMs: milliseconds(times.slice(1, 5)), endsAtMs: milliseconds(times.slice(5, 9)), lines: [] };
  }
  close(true);
  if (cues.length === 0 && text.trim() !== '') throw malformed(DOCUMENT, 'no cue');
  return { encoding, cues };
}

/**
 * The lines between two timing lines, without the number of the next cue. At the end of the file a lone number after
 * an empty line is the start of a cue that was cut.
 */
function textOf(lines: readonly string[], endOfFile: boolean): string {
  let end = lines.length;
  const skipBlank = () => {
    while (end > 0 && lines[end - 1]?.trim() === '') end -= 1;
  };
  skipBlank();
  const isNumber = /^\s*\d+\s*$/.test(lines[end - 1] ?? '');
  const afterBlank = end === 1 || lines[end - 2]?.trim() === '';
  if (isNumber && (!endOfFile || afterBlank)) end -= 1;
  skipBlank();
  return lines.slice(0, end).join('\n');
}

function milliseconds(parts: readonly (string | undefined)[]): number {
  const [hours = '0', minutes = '0', seconds = '0', fraction = '0'] = parts;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, '0'));
}

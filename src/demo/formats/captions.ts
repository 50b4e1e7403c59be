import type { SittingCue } from '../sitting.ts';

/** What the edited record writes and ISO-8859-1 cannot. */
const SUBSTITUTES: Record<string, string> = {
  '’': "'",
  '‘': "'",
  œ: 'oe',
  Œ: 'OE',
  '–': '-',
  '—': '-',
  '…': '...',
  '€': 'euros',
};

/**
 * Captions as the portal serves them: SRT in ISO-8859-1, comma as decimal mark, each text behind a space and, where the
 * text is long, cut in mid sentence into two cues.
 */
export function renderCaptions(cues: readonly SittingCue[]): Buffer {
  const text = cues
    .flatMap(cutInMidSentence)
    .map(
      ({ startsAtMs, endsAtMs, text }, index) =>
        `${index + 1}\n${timecode(startsAtMs)} --> ${timecode(endsAtMs)}\n ${text}\n`,
    )
    .join('\n');
  return Buffer.from(
    text.replace(/[\u0100-\uffff]/g, (character) => SUBSTITUTES[character] ?? '?'),
    'latin1',
  );
}

/** Longer texts than this are cut near their middle, at a word. */
const CUT_ABOVE_CHARACTERS = 80;

function cutInMidSentence(cue: SittingCue): SittingCue[] {
  const { startsAtMs, endsAtMs, text } = cue;
  const cutAt = text.indexOf(' ', text.length / 2);
  if (text.length <= CUT_ABOVE_CHARACTERS || cutAt === -1) return [cue];
  // Speech is even enough for the share of the letters to be the share of the time.
  const middleMs = Math.round(startsAtMs + ((endsAtMs - startsAtMs) * cutAt) / text.length);
  return [
    { startsAtMs, endsAtMs: middleMs, text: text.slice(0, cutAt) },
    { startsAtMs: middleMs, endsAtMs, text: text.slice(cutAt + 1) },
  ];
}

/** `HH:MM:SS,mmm`. */
function timecode(timeMs: number): string {
  const [hours, minutes, seconds] = [3_600_000, 60_000, 1000].map((unitMs, index) =>
    String(index === 0 ? Math.floor(timeMs / unitMs) : Math.floor(timeMs / unitMs) % 60).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${seconds},${String(timeMs % 1000).padStart(3, '0')}`;
}

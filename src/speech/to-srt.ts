import { clockLabel } from './clock-label.ts';
import { type Cue, isTimed } from './cue.ts';

/** Long enough to read two lines. */
const NOTICE_MS = 5_000;

/**
 * Captions as SubRip: numbered, comma as decimal mark, LF ends (parsers in use keep the CR of CRLF
 * in the text). SRT has no voices, so a
 * change of speaker is written at the head of the text; and no comments, so `notice` is shown over the empty room at the
 * start, when there is room for it. Headings and what has no time are left out.
 */
export function toSrt(cues: readonly Cue[], notice: string): string {
  const shown = cues.filter(isTimed).filter(({ kind }) => kind !== 'heading');
  const blocks: string[] = [];
  const add = (startsAtMs: number, endsAtMs: number, text: string): void => {
    const times = `${clockLabel(startsAtMs, ',')} --> ${clockLabel(endsAtMs, ',')}`;
    blocks.push(`${blocks.length + 1}\n${times}\n${plain(text)}\n`);
  };
  if ((shown[0]?.startsAtMs ?? 0) >= NOTICE_MS) add(0, NOTICE_MS, notice);
  let speaking: string | null = null;
  for (const { startsAtMs, endsAtMs, kind, speaker, text } of shown) {
    const name = kind === 'stage-direction' ? null : (speaker?.name ?? null);
    add(startsAtMs, endsAtMs, name !== null && name !== speaking ? `${name} : ${text}` : text);
    if (kind !== 'stage-direction') speaking = name;
  }
  return blocks.join('\n');
}

/** Players take `<` for markup and an arrow for a time. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('-->', '→').replaceAll('<', '‹').replaceAll('>', '›').trim();
}

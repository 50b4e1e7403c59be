import type { CaptionCue } from '../portal/index.ts';
import { wordKey } from './align-words.ts';
import { longestMs } from './speech-pace.ts';

/** A word of the captions on the clock. */
export interface CaptionWord {
  /** As written, with its punctuation. */
  text: string;
  /** For comparing; empty for lone punctuation. */
  key: string;
  startsAtMs: number;
  endsAtMs: number;
}

/**
 * Spreads the words of captions over the time of their cues, by length.
 * Captions are cut anywhere, and the aligner lets a cue begin where the last one ended: one may last the 7.5 minutes of
 * the empty room before the words it holds. So a cue that lasts longer than the slowest speaker needs begins late.
 */
export function captionWords(cues: readonly CaptionCue[]): CaptionWord[] {
  const words: CaptionWord[] = [];
  for (const cue of cues.toSorted((a, b) => a.startsAtMs - b.startsAtMs || a.endsAtMs - b.endsAtMs)) {
    const text = cue.text.trim().replace(/\s+/g, ' ');
    if (text === '' || cue.endsAtMs <= cue.startsAtMs) continue;
    const startsAtMs = spokenFrom(cue);
    const msPerCharacter = (cue.endsAtMs - startsAtMs) / text.length;
    let at = 0;
    for (const word of text.split(' ')) {
      words.push({
        text: word,
        key: wordKey(word),
        startsAtMs: Math.round(startsAtMs + at * msPerCharacter),
        endsAtMs: Math.round(startsAtMs + (at + word.length) * msPerCharacter),
      });
      at += word.length + 1;
    }
  }
  return words;
}

/** When the words of a caption can have begun, in milliseconds. */
export function spokenFrom(cue: CaptionCue): number {
  return Math.max(cue.startsAtMs, cue.endsAtMs - longestMs(cue.text.trim().length));
}

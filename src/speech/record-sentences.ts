import { plainText, type RecordKind, type RecordParagraph, type RecordSpeaker } from '../portal/index.ts';
import { isSpoken } from './cue.ts';
import { splitSentences } from './split-sentences.ts';

/** A sentence of the record, before it has a place on the clock. */
export interface RecordSentence {
  kind: RecordKind;
  speaker: RecordSpeaker | null;
  text: string;
  spoken: boolean;
  /** Published time of the paragraph, on its first spoken sentence only. */
  startsAtMs: number | null;
}

/** Cuts the record into sentences; stage directions inside a speech stand alone, so that nobody is made to say them. */
export function recordSentences(paragraphs: readonly RecordParagraph[]): RecordSentence[] {
  return paragraphs.flatMap(sentencesOf);
}

function sentencesOf(paragraph: RecordParagraph): RecordSentence[] {
  const { kind, speaker } = paragraph;
  if (kind === 'heading') {
    return [{ kind, speaker: null, text: lineOf(plainText(paragraph.pieces)), spoken: false, startsAtMs: null }];
  }
  const sentences: RecordSentence[] = [];
  const spoken = isSpoken({ kind, speaker });
  let said = '';
  const flush = () => {
    for (const text of splitSentences(said)) sentences.push({ kind, speaker, text, spoken, startsAtMs: null });
    said = '';
  };
  for (const piece of paragraph.pieces) {
    if (piece.style !== 'stage-direction' || !spoken) {
      said += piece.text;
      continue;
    }
    flush();
    sentences.push({
      kind: 'stage-direction',
      speaker: null,
      text: lineOf(piece.text),
      spoken: false,
      startsAtMs: null,
    });
  }
  flush();
  const timed = sentences.find((sentence) => sentence.spoken) ?? sentences[0];
  if (timed) timed.startsAtMs = paragraph.startsAtMs;
  return sentences;
}

function lineOf(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

import type { TextPiece } from './record-text.ts';

/**
 * What a paragraph of the record is. Only `speech` is a turn that somebody had the floor for; `vote` and `suspension`
 * may also be spoken (by the chair), `heading` and `stage-direction` never are.
 */
export type RecordKind = 'speech' | 'interruption' | 'stage-direction' | 'vote' | 'suspension' | 'heading';

/**
 * Classifies by the writers' own codes (`code_grammaire`, `code_style`) before looking at the text:
 * the codes tell a reopening from an applause where both are italic lines in brackets.
 */
export function classifyParagraph(paragraph: {
  grammarCode: string | null;
  style: string | null;
  named: boolean;
  pieces: readonly TextPiece[];
}): RecordKind {
  const code = paragraph.grammarCode ?? '';
  if (code.startsWith('SUSP')) return 'suspension';
  if (code.startsWith('SCRUT')) return 'vote';
  if (paragraph.style === 'Info Italiques' || onlyStageDirections(paragraph.pieces)) return 'stage-direction';
  if (code.startsWith('INTERRUPTION')) return 'interruption';
  // Signatures and the like: italics that nobody is named for.
  if (!paragraph.named && paragraph.pieces.every((piece) => piece.style !== 'plain' || piece.text.trim() === '')) {
    return 'stage-direction';
  }
  return 'speech';
}

function onlyStageDirections(pieces: readonly TextPiece[]): boolean {
  let seen = false;
  for (const piece of pieces) {
    if (piece.style === 'stage-direction') seen = true;
    else if (/[\p{L}\p{N}]/u.test(piece.text)) return false;
  }
  return seen;
}

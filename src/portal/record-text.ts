/**
 * A run of a paragraph's text. Joined in order, the pieces of a paragraph give its whole text.
 * `italic` is typography (`9 terdecies`); `stage-direction` is what the writers saw and nobody said (`(Applaudissements.)`).
 */
export interface TextPiece {
  text: string;
  style: 'plain' | 'italic' | 'stage-direction';
}

/** Collects the mixed content of a `texte` element; `finish()` gives it and starts afresh. */
export interface TextCollector {
  add(text: string, typography: { italic: boolean; superscript: boolean }): void;
  /** A `<br/>`: the writers' own line end, unlike the line ends of the XML file, which are only spaces. */
  breakLine(): void;
  finish(): TextPiece[];
}

/** A parenthesis that opens on a capital, which may hold one inner parenthesis: `(M. Martin (Alpes) applaudit.)`. */
const CAPITAL_PARENTHESIS = /\((?=\s?\p{Lu})(?:[^()]|\([^()]*\))*\)/gu;

export function createTextCollector(): TextCollector {
  let text = '';
  let italics: [number, number][] = [];

  return {
    add(raw, { italic, superscript }) {
      // `n<exposant>o</exposant>` is read and searched as `n°`; every other superscript (1er, XXIe, nos) reads well flat.
      let run = superscript && raw === 'o' && /n$/i.test(text) ? '°' : singleSpaces(raw);
      if (run.startsWith(' ') && (text === '' || text.endsWith(' ') || text.endsWith('\n'))) run = run.slice(1);
      if (run === '') return;
      const start = text.length;
      text += run;
      if (!italic) return;
      const last = italics.at(-1);
      // Italics cut in three by the writers' tool are one run when only a space stands between.
      if (last && text.slice(last[1], start).trim() === '') last[1] = text.length;
      else italics.push([start, text.length]);
    },
    breakLine() {
      text = text.trimEnd();
      if (text !== '') text += '\n';
    },
    finish() {
      const pieces = cutIntoPieces(text.trimEnd(), italics);
      text = '';
      italics = [];
      return pieces;
    },
  };
}

/** Most runs need no change, and a test is much cheaper than a replacement. */
function singleSpaces(text: string): string {
  return /[^\S ]| {2}/.test(text) ? text.replace(/\s+/g, ' ') : text;
}

export function plainText(pieces: readonly TextPiece[]): string {
  return pieces.map((piece) => piece.text).join('');
}

/** Attributes write superscripts `n[[o]] 2250` and places `Après_ 9`. Null when nothing is left. */
export function cleanAttributeText(value: string | undefined): string | null {
  if (value === undefined) return null;
  const cleaned = value
    .replace(/n\[\[o\]\]/gi, 'n°')
    .replace(/\[\[([^\]]*)\]\]/g, '$1')
    .replace(/[_\s]+/g, ' ')
    .trim();
  return cleaned === '' ? null : cleaned;
}

function cutIntoPieces(text: string, italics: readonly [number, number][]): TextPiece[] {
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const [start, end] of stageDirections(text, italics)) {
    pieces.push(...cutByTypography(text, from, start, italics));
    pieces.push({ text: text.slice(start, end), style: 'stage-direction' });
    from = end;
  }
  pieces.push(...cutByTypography(text, from, text.length, italics));
  return pieces;
}

/** A parenthesis is a stage direction when most of it is italic: the writers do not always put the brackets inside. */
function stageDirections(text: string, italics: readonly [number, number][]): [number, number][] {
  const found: [number, number][] = [];
  if (italics.length === 0) return found;
  for (const match of text.matchAll(CAPITAL_PARENTHESIS)) {
    const start = match.index;
    const end = start + match[0].length;
    let italicLength = 0;
    for (const [from, to] of italics) italicLength += Math.max(0, Math.min(end, to) - Math.max(start, from));
    if (italicLength * 2 > end - start) found.push([start, end]);
  }
  return found;
}

function cutByTypography(text: string, from: number, to: number, italics: readonly [number, number][]): TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = from;
  const push = (end: number, style: 'plain' | 'italic'): void => {
    if (end <= at) return;
    const run = text.slice(at, end);
    at = end;
    const last = pieces.at(-1);
    // A space in italics is still only a space.
    if (run.trim() === '' && last) last.text += run;
    else pieces.push({ text: run, style: run.trim() === '' ? 'plain' : style });
  };
  for (const [start, end] of italics) {
    if (end <= at || start >= to) continue;
    push(start, 'plain');
    push(Math.min(end, to), 'italic');
  }
  push(to, 'plain');
  return pieces;
}

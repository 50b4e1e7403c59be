import { Parser } from 'htmlparser2';

/** Tags after which a reader sees a new line. */
const LINE_TAGS = new Set(['br', 'p', 'div', 'li', 'ul', 'tr']);

/** HTML of the portal as plain text, one subject a line: `<br>` breaks lines, other tags vanish, entities are read. */
export function plainLines(html: string): string {
  let text = '';
  const parser = new Parser({
    ontext: (piece) => {
      text += piece;
    },
    onopentagname: (name) => {
      if (LINE_TAGS.has(name)) text += '\n';
    },
  });
  parser.end(html);
  return text
    .split(/\r\n|\r|\n/)
    .map(oneLine)
    .filter(Boolean)
    .join('\n');
}

/** Single spaces, no line ends, nothing at the edges. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A chapter label as an operator meant it: one line, and `M.Dupont` with its space. */
export function cleanLabel(label: string): string {
  return oneLine(label).replace(/(?<!\p{L})(MM?\.|Mmes?\.?|Mlle\.?)(?=\p{Lu})/gu, '$1 ');
}

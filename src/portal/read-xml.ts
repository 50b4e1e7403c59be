import { SaxesParser } from 'saxes';
import { malformed } from './errors.ts';

/** The sample's deepest chapter stands 6 tags deep; 50 nested chapters and their children still fit. */
const MAX_DEPTH = 64;
/** A long sitting has a few thousand; the limit bounds the time a hostile file can take. */
const MAX_ELEMENTS = 200_000;

export interface XmlHandlers {
  /** `parents` are the names of the open tags around this one, the root first. */
  open(name: string, attributes: Readonly<Record<string, string>>, parents: readonly string[]): void;
  /** `text` is all the text directly inside the tag. */
  close?(name: string, text: string, parents: readonly string[]): void;
}

/**
 * Reads a whole XML document, strictly: entities beyond those of XML, unclosed tags and depth over 64 are refused.
 * @throws AppError `portal/malformed`
 */
export function readXml(text: string, document: string, handlers: XmlHandlers): void {
  const parents: string[] = [];
  const texts: string[] = [];
  let elements = 0;
  const parser = new SaxesParser({ position: false, xmlns: false });
  parser.on('error', (error) => {
    throw malformed(document, 'not well-formed XML', error);
  });
  parser.on('opentag', ({ name, attributes }) => {
    elements += 1;
    if (elements > MAX_ELEMENTS) throw malformed(document, `more than ${MAX_ELEMENTS} elements`);
    if (parents.length >= MAX_DEPTH) throw malformed(document, `nested deeper than ${MAX_DEPTH}`);
    handlers.open(name, attributes, parents);
    parents.push(name);
    texts.push('');
  });
  const addText = (piece: string) => {
    const own = texts.pop();
    if (own !== undefined) texts.push(own + piece);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', ({ name }) => {
    parents.pop();
    handlers.close?.(name, texts.pop() ?? '', parents);
  });
  parser.write(text).close();
}

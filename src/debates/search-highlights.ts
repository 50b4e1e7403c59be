import { HIT_START, HIT_STOP, markedHtml } from './marked-html.ts';
import { textKey } from './text-key.ts';

/** What a list on a phone shows of a description: three lines. */
const EXCERPT_CHARACTERS = 240;
/** Text before the first hit, so that it can be understood. */
const LEAD_CHARACTERS = 60;
const WORD = /[\p{L}\p{N}\p{Mn}]+/gu;

/** Says which words were found, by `textKey`; and the exact phrases asked for, each as its words. */
export interface FoundWords {
  /** The key of each word as it is written. */
  keys: ReadonlyMap<string, string>;
  words: ReadonlySet<string>;
  phrases: readonly (readonly string[])[];
}

/** The words of some texts, each once, with what search compares them by. */
export function wordKeys(texts: readonly string[]): Map<string, string> {
  const words = new Set(texts.flatMap((text) => text.match(WORD) ?? []));
  return new Map([...words].map((word) => [word, textKey(word)]));
}

/** A text as safe HTML with what was found in `<mark>`; null where nothing was. */
export function highlight(text: string, found: FoundWords): string | null {
  const hits = hitsIn(text, found);
  return hits.length === 0 ? null : markedHtml(withMarks(text, hits, 0, text.length));
}

/** The part of a text around the first hit, at the borders of words, as `highlight`. */
export function excerpt(text: string, found: FoundWords): string | null {
  const hits = hitsIn(text, found);
  const [first] = hits;
  if (first === undefined) return null;
  const from = first.from <= LEAD_CHARACTERS ? 0 : text.indexOf(' ', first.from - LEAD_CHARACTERS) + 1;
  const start = from === 0 || from > first.from ? Math.min(from, first.from) : from;
  const wanted = start + Math.max(EXCERPT_CHARACTERS, first.to - start);
  const end = wanted >= text.length ? text.length : Math.max(first.to, text.lastIndexOf(' ', wanted));
  const marked = withMarks(text, hits, start, end);
  return markedHtml(`${start > 0 ? '… ' : ''}${marked}${end < text.length ? ' …' : ''}`);
}

interface Hit {
  from: number;
  to: number;
}

function hitsIn(text: string, { keys, words, phrases }: FoundWords): Hit[] {
  const written = [...text.matchAll(WORD)].map((match) => ({
    key: keys.get(match[0]) ?? '',
    from: match.index,
    to: match.index + match[0].length,
  }));
  const inPhrase = new Set<number>();
  for (const phrase of phrases) {
    for (let at = 0; at + phrase.length <= written.length; at += 1) {
      if (phrase.every((key, index) => written[at + index]?.key === key))
        for (const index of phrase.keys()) inPhrase.add(at + index);
    }
  }
  return written.filter(({ key }, index) => words.has(key) || inPhrase.has(index));
}

function withMarks(text: string, hits: readonly Hit[], start: number, end: number): string {
  let marked = '';
  let at = start;
  for (const { from, to } of hits) {
    if (from < start || to > end) continue;
    marked += `${unmarked(text.slice(at, from))}${HIT_START}${unmarked(text.slice(from, to))}${HIT_STOP}`;
    at = to;
  }
  return marked + unmarked(text.slice(at, end));
}

/** A text that holds our marks itself must not look as if something had been found there. */
function unmarked(text: string): string {
  return text.replaceAll(HIT_START, '').replaceAll(HIT_STOP, '');
}

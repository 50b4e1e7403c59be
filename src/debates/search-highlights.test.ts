import { describe, expect, it } from 'vitest';
import { excerpt, type FoundWords, highlight, wordKeys } from './search-highlights.ts';

const found = (words: string[], phrases: string[][] = []) => ({ words: new Set(words), phrases });
type Found = Omit<FoundWords, 'keys'>;
const marked = (text: string, words: Found) => highlight(text, { ...words, keys: wordKeys([text]) });
const excerptOf = (text: string, words: Found) => excerpt(text, { ...words, keys: wordKeys([text]) });

it('knows the words of texts as search compares them, each once', () => {
  expect([...wordKeys(['L’École, l’école', 'école 49.3'])]).toEqual([
    ['L', 'l'],
    ['École', 'ecole'],
    ['l', 'l'],
    ['école', 'ecole'],
    ['49', '49'],
    ['3', '3'],
  ]);
});

describe('a marked text', () => {
  it.each([
    ['nothing found', 'Le budget', found(['loi']), null],
    ['a word', 'Le budget', found(['budget']), 'Le <mark>budget</mark>'],
    ['accents, however they are written', 'e\u0301cole', found(['ecole']), '<mark>e\u0301cole</mark>'],
    ['an elision', 'l’école', found(['ecole']), 'l’<mark>école</mark>'],
    ['markup', '<b>&"budget"', found(['budget']), '&lt;b&gt;&amp;&quot;<mark>budget</mark>&quot;'],
    ['our own marks', '\u{e000}x\u{e001} budget', found(['budget']), 'x <mark>budget</mark>'],
    [
      'a phrase',
      'de la loi et la loi',
      found([], [['la', 'loi']]),
      'de <mark>la</mark> <mark>loi</mark> et <mark>la</mark> <mark>loi</mark>',
    ],
    ['half a phrase', 'la justice', found([], [['la', 'loi']]), null],
  ])('%s', (_case, text, words, html) => expect(marked(text, words)).toBe(html));
});

describe('an excerpt', () => {
  const filler = 'mot '.repeat(100);
  it.each([
    ['the whole of a short text', 'Le budget de la justice', 'Le <mark>budget</mark> de la justice'],
    ['the beginning', `budget ${filler}`, /^<mark>budget<\/mark>( mot)+ …$/],
    ['the end', `${filler}budget`, /^… (mot )+<mark>budget<\/mark>$/],
    ['the middle', `${filler}budget ${filler}`, /^… (mot )+<mark>budget<\/mark>( mot)+ …$/],
    ['a text without spaces', `${'x'.repeat(500)},budget,${'x'.repeat(500)}`, /<mark>budget<\/mark>/],
  ])('shows %s', (_case, text, html) => {
    const shown = excerptOf(text, found(['budget']));
    expect(shown).toMatch(html);
  });

  it('is short, and null where nothing was found', () => {
    expect(excerptOf(`${filler}budget ${filler}`, found(['budget']))?.length).toBeLessThan(300);
    expect(excerptOf(filler, found(['budget']))).toBeNull();
  });
});

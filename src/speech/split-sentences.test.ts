import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitSentences } from './split-sentences.ts';

describe('splitSentences', () => {
  it.each([
    ['Un mot. Deux mots ! Trois ?', ['Un mot.', 'Deux mots !', 'Trois ?']],
    ['La parole est à M. Dupont. Merci.', ['La parole est à M. Dupont.', 'Merci.']],
    ['Mme. Martin et J. Durand votent.', ['Mme. Martin et J. Durand votent.']],
    ['Selon l’art. 49, alinéa 3.', ['Selon l’art. 49, alinéa 3.']],
    ['Il a dit : « Non ! » Puis il est parti.', ['Il a dit : « Non ! »', 'Puis il est parti.']],
    ['Quoi ?! Non… Si.', ['Quoi ?!', 'Non…', 'Si.']],
    ['C’est 3.5 points de plus.', ['C’est 3.5 points de plus.']],
    ['Une ligne\nUne autre', ['Une ligne', 'Une autre']],
    ['…un système juste.', ['…un système juste.']],
    ['  Des   espaces  . ', ['Des espaces .']],
    ['', []],
  ])('%s', (text, sentences) => {
    expect(splitSentences(text)).toEqual(sentences);
  });

  it('cuts a long sentence at its weightiest mark', () => {
    const half = 'des mots '.repeat(14).trim();
    expect(splitSentences(`${half} ; ${half}, ${half}.`)).toEqual([`${half} ;`, `${half},`, `${half}.`]);
    expect(splitSentences('mot '.repeat(100)).every((part) => part.length <= 200)).toBe(true);
    expect(splitSentences('x'.repeat(450)).map((part) => part.length)).toEqual([200, 200, 50]);
  });

  it('whatever the text: no part is longer than 200 characters, none is empty, no word is lost', () => {
    const word = fc.constantFrom(
      'mot',
      'M.',
      'Oui.',
      'non,',
      '«',
      '»',
      'art.',
      'fin !',
      '…',
      'a;',
      '\n',
      'très-long-'.repeat(15),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 150 }), (parts) => {
        const text = parts.join(' ');
        const sentences = splitSentences(text);
        expect(sentences.every((part) => part.length > 0 && part.length <= 200)).toBe(true);
        expect(sentences.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });
});

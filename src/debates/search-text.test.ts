import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearchText, searchTextOf } from './search-text.ts';

const short = (text: string) =>
  parseSearchText(text).map(
    ({ kind, key, excluded, instead }) => `${instead ? '|' : ''}${excluded ? '-' : ''}${kind}:${key}`,
  );

describe('what is typed', () => {
  it.each([
    ['', []],
    ['  ', []],
    ['École RURALE', ['word:ecole', 'word:rurale']],
    ['l’école', ['word:l ecole']],
    ['porte-parole 49.3', ['word:porte parole', 'word:49 3']],
    ['"projet de loi"', ['phrase:projet de loi']],
    ['« projet de loi » “budget”', ['phrase:projet de loi', 'phrase:budget']],
    ['loi -budget -"loi cadre"', ['word:loi', '-word:budget', '-phrase:loi cadre']],
    ['loi - budget', ['word:loi', 'word:budget']],
    ['--loi', ['-word:loi']],
    ['"jamais fermé', ['word:jamais', 'word:ferme']],
    ['""', []],
    ['éduc*', ['prefix:educ']],
    ['l’éduc*', ['word:l', 'prefix:educ']],
    ['-l’éduc*', ['-prefix:educ']],
    ['***', []],
    ['aide à domicile', ['word:aide', 'word:domicile']],
    ['été', ['word:ete']],
    ['loi OU décret OR arrêté', ['word:loi', '|word:decret', '|word:arrete']],
    ['OU loi OU', ['word:loi']],
    ['ou or', ['word:ou', 'word:or']],
    ['a"b c"d', ['word:a b', 'word:c d']],
  ])('%s', (text, expected) => expect(short(text)).toEqual(expected));

  it('counts no more than 32 terms', () => expect(parseSearchText('loi '.repeat(100))).toHaveLength(32));

  it('means the same when it is written again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const terms = parseSearchText(text);
        for (const { key } of terms) expect(key).toMatch(/^[\p{L}\p{N}]+( [\p{L}\p{N}]+)*$/u);
        expect(short(searchTextOf(terms))).toEqual(short(text));
      }),
    );
  });
});

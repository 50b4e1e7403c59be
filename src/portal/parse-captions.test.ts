import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixture } from '../../tests/support/portal-fixtures.ts';
import { SAMPLES, sample } from '../../tests/support/samples.ts';
import { parseCaptions } from './parse-captions.ts';

const OPENING = [
  { startsAtMs: 448_670, endsAtMs: 898_419, text: ' Présidence de M.' },
  {
    startsAtMs: 898_419,
    endsAtMs: 903_880,
    text: " Basile Quéau vice-président La séance est ouverte. Jardins partagés : l'été, c'est à",
  },
  { startsAtMs: 903_880, endsAtMs: 908_659, text: '. Discussion des articles' },
];

describe('captions', () => {
  test.each([
    ['captions/iso-8859-1.srt', 'windows-1252'],
    ['captions/utf-8-with-bom-and-crlf.srt', 'utf-8'],
  ])('%s is read in its encoding, leading spaces and lone stops kept', (path, encoding) => {
    expect(parseCaptions(fixture(path))).toEqual({ encoding, cues: OPENING });
  });

  test('what ISO-8859-1 leaves empty is read as windows-1252', () => {
    expect(parseCaptions(fixture('captions/windows-1252-quotes.srt')).cues[0]?.text).toBe(' L’œuvre €');
  });

  test('decimal marks are commas or dots, fractions are decimals, positions after the time are ignored', () => {
    expect(parseCaptions(fixture('captions/dot-decimals-and-short-fractions.srt')).cues).toEqual([
      { startsAtMs: 1500, endsAtMs: 2250, text: 'Un' },
      { startsAtMs: 3_600_000, endsAtMs: 3_601_004, text: 'Deux\nlignes' },
    ]);
  });

  test.each([
    ['captions/last-cue-cut.srt', [' Présidence de M.', ' Basile Quéau vice-pr']],
    ['captions/last-cue-without-text.srt', [' Présidence de M.']],
    ['captions/only-a-number-left-of-the-last-cue.srt', [' Présidence de M.']],
  ])('%s: whatever was whole is kept, and a cue that was cut adds no stray words', (path, texts) => {
    expect(parseCaptions(fixture(path)).cues.map(({ text }) => text)).toEqual(texts);
  });

  test('cues stay in the order and with the times of the file, odd ones too', () => {
    const times = parseCaptions(fixture('captions/out-of-order.srt')).cues.map((cue) => [cue.startsAtMs, cue.endsAtMs]);
    expect(times).toEqual([
      [903_880, 908_659],
      [448_670, 898_419],
      [9000, 3000],
    ]);
  });

  test('empty lines and numbers inside a cue are its text, the number of the next cue is not', () => {
    const texts = parseCaptions(fixture('captions/blank-line-and-number-inside-a-cue.srt')).cues.map(
      ({ text }) => text,
    );
    expect(texts).toEqual(['Article\n\n30\n\nadopté', '49', 'Fin\n2026']);
  });

  test('an empty file has no cue, and is no error', () => {
    expect(parseCaptions(Buffer.from('\ufeff\r\n'))).toEqual({ encoding: 'utf-8', cues: [] });
  });

  test('the portal’s web page in place of captions is named as such', () => {
    expect(() => parseCaptions(fixture('html-instead.html'))).toThrowError(
      expect.objectContaining({ code: 'portal/html-instead' }),
    );
  });

  test('text without a single time is refused', () => {
    expect(() => parseCaptions(Buffer.from('Not found'))).toThrowError(
      expect.objectContaining({ code: 'portal/malformed' }),
    );
  });

  test('more cues than a day can hold are refused', () => {
    const cue = '1\n00:00:01,000 --> 00:00:02,000\na\n\n';
    expect(() => parseCaptions(Buffer.from(cue.repeat(100_002)))).toThrowError(
      expect.objectContaining({ code: 'portal/malformed' }),
    );
  });

  test('what we write as SRT reads back, whatever the words, line ends and encoding', () => {
    const text = fc.stringMatching(/^[ ,.]?[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ ,.:'’-]{0,40}$/);
    const cue = fc.record({ startsAtMs: fc.nat(40_000_000), endsAtMs: fc.nat(40_000_000), text });
    const stamp = (ms: number) => `${new Date(ms).toISOString().slice(11, 19)},${String(ms % 1000).padStart(3, '0')}`;
    fc.assert(
      fc.property(fc.array(cue, { minLength: 1, maxLength: 20 }), fc.constantFrom('\n', '\r\n'), (cues, eol) => {
        const srt = cues
          .map((c, i) => [i + 1, `${stamp(c.startsAtMs)} --> ${stamp(c.endsAtMs)}`, c.text, '', ''].join(eol))
          .join('');
        expect(parseCaptions(Buffer.from(srt)).cues).toEqual(cues);
      }),
    );
  });
});

describe.skipIf(SAMPLES === null)('the real captions of 6 October 2026', () => {
  test.each([
    ['utf8', 'utf-8'],
    ['iso-8859-1.derived', 'windows-1252'],
  ])('are the same cues in %s', (name, encoding) => {
    const captions = parseCaptions(readFileSync(sample(`captions/hemi_20261006211505_1.first6000.${name}.srt`)));
    expect(captions.encoding).toBe(encoding);
    expect(captions.cues).toHaveLength(51);
    expect(captions.cues[0]).toEqual({ startsAtMs: 448_670, endsAtMs: 898_419, text: ' Présidence de M.' });
    expect(captions.cues[48]?.text.trim()).not.toBe('');
  });
});

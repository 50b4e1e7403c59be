import { expect, it } from 'vitest';
import { renderCaptions } from './captions.ts';

it('is SRT in ISO-8859-1: numbered cues, comma, a space before each text', () => {
  const bytes = renderCaptions([
    { startsAtMs: 448_670, endsAtMs: 898_419, text: 'Présidence de M.' },
    { startsAtMs: 3_723_004, endsAtMs: 3_725_880, text: 'La séance est ouverte.' },
  ]);
  expect(bytes.toString('latin1')).toBe(
    '1\n00:07:28,670 --> 00:14:58,419\n Présidence de M.\n\n2\n01:02:03,004 --> 01:02:05,880\n La séance est ouverte.\n',
  );
  expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow();
});

it('writes what ISO-8859-1 has no letter for as near as it can', () => {
  const text = renderCaptions([{ startsAtMs: 0, endsAtMs: 1, text: 'L’œuvre – 3 € … Ω' }]).toString('latin1');
  expect(text).toContain(" L'oeuvre - 3 euros ... ?");
});

it('cuts long texts in mid sentence, in proportion', () => {
  const text = renderCaptions([{ startsAtMs: 0, endsAtMs: 10_000, text: `${'mot '.repeat(24)}fin.` }]).toString(
    'latin1',
  );
  const times = [...text.matchAll(/(\S+) --> (\S+)/g)].map(([line]) => line);
  expect(times).toEqual(['00:00:00,000 --> 00:00:05,100', '00:00:05,100 --> 00:00:10,000']);
});

it('leaves one long word whole', () => {
  expect(renderCaptions([{ startsAtMs: 0, endsAtMs: 1, text: 'a'.repeat(200) }]).toString()).toContain('a'.repeat(200));
});

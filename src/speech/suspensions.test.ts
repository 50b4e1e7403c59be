import { describe, expect, it } from 'vitest';
import { inventedRecord } from '../../tests/support/record-fixture.ts';
import type { Cue } from './cue.ts';
import { mergeCues } from './cues.ts';
import { findSuspensions } from './suspensions.ts';

const speaker = { name: 'Mme Inventée', role: null, personId: 'PA1', chair: false };
const said = (startsAtMs: number, endsAtMs: number, text = 'Des mots.'): Cue => ({
  startsAtMs,
  endsAtMs,
  kind: 'speech',
  speaker,
  text,
  source: 'captions',
});
const noted = (startsAtMs: number, endsAtMs: number, text: string): Cue => ({
  ...said(startsAtMs, endsAtMs, text),
  kind: 'stage-direction',
  speaker: null,
});

describe('findSuspensions', () => {
  it('finds the one that the record announces, from the last word to the first', () => {
    const [suspension, ...others] = findSuspensions(mergeCues(inventedRecord().paragraphs, [], null));
    expect(others).toEqual([]);
    expect(suspension).toMatchObject({ endsAtMs: 2_142_000, evidence: 'announced' });
    // "La séance est suspendue." begins at 942 s and takes a second or two.
    expect(suspension?.startsAtMs).toBeGreaterThan(943_000);
    expect(suspension?.startsAtMs).toBeLessThan(949_000);
  });

  it.each<[string, Cue[], string[]]>([
    [
      'announced before',
      [said(0, 10_000, 'La séance est suspendue.'), said(80_000, 90_000)],
      ['10000-80000 announced'],
    ],
    ['announced after', [said(0, 10_000), said(80_000, 90_000, 'La séance est reprise.')], ['10000-80000 announced']],
    [
      'announced by the writers',
      [
        said(0, 10_000),
        noted(10_000, 11_000, '(La séance, suspendue à dix heures, est reprise à onze heures.)'),
        said(80_000, 90_000),
      ],
      ['10000-80000 announced'],
    ],
    [
      'announced in the future',
      [said(0, 10_000, 'Je suspends la séance pour cinq minutes.'), said(80_000, 90_000)],
      ['10000-80000 announced'],
    ],
    ['too short to be worth a jump', [said(0, 10_000, 'La séance est suspendue.'), said(69_999, 90_000)], []],
    ['a long silence without a word of it', [said(0, 10_000), said(310_000, 320_000)], ['10000-310000 silence']],
    ['a pause', [said(0, 10_000), said(200_000, 210_000)], []],
    [
      'two',
      [
        said(0, 1_000, 'La séance est suspendue.'),
        said(100_000, 101_000, 'La séance est reprise.'),
        said(101_000, 102_000),
        said(102_000, 103_000),
        said(103_000, 104_000, 'La séance est suspendue.'),
        said(200_000, 201_000),
      ],
      ['1000-100000 announced', '104000-200000 announced'],
    ],
    [
      'untimed sentences do not count',
      [said(0, 10_000), { ...said(0, 0), startsAtMs: null, endsAtMs: null }, said(310_000, 320_000)],
      ['10000-310000 silence'],
    ],
    ['nothing said', [], []],
  ])('%s', (_, cues, expected) => {
    expect(findSuspensions(cues).map((found) => `${found.startsAtMs}-${found.endsAtMs} ${found.evidence}`)).toEqual(
      expected,
    );
  });
});

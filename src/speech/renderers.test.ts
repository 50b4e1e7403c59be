import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '@plussub/srt-vtt-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WebVTTParser } from 'webvtt-parser';
import { inventedRecord } from '../../tests/support/record-fixture.ts';
import type { Cue } from './cue.ts';
import { mergeCues } from './cues.ts';
import { toSrt } from './to-srt.ts';
import { toText } from './to-text.ts';
import { toWebVtt } from './to-webvtt.ts';

const NOTICE = 'Compte rendu édité, non mot à mot.\n\nSource : Assemblée nationale --> <lien>';
const sitting = mergeCues(inventedRecord().paragraphs, [], null);
const shown = sitting.filter(({ kind }) => kind !== 'heading');

const cue = (change: Partial<Cue>): Cue => ({
  startsAtMs: 10_000,
  endsAtMs: 12_000,
  kind: 'speech',
  speaker: { name: 'Mme Inventée', role: null, personId: null, chair: false },
  text: 'Un mot.',
  source: 'record',
  ...change,
});

/** ffmpeg is optional for the product, and so for this check. */
function ffprobe(...arguments_: string[]) {
  return spawnSync('ffprobe', arguments_, { encoding: 'utf8', timeout: 20_000 });
}

/** Its types are lost in its ESM build. */
function entriesOf(text: string): { id: string; from: number; to: number; text: string }[] {
  return parse(text).entries;
}

/** Texts and names that would break a file if they were written as they are. */
const hostile = fc.constantFrom(
  'a --> b',
  '<b>&amp;</b>',
  '1\n\n2',
  '\r\n',
  '00:00:01.000 --> 00:00:02.000',
  '"',
  '😀',
  'NOTE x',
  '&',
);
const hostileCues = fc
  .array(fc.tuple(hostile, hostile, fc.constantFrom('speech', 'interruption', 'stage-direction')), { maxLength: 8 })
  .map((list) =>
    list.map(([text, name, kind], index) =>
      cue({
        startsAtMs: 10_000 + index * 2_000,
        endsAtMs: 12_000 + index * 2_000,
        kind: kind as Cue['kind'],
        text: `Mot ${text}`,
        speaker: { name: `Mme ${name}`, role: null, personId: null, chair: false },
      }),
    ),
  );

describe('toWebVtt', () => {
  it('is valid for the parser of the W3C, with every cue at its time', () => {
    const { errors, cues } = new WebVTTParser().parse(toWebVtt(sitting, NOTICE), 'captions');
    expect(errors).toEqual([]);
    expect(cues.map(({ startTime, endTime }) => [Math.round(startTime * 1000), Math.round(endTime * 1000)])).toEqual(
      shown.map(({ startsAtMs, endsAtMs }) => [startsAtMs, endsAtMs]),
    );
  });

  it('names voices, marks interruptions by a class and stage directions by italics', () => {
    const text = toWebVtt(
      [
        cue({}),
        cue({ kind: 'interruption', text: 'Non !' }),
        cue({ kind: 'stage-direction', speaker: null, text: '(Rires.)' }),
      ],
      NOTICE,
    );
    expect(text).toContain('\n00:00:10.000 --> 00:00:12.000\n<v Mme Inventée>Un mot.\n');
    expect(text).toContain('\n<v.interruption Mme Inventée>Non !\n');
    expect(text).toContain('\n<i>(Rires.)</i>\n');
  });

  it('says at the top that the record is edited, and leaves out headings and what has no time', () => {
    const text = toWebVtt(
      [cue({ kind: 'heading', text: 'Un titre' }), cue({ startsAtMs: null, endsAtMs: null })],
      NOTICE,
    );
    expect(text).toMatch(/^WEBVTT\n\nNOTE\nCompte rendu édité, non mot à mot\.\n/);
    expect(text).not.toContain('Un titre');
    expect(new WebVTTParser().parse(text, 'captions').cues).toEqual([]);
  });

  it('cannot be broken by what people say or are called', () => {
    fc.assert(
      fc.property(hostileCues, (cues) => {
        const parsed = new WebVTTParser().parse(toWebVtt(cues, NOTICE), 'captions');
        expect(parsed.errors).toEqual([]);
        expect(parsed.cues).toHaveLength(cues.length);
      }),
    );
  });

  it('is read alike by a second parser', () => {
    expect(entriesOf(toWebVtt(sitting, 'Source : nous')).map(({ from, to }) => [from, to])).toEqual(
      shown.map(({ startsAtMs, endsAtMs }) => [startsAtMs, endsAtMs]),
    );
  });
});

describe('toSrt', () => {
  it('is read by another parser with every cue at its time, after the notice over the empty room', () => {
    const entries = entriesOf(toSrt(sitting, NOTICE));
    expect(entries[0]).toMatchObject({
      from: 0,
      to: 5_000,
      text: 'Compte rendu édité, non mot à mot. Source : Assemblée nationale → ‹lien›',
    });
    expect(entries.slice(1).map(({ from, to }) => [from, to])).toEqual(
      shown.map(({ startsAtMs, endsAtMs }) => [startsAtMs, endsAtMs]),
    );
    expect(entries.map(({ id }) => id)).toEqual(entries.map((_, index) => String(index + 1)));
  });

  it('names a speaker when the voice changes, and nobody for a stage direction', () => {
    const direction = cue({ kind: 'stage-direction', speaker: null, text: '(Rires.)' });
    const entries = entriesOf(
      toSrt(
        [cue({}), cue({ text: 'Deux.' }), direction, cue({ text: 'Trois.' }), cue({ speaker: null, text: 'Quatre.' })],
        NOTICE,
      ),
    );
    expect(entries.slice(1).map(({ text }) => text)).toEqual([
      'Mme Inventée : Un mot.',
      'Deux.',
      '(Rires.)',
      'Trois.',
      'Quatre.',
    ]);
  });

  it('shows no notice where the first words come at once', () => {
    expect(entriesOf(toSrt([cue({ startsAtMs: 4_999 })], NOTICE))).toHaveLength(1);
    expect(toSrt([], NOTICE)).toBe('');
  });

  it('cannot be broken by what people say or are called', () => {
    fc.assert(
      fc.property(hostileCues, (cues) => {
        expect(entriesOf(toSrt(cues, 'Notice'))).toHaveLength(cues.length === 0 ? 0 : cues.length + 1);
      }),
    );
  });
});

describe.skipIf(ffprobe('-version').error !== undefined)('what ffmpeg reads', () => {
  it.each([
    ['vtt', toWebVtt(sitting, 'Source : nous'), shown.length],
    ['srt', toSrt(sitting, 'Source : nous'), shown.length + 1],
  ])('every cue of the .%s', (extension, text, count) => {
    const folder = mkdtempSync(join(tmpdir(), 'robian-captions-'));
    try {
      const path = join(folder, `captions.${extension}`);
      writeFileSync(path, text);
      const packets = ffprobe('-v', 'error', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path).stdout;
      expect(packets.split('\n').filter(Boolean)).toHaveLength(count);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('toText', () => {
  it('reads like a transcript', () => {
    const text = toText(
      [
        cue({ kind: 'heading', text: 'Éclairage', speaker: null }),
        cue({ text: 'Un.' }),
        cue({ text: 'Deux.' }),
        cue({ kind: 'stage-direction', speaker: null, text: '(Rires.)' }),
        cue({ text: 'Trois.' }),
        cue({
          text: 'Non !',
          kind: 'interruption',
          speaker: { name: 'M. Autre', role: null, personId: null, chair: false },
        }),
        cue({ text: 'Sans heure.', startsAtMs: null, endsAtMs: null }),
        cue({ text: 'Anonyme.', speaker: null, startsAtMs: 3_661_000, endsAtMs: 3_662_000 }),
      ],
      'Notice\n',
    );
    expect(text).toBe(
      [
        'Notice',
        'Éclairage\n=========',
        '[00:00:10] Mme Inventée : Un. Deux. (Rires.) Trois.',
        '[00:00:10] M. Autre : Non !',
        'Mme Inventée : Sans heure.',
        '[01:01:01] Anonyme.\n',
      ].join('\n\n'),
    );
  });

  it('loses no sentence of a sitting', () => {
    const text = toText(sitting, NOTICE);
    for (const { text: sentence } of sitting) expect(text).toContain(sentence);
  });
});

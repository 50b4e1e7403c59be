import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSyceron } from '../../src/portal/index.ts';
import { parseOrgan, parsePerson } from '../../src/portal/parse-amo.ts';
import { parseCaptions } from '../../src/portal/parse-captions.ts';
import { parseDataNvs } from '../../src/portal/parse-data-nvs.ts';
import type { SourceChapter } from '../../src/sources/index.ts';
import { isSpoken, isTimed } from '../../src/speech/cue.ts';
import { mergeCues } from '../../src/speech/cues.ts';
import { groupAt } from '../../src/speech/group-at.ts';
import { type PlacedChapter, placeChapters } from '../../src/speech/place-chapters.ts';
import { sittingStart } from '../../src/speech/sitting-start.ts';
import { SAMPLES, sample } from '../support/samples.ts';

describe.skipIf(SAMPLES === null)('placeChapters on the real sitting of 6 October 2026', () => {
  it('keeps its 26 chapters, untimed, with their kinds', () => {
    const { chapters } = parseDataNvs(readFileSync(sample('data-nvs/19502241_6ac548b948b27.data.nvs')));
    const asSource = (list: typeof chapters): SourceChapter[] =>
      list.map(({ type, children, id, label, typedLabel, speakerIds }) => ({
        id,
        label,
        typedLabel,
        speakerIds,
        kind: type === null ? null : { key: type.key, name: type.value },
        children: asSource(children),
      }));
    const flat = (list: PlacedChapter[]): PlacedChapter[] =>
      list.flatMap((placed) => [placed, ...flat(placed.children)]);
    const placed = flat(placeChapters(asSource(chapters), [], null));
    const kinds = Map.groupBy(placed, ({ kind }) => kind);
    expect(Object.fromEntries([...kinds].map(([kind, list]) => [kind, list.length]))).toEqual({
      text: 1,
      chair: 1,
      articles: 1,
      article: 3,
      intervention: 13,
      amendments: 3,
      after_article: 3,
      point_of_order: 1,
    });
  });
});

describe.skipIf(SAMPLES === null)('mergeCues on real documents', () => {
  it('the record of 31 March 2026: a 40 s speech keeps its 40 s, though the next one is published 1.4 s later', () => {
    const record = parseSyceron(readFileSync(sample('syceron/CRSANR5L17S2026O1N187.reduced.xml')));
    const cues = mergeCues(record.paragraphs, [], null);
    const speech = cues.filter(isTimed).filter(({ speaker }) => speaker?.personId === 'PA719798');
    const lastsMs = (speech.at(-1)?.endsAtMs ?? 0) - (speech[0]?.startsAtMs ?? 0);
    expect(lastsMs).toBeGreaterThan(30_000);
    expect(cues.filter(isSpoken).every(isTimed)).toBe(true);
  });

  it.each(['utf8', 'iso-8859-1.derived'])(
    'the captions of 6 October 2026 (%s) begin with the sitting, not with the empty room',
    (encoding) => {
      const { cues: captions } = parseCaptions(
        readFileSync(sample(`captions/hemi_20261006211505_1.first6000.${encoding}.srt`)),
      );
      const cues = mergeCues([], captions, null).filter(isTimed);
      expect(cues[0]?.startsAtMs).toBeGreaterThan(890_000);
      expect(cues.find(({ text }) => text.includes('La généralisation'))?.startsAtMs).toBeGreaterThan(900_000);
      expect(cues.every(({ text }) => /^[\p{L}\p{N}«(…–-]/u.test(text))).toBe(true);
    },
  );
});

describe.skipIf(SAMPLES === null)('sittingStart on the real captions of 6 October 2026', () => {
  it('is 14 min 58 s in, where the chair speaks, and not 7 min 28 s, where the first cue begins', () => {
    const { cues } = parseCaptions(readFileSync(sample('captions/hemi_20261006211505_1.first6000.utf8.srt')));
    expect(sittingStart({ chapters: [], recordTimesMs: [], captions: cues, silenceEndsAtMs: null })).toEqual({
      startsAtMs: 898_419,
      origin: 'captions',
    });
  });
});

describe.skipIf(SAMPLES === null)('groupAt on real people', () => {
  it('gives each deputy of the samples a group that is a political group', () => {
    const groups = new Map(
      globSync(sample('organe/*.json')).map((path) => {
        const organ = parseOrgan(JSON.parse(readFileSync(path, 'utf8')));
        return [organ.id, organ] as const;
      }),
    );
    const people = globSync(sample('acteur/*.json')).map((path) => parsePerson(JSON.parse(readFileSync(path, 'utf8'))));
    const found = people
      .filter(({ mandates }) => mandates.length > 0)
      .map((person) => groupAt(person.mandates, '2025-11-01'));
    expect(found).not.toContain(null);
    expect(found.every((id) => (groups.get(id ?? '')?.type ?? 'GP') === 'GP')).toBe(true);
    expect(groupAt(people.find(({ id }) => id === 'PA720468')?.mandates ?? [], '2025-11-01')).toBe('PO845401');
  });
});

import { describe, expect, it } from 'vitest';
import type { PlacedChapter } from './place-chapters.ts';
import { type SittingStartFacts, sittingStart } from './sitting-start.ts';

const nothing: SittingStartFacts = { chapters: [], recordTimesMs: [], captions: [], silenceEndsAtMs: null };
const caption = (startsAtMs: number, endsAtMs: number, text: string) => ({ startsAtMs, endsAtMs, text });
const chapters = (...times: (number | null)[]): PlacedChapter[] =>
  times.map((startsAtMs, index) => ({
    id: String(index),
    label: 'x',
    typedLabel: 'x',
    kind: 'other',
    speakerIds: [],
    startsAtMs,
    endsAtMs: null,
    children: [],
  }));
const opening = caption(900_000, 904_000, 'La séance est ouverte.');

describe('sittingStart', () => {
  it.each<[string, Partial<SittingStartFacts>, unknown]>([
    ['nothing tells', {}, null],
    ['the player', { chapters: chapters(null, 890_000, 950_000) }, { startsAtMs: 890_000, origin: 'player' }],
    [
      'a chapter keyed at zero tells nothing',
      { chapters: chapters(0, 890_000) },
      { startsAtMs: 890_000, origin: 'player' },
    ],
    ['the record', { recordTimesMs: [null, 981_300, 985_150] }, { startsAtMs: 981_300, origin: 'record' }],
    [
      'not a first time that all others contradict',
      { recordTimesMs: [9_000_000, 981_300, 985_150] },
      { startsAtMs: 981_300, origin: 'record' },
    ],
    ['the captions', { captions: [opening] }, { startsAtMs: 900_000, origin: 'captions' }],
    [
      'not the cue over the empty room',
      { captions: [caption(448_670, 898_419, ' Présidence de M. Anatole Siège'), opening] },
      { startsAtMs: 900_000, origin: 'captions' },
    ],
    [
      'not a cue of a few letters',
      { captions: [caption(880_000, 881_000, ' . M.'), opening] },
      { startsAtMs: 900_000, origin: 'captions' },
    ],
    [
      'a cue that begins before its words does not begin the sitting',
      { captions: [caption(850_000, 904_000, 'La séance est ouverte.')] },
      { startsAtMs: 898_333, origin: 'captions' },
    ],
    ['silence, when nothing else tells', { silenceEndsAtMs: 870_000 }, { startsAtMs: 870_000, origin: 'silence' }],
    [
      'the player before the record',
      { chapters: chapters(890_000), recordTimesMs: [900_000] },
      { startsAtMs: 890_000, origin: 'player' },
    ],
    [
      'words before a player that lags by four minutes',
      { chapters: chapters(834_000), recordTimesMs: [570_000] },
      { startsAtMs: 570_000, origin: 'record' },
    ],
    [
      'the record before captions at the same moment',
      { recordTimesMs: [900_000], captions: [opening] },
      { startsAtMs: 900_000, origin: 'record' },
    ],
    [
      'silence never makes it earlier',
      { recordTimesMs: [900_000], silenceEndsAtMs: 300_000 },
      { startsAtMs: 900_000, origin: 'record' },
    ],
  ])('%s', (_, facts, expected) => {
    expect(sittingStart({ ...nothing, ...facts })).toEqual(expected);
  });

  it('looks into the tree of chapters', () => {
    const [parent] = chapters(null);
    expect(
      parent && sittingStart({ ...nothing, chapters: [{ ...parent, children: chapters(890_000) }] }),
    ).toMatchObject({
      startsAtMs: 890_000,
    });
  });
});

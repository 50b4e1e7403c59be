import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repairTimes, type TextToPlace } from './repair-times.ts';
import { longestMs, shortestMs } from './speech-pace.ts';

/** 150 characters: 6 s at the fastest, 10 s as usual, 27 s at the slowest. */
const said = (startsAtMs: number | null, spokenLength = 150): TextToPlace => ({ startsAtMs, spokenLength });
const starts = (texts: TextToPlace[], durationMs: number | null = null) =>
  repairTimes(texts, durationMs).map((place) => place?.startsAtMs ?? null);

describe('repairTimes', () => {
  it.each([
    ['sane times stay', [said(1_000), said(11_000), said(30_000)], [1_000, 11_000, 30_000]],
    ['a missing time follows at the usual pace', [said(1_000), said(null), said(60_000)], [1_000, 11_000, 60_000]],
    ['or faster where there is less room', [said(1_000), said(null), said(15_000)], [1_000, 8_000, 15_000]],
    ['what comes first counts backwards', [said(null), said(null), said(100_000)], [80_000, 90_000, 100_000]],
    ['or fits before', [said(null), said(null), said(14_000)], [0, 7_000, 14_000]],
    ['what comes last counts on', [said(5_000), said(null), said(null)], [5_000, 15_000, 25_000]],
    ['one time backwards is ignored', [said(10_000), said(2_000), said(40_000)], [10_000, 20_000, 40_000]],
    [
      'one time far ahead is ignored',
      [said(10_000), said(9_000_000), said(40_000), said(50_000)],
      [10_000, 20_000, 40_000, 50_000],
    ],
    ['a first time far ahead too', [said(900_000), said(20_000), said(40_000)], [10_000, 20_000, 40_000]],
    ['no time at all', [said(null), said(null)], [null, null]],
    ['nothing', [], []],
  ])('%s', (_, texts, expected) => {
    expect(starts(texts)).toEqual(expected);
  });

  it('does not believe that a speech of 40 s took 1.4 s, as a real record says', () => {
    const real = [said(6_745_540, 290), said(6_750_960, 740), said(6_752_350, 34), said(6_800_000, 60)];
    const places = repairTimes(real, null);
    const speech = places[1];
    expect((speech?.endsAtMs ?? 0) - (speech?.startsAtMs ?? 0)).toBeGreaterThanOrEqual(shortestMs(740));
    expect(places.map((place) => place?.published)).toEqual([true, false, false, true]);
  });

  it('ends a text with the next one, or when the slowest speaker is done: a suspension belongs to nobody', () => {
    const [before, after] = repairTimes([said(1_000), said(900_000)], 1_000_000);
    expect(before).toEqual({ startsAtMs: 1_000, endsAtMs: 1_000 + longestMs(150), published: true });
    expect(after?.endsAtMs).toBe(900_000 + longestMs(150));
  });

  it('places what is not said between the words around it', () => {
    expect(starts([said(10_000), said(null, 0), said(null, 0), said(30_000)])).toEqual([
      10_000, 20_000, 21_000, 30_000,
    ]);
  });

  it('starts nothing before the recording, whatever fractions round to', () => {
    expect(starts([said(null, 837), said(null, 539), said(null, 899), said(122_123, 0)])[0]).toBe(0);
  });

  it('keeps nothing beyond the end of the recording', () => {
    expect(repairTimes([said(1_000), said(50_000), said(null)], 12_000)).toEqual([
      { startsAtMs: 1_000, endsAtMs: 11_000, published: true },
      { startsAtMs: 11_000, endsAtMs: 12_000, published: false },
      null,
    ]);
  });

  it('whatever is published: in order, never overlapping, within the recording, published times untouched', () => {
    const text = fc.record({
      startsAtMs: fc.option(fc.nat(7_200_000)),
      spokenLength: fc.oneof(fc.constant(0), fc.nat(2_000)),
    });
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 60 }),
        fc.option(fc.integer({ min: 1, max: 7_200_000 })),
        (texts, durationMs) => {
          let previousEnd = 0;
          for (const [index, place] of repairTimes(texts, durationMs).entries()) {
            if (place === null) continue;
            expect(place.startsAtMs).toBeGreaterThanOrEqual(previousEnd);
            expect(place.endsAtMs).toBeGreaterThan(place.startsAtMs);
            expect(place.endsAtMs).toBeLessThanOrEqual(durationMs ?? Number.POSITIVE_INFINITY);
            if (place.published) expect(place.startsAtMs).toBe(texts[index]?.startsAtMs);
            previousEnd = place.endsAtMs;
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('repairs a sitting of 20,000 sentences in a blink', () => {
    const texts = Array.from({ length: 20_000 }, (_, index) => said(index % 3 === 0 ? index * 8_000 : null));
    const startedAt = performance.now();
    repairTimes(texts, null);
    // A quadratic rule would take many seconds.
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

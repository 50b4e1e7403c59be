import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceChapter } from '../sources/index.ts';
import { type PlacedChapter, placeChapters } from './place-chapters.ts';

const chapter = (id: string, ...children: SourceChapter[]): SourceChapter => ({
  id,
  label: `Chapitre ${id}`,
  typedLabel: ` Chapitre ${id}`,
  kind: { key: '7', name: 'Intervention' },
  speakerIds: ['s1'],
  children,
});
const at = (id: string, startsAtMs: number) => ({ id, startsAtMs });

/** `a[1-5] (b[1-3] c[?])`, in seconds. */
function drawn(chapters: readonly PlacedChapter[]): string {
  return chapters
    .map(({ id, startsAtMs, endsAtMs, children }) => {
      const time = startsAtMs === null ? '?' : `${startsAtMs / 1000}-${endsAtMs === null ? '' : endsAtMs / 1000}`;
      return `${id}[${time}]${children.length > 0 ? ` (${drawn(children)})` : ''}`;
    })
    .join(' ');
}

describe('placeChapters', () => {
  it.each([
    [
      'each ends where the next starts, the last with the recording',
      [chapter('a'), chapter('b')],
      [at('a', 1_000), at('b', 5_000)],
      'a[1-5] b[5-9]',
    ],
    [
      'untimed chapters stay without a time',
      [chapter('a'), chapter('u'), chapter('b')],
      [at('a', 1_000), at('b', 5_000)],
      'a[1-5] u[?] b[5-9]',
    ],
    [
      'a parent lasts as long as what is inside',
      [chapter('p', chapter('a'), chapter('b')), chapter('q')],
      [at('p', 1_000), at('a', 2_000), at('b', 3_000), at('q', 6_000)],
      'p[1-6] (a[2-3] b[3-6]) q[6-9]',
    ],
    [
      'a parent keyed late starts with its first child',
      [chapter('p', chapter('a'))],
      [at('p', 4_000), at('a', 2_000)],
      'p[2-9] (a[2-9])',
    ],
    [
      'a child of an untimed parent keeps its time',
      [chapter('u', chapter('a')), chapter('b')],
      [at('a', 2_000), at('b', 4_000)],
      'u[?] (a[2-4]) b[4-9]',
    ],
    [
      'two that start together end together',
      [chapter('a'), chapter('b'), chapter('c')],
      [at('a', 1_000), at('b', 1_000), at('c', 3_000)],
      'a[1-3] b[1-3] c[3-9]',
    ],
    [
      'an interruption inside a parent does not end it',
      [chapter('p', chapter('a'), chapter('b')), chapter('x')],
      [at('p', 1_000), at('a', 1_000), at('x', 2_000), at('b', 3_000)],
      'p[1-9] (a[1-2] b[3-9]) x[2-3]',
    ],
    ['storyboard marks are dropped', [chapter('a')], [at('60', 60_000), at('a', 1_000), at('120', 2_000)], 'a[1-9]'],
    ['of two times the earlier counts', [chapter('a')], [at('a', 3_000), at('a', 1_000)], 'a[1-9]'],
    ['times outside the recording are none', [chapter('a'), chapter('b')], [at('a', -1), at('b', 9_000)], 'a[?] b[?]'],
    ['no chapters', [], [at('a', 1_000)], ''],
  ])('%s', (_, chapters, synchros, expected) => {
    expect(drawn(placeChapters(chapters, synchros, 9_000))).toBe(expected);
  });

  it('leaves the last end open while the length is unknown (live)', () => {
    expect(drawn(placeChapters([chapter('a'), chapter('b')], [at('a', 1_000), at('b', 5_000)], null))).toBe(
      'a[1-5] b[5-]',
    );
  });

  it('keeps labels as typed and cleaned, speakers, and the kind', () => {
    expect(placeChapters([chapter('a')], [], null)).toEqual([
      {
        id: 'a',
        label: 'Chapitre a',
        typedLabel: ' Chapitre a',
        kind: 'intervention',
        speakerIds: ['s1'],
        startsAtMs: null,
        endsAtMs: null,
        children: [],
      },
    ]);
  });

  it('whatever the times: every chapter contains those inside it and lasts', () => {
    const id = fc.nat(40).map(String);
    const branchOf = (inside: fc.Arbitrary<SourceChapter>) =>
      fc.tuple(id, fc.array(inside, { maxLength: 3 })).map(([own, children]) => chapter(own, ...children));
    const tree = branchOf(branchOf(id.map((own) => chapter(own))));
    const synchro = fc.record({ id: fc.nat(40).map(String), startsAtMs: fc.nat(10_000) });
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), fc.array(synchro, { maxLength: 40 }), (chapters, synchros) => {
        const check = (placed: PlacedChapter, within: PlacedChapter | null) => {
          const { startsAtMs, endsAtMs } = placed;
          if (startsAtMs !== null && endsAtMs !== null) {
            expect(endsAtMs).toBeGreaterThan(startsAtMs);
            expect(startsAtMs).toBeGreaterThanOrEqual(within?.startsAtMs ?? 0);
            expect(endsAtMs).toBeLessThanOrEqual(within?.endsAtMs ?? 10_001);
          }
          for (const child of placed.children) check(child, startsAtMs === null ? within : placed);
        };
        for (const placed of placeChapters(chapters, synchros, 10_001)) check(placed, null);
      }),
    );
  });
});

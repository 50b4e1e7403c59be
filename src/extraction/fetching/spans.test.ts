import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSpan, coveredBytes, missingSpans, type Span } from './spans.ts';

const anySpans = fc.array(
  fc.tuple(fc.nat(200), fc.nat(60)).map(([start, size]): Span => ({ start, end: start + size })),
  { maxLength: 30 },
);

describe('spans', () => {
  it.each<[string, Span[], Span, Span[]]>([
    ['first', [], { start: 5, end: 9 }, [{ start: 5, end: 9 }]],
    ['empty', [], { start: 5, end: 5 }, []],
    ['touching', [{ start: 0, end: 5 }], { start: 5, end: 9 }, [{ start: 0, end: 9 }]],
    [
      'apart',
      [{ start: 7, end: 9 }],
      { start: 0, end: 5 },
      [
        { start: 0, end: 5 },
        { start: 7, end: 9 },
      ],
    ],
    [
      'bridging',
      [
        { start: 0, end: 2 },
        { start: 6, end: 8 },
      ],
      { start: 1, end: 7 },
      [{ start: 0, end: 8 }],
    ],
  ])('joins what touches: %s', (_name, spans, span, expected) => {
    expect(addSpan(spans, span)).toEqual(expected);
  });

  it('what is had and what is missing are the whole file, whatever came in whatever order', () => {
    fc.assert(
      fc.property(anySpans, fc.integer({ min: 260, max: 400 }), (spans, length) => {
        const had = spans.reduce<Span[]>(addSpan, []);
        const bytes = new Set(
          spans.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)),
        );
        expect(coveredBytes(had)).toBe(bytes.size);
        const missing = missingSpans(had, length);
        expect(coveredBytes(missing)).toBe(length - bytes.size);
        expect([...had, ...missing].reduce<Span[]>(addSpan, [])).toEqual([{ start: 0, end: length }]);
      }),
    );
  });
});

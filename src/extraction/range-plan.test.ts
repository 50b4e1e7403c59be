import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseRelief, type Piece, takePiece } from './range-plan.ts';
import { addSpan, type Span } from './spans.ts';

const MiB = 1024 * 1024;

describe('sharing a file between connections', () => {
  it.each<[string, Span[], number, Span]>([
    ['a quarter of what is left', [{ start: 0, end: 40 * MiB }], 4, { start: 0, end: 10 * MiB }],
    ['never more than 32 MiB', [{ start: 0, end: 1000 * MiB }], 4, { start: 0, end: 32 * MiB }],
    ['never less than 1 MiB', [{ start: 0, end: 3 * MiB }], 4, { start: 0, end: MiB }],
    ['a remainder below 1 MiB goes along', [{ start: 0, end: 1.5 * MiB }], 4, { start: 0, end: 1.5 * MiB }],
    [
      'a gap is not crossed',
      [
        { start: 5, end: 9 },
        { start: MiB, end: 90 * MiB },
      ],
      4,
      { start: 5, end: 9 },
    ],
  ])('takes %s', (_name, missing, connections, piece) => {
    expect(takePiece(missing, connections)?.piece).toEqual(piece);
  });

  it('nothing is left out and nothing is given twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 * MiB }), fc.integer({ min: 1, max: 8 }), (length, connections) => {
        let missing: Span[] = [{ start: 0, end: length }];
        let taken: Span[] = [];
        let bytes = 0;
        for (let next = takePiece(missing, connections); next !== null; next = takePiece(missing, connections)) {
          missing = next.rest;
          taken = addSpan(taken, next.piece);
          bytes += next.piece.end - next.piece.start;
        }
        expect(taken).toEqual([{ start: 0, end: length }]);
        expect(bytes).toBe(length);
      }),
    );
  });
});

describe('relieving a slow connection', () => {
  const piece = (change: Partial<Piece>): Piece => ({
    position: 0,
    end: 8 * MiB,
    startedAt: 0,
    startedAtMs: 0,
    ...change,
  });

  it('takes the second half of what the slowest has left', () => {
    const slow = piece({ position: 2 * MiB });
    const quick = piece({ position: 7 * MiB });
    expect(chooseRelief([quick, slow], 4_000)).toEqual({ piece: slow, from: 5 * MiB });
  });

  it('leaves alone one that will be done within a second', () => {
    expect(chooseRelief([piece({ position: 7 * MiB })], 4_000)).toBeNull();
  });

  it('leaves alone a rest that is not worth a request', () => {
    expect(chooseRelief([piece({ position: 8 * MiB - 1000 })], 1e9)).toBeNull();
  });

  it('judges one that has brought nothing yet by its age', () => {
    expect(chooseRelief([piece({})], 900)).toBeNull();
    expect(chooseRelief([piece({})], 1_100)?.from).toBe(4 * MiB);
  });
});

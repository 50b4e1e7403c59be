import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseRelief, type Piece, pieceSize, takePiece } from './range-plan.ts';
import { addSpan, type Span } from './spans.ts';

const MiB = 1024 * 1024;

describe('sharing a file between connections', () => {
  it.each([
    ['a quarter of what is missing', 40 * MiB, 10 * MiB],
    ['never more than 32 MiB', 1000 * MiB, 32 * MiB],
    ['never less than 1 MiB', 3 * MiB, MiB],
  ])('a request asks for %s', (_name, missing, size) => {
    expect(pieceSize(missing, 4)).toBe(size);
  });

  it.each<[string, Span[], Span]>([
    ['the front', [{ start: 7, end: 40 * MiB }], { start: 7, end: 7 + 10 * MiB }],
    ['a remainder below 1 MiB along with it', [{ start: 0, end: 10.5 * MiB }], { start: 0, end: 10.5 * MiB }],
    [
      'no more than the first gap',
      [
        { start: 5, end: 9 },
        { start: MiB, end: 90 * MiB },
      ],
      { start: 5, end: 9 },
    ],
  ])('takes %s', (_name, missing, piece) => {
    expect(takePiece(missing, 10 * MiB)?.piece).toEqual(piece);
  });

  it('nothing is left out and nothing is given twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 * MiB }), fc.integer({ min: 1, max: 8 }), (length, connections) => {
        const size = pieceSize(length, connections);
        let missing: Span[] = [{ start: 0, end: length }];
        let taken: Span[] = [];
        let bytes = 0;
        for (let next = takePiece(missing, size); next !== null; next = takePiece(missing, size)) {
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

  it('leaves alone one that will be done within two seconds', () => {
    expect(chooseRelief([piece({ position: 6 * MiB })], 4_000)).toBeNull();
  });

  it('leaves alone a rest that is not worth a request', () => {
    expect(chooseRelief([piece({ position: 8 * MiB - 1000 })], 1e9)).toBeNull();
  });

  it('judges one that has brought nothing yet by its age', () => {
    expect(chooseRelief([piece({})], 1_990)).toBeNull();
    expect(chooseRelief([piece({})], 2_010)?.from).toBe(4 * MiB);
  });
});

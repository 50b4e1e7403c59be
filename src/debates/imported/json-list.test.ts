import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createJsonListReader, type Piece } from './json-list.ts';

function read(text: string, { pieceLength = text.length, maxLength = 1_000 } = {}): Piece[] {
  const reader = createJsonListReader({ maxLength });
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length; at += pieceLength) pieces.push(...reader.push(text.slice(at, at + pieceLength)));
  return [...pieces, ...reader.end()];
}

test('gives each element with the line it begins on', () => {
  expect(read('[\n  {"a": 1},\n  {\n    "b": "],}\\"{["\n  }, [2, [3]],\n  "x", null ]\n')).toEqual([
    { line: 2, value: { a: 1 } },
    { line: 3, value: { b: '],}"{[' } },
    { line: 5, value: [2, [3]] },
    { line: 6, value: 'x' },
    { line: 6, value: null },
  ]);
  expect(read(' [ ] ')).toEqual([]);
});

test('reads what JSON.parse reads, in whatever pieces it comes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { maxLength: 8 }),
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      (list, pieceLength, pretty) => {
        const text = JSON.stringify(list, null, pretty ? 2 : 0);
        const found = read(text, { pieceLength, maxLength: 1_000_000 });
        expect(found.map((piece) => ('value' in piece ? piece.value : piece))).toEqual(JSON.parse(text));
      },
    ),
  );
});

describe('what is broken', () => {
  test.each<[string, string, Piece[]]>([
    ['nothing', '', [{ line: 1, fault: 'the file is empty', over: true }]],
    ['an object', '\n{"a":1}', [{ line: 2, fault: 'a list of objects is expected: `[`', over: true }]],
    [
      'an end missing',
      '[{"a":1},\n',
      [
        { line: 1, value: { a: 1 } },
        { line: 2, fault: 'the file ends after element 1, before the end of the list', over: true },
      ],
    ],
    [
      'an object cut',
      '[\n{"a":1},\n{"b":',
      [
        { line: 2, value: { a: 1 } },
        {
          line: 3,
          fault: 'the file ends in the element that begins on line 3, before the end of the list',
          over: true,
        },
      ],
    ],
    [
      'something behind',
      '[1]\n[2]',
      [
        { line: 1, value: 1 },
        { line: 2, fault: 'something follows the list', over: true },
      ],
    ],
    [
      'a comma too many',
      '[1,\n,2]',
      [
        { line: 1, value: 1 },
        { line: 2, fault: 'an element is missing', over: false },
        { line: 2, value: 2 },
      ],
    ],
    [
      'a last comma',
      '[1,\n]',
      [
        { line: 1, value: 1 },
        { line: 2, fault: 'an element is missing', over: false },
      ],
    ],
  ])('%s is said with its line', (_what, text, pieces) => {
    expect(read(text)).toEqual(pieces);
  });

  test.each<[string, string, number]>([
    ['a comma missing inside', '[\n{\n"a": 1\n"b": 2\n},\n{"c": 3}]', 4],
    ['a word that is none', '[{"a": tru},\n{"c": 3}]', 1],
    ['a bracket of the other kind', '[\n{"a": [1}},\n{"c": 3}]', 2],
  ])('%s costs that element alone, and is said with its line', (_what, text, line) => {
    expect(read(text)).toEqual([
      { line, fault: expect.stringContaining('no JSON'), over: false },
      { line: expect.any(Number), value: { c: 3 } },
    ]);
  });

  test('an element that is too long is left out, and none of it is kept', () => {
    expect(read(`["${'a'.repeat(2_000)}",\n1]`)).toEqual([
      { line: 1, fault: 'longer than 1000 characters', over: false },
      { line: 2, value: 1 },
    ]);
  });
});

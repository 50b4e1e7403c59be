import { expect, it } from 'vitest';
import { nearestWord } from './nearest-word.ts';

const candidates = (...keys: string[]) => keys.map((key) => ({ key, label: key }));

it.each([
  ['a letter left out', 'buget', ['budget'], 'budget'],
  ['a letter too many', 'budgget', ['budget'], 'budget'],
  ['another letter', 'budjet', ['budget'], 'budget'],
  ['two swapped', 'bugdet', ['budget'], 'budget'],
  ['the nearest', 'justise', ['justesse', 'justice'], 'justice'],
  ['the first among equals', 'lot', ['loi', 'lob'], 'loi'],
  ['two slips in a short word', 'loap', ['loi'], null],
  ['three slips in a long word', 'constitusionel', ['constitutionnel'], 'constitutionnel'],
  ['nothing to choose from', 'loi', [], null],
])('%s', (_case, typed, known, meant) => {
  expect(nearestWord(typed, candidates(...known))?.key ?? null).toBe(meant);
});

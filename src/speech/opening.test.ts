import { expect, test } from 'vitest';
import { openingEndsAtMs } from './opening.ts';

const part = (seconds: number, ...levelsDb: number[]): number[] =>
  Array.from({ length: seconds }, (_, second) => levelsDb[second % levelsDb.length] ?? 0);
const ROOM = [-52, -50, -51];
/** Speech breathes: one second of five is as quiet as the room. */
const SPEECH = [-20, -18, -22, -19, -48];
const room = (seconds: number) => part(seconds, ...ROOM);
const speech = (seconds: number) => part(seconds, ...SPEECH);

test.each<[string, number[], number | null]>([
  ['a room that murmurs, then a sitting', [...room(900), ...speech(600)], 898_000],
  ['a line without any signal, then a sitting', [...part(900, -100), ...speech(600)], 898_000],
  ['a loud room, ten decibels and more below speech', [...part(300, -32, -30, -33), ...speech(600)], 298_000],
  ['a far room and quiet speech', [...part(300, -70), ...part(600, -45, -44, -60)], 298_000],
  [
    'a test of microphones of a minute long before',
    [...room(300), ...speech(60), ...room(300), ...speech(600)],
    658_000,
  ],
  ['doors and coughs', [...part(900, ...room(88), -20, -25), ...room(60), ...speech(600)], 958_000],
  [
    'a door half a minute before: early, as it might be a word',
    [...room(870), -20, ...room(29), ...speech(600)],
    868_000,
  ],
  ['the first words alone, then a pause', [...room(900), ...part(3, -20), ...room(20), ...speech(600)], 898_000],
  ['a sitting suspended after five minutes', [...room(300), ...speech(300), ...room(900)], 298_000],
  ['a sitting from the first second', speech(1_500), null],
  ['an opening shorter than a jump is worth', [...room(20), ...speech(600)], null],
  ['an empty room all along', room(2_400), null],
  ['silence all along', part(2_400, -100), null],
  ['a room that is nearly as loud as what is said', [...part(900, -28), ...part(600, -20)], null],
  ['nobody before the end of what was listened to', [...room(2_300), ...speech(100)], null],
  ['a recording of two minutes', [...room(40), ...speech(100)], null],
  ['nothing', [], null],
])('%s', (_what, levelsDb, expected) => {
  expect(openingEndsAtMs(levelsDb)).toBe(expected);
});

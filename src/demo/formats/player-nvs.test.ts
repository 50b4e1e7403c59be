import { expect, it } from 'vitest';
import { filmed } from '../../../tests/support/demo-sittings.ts';
import { renderPlayerNvs } from './player-nvs.ts';
import { storyboardOf } from './storyboard.ts';

const plenary = filmed('petites rivières');

function synchros(text: string): { id: string; timecode: number }[] {
  return [...text.matchAll(/<synchro id="(\d+)" timecode="(\d+)"\/>/g)].map(([, id = '', timecode]) => ({
    id,
    timecode: Number(timecode),
  }));
}

it('starts at the second that the file name tells', () => {
  expect(plenary.recording.base).toBe('2026/10/hemi_20261006145954');
  expect(renderPlayerNvs(plenary)).toContain(`<player starttime="${Date.parse('2026-10-06T14:59:54+02:00') / 1000}">`);
});

it('mixes the times of chapters with marks that belong to none, in order', () => {
  const all = synchros(renderPlayerNvs({ ...plenary, recording: { ...plenary.recording, durationSeconds: 150 } }));
  const marks = all.filter(({ id }) => id.length > 8);
  expect(marks.map(({ timecode }) => timecode)).toEqual([0, 60_000, 120_000]);
  expect(all.length - marks.length).toBe(5);
  expect(all.map(({ timecode }) => timecode)).toEqual(all.map(({ timecode }) => timecode).toSorted((a, b) => a - b));
});

it('leaves out the chapters that nobody timed', () => {
  const untimed = plenary.chapters[0]?.chapters.find(({ label }) => label === 'Discussion des articles');
  expect(untimed?.startsAtMs).toBeNull();
  expect(renderPlayerNvs(plenary)).not.toContain(`id="${untimed?.id}"`);
});

it('the storyboard drifts by a second after 8,160 s, as the one real file does', () => {
  const long = { ...plenary, recording: { ...plenary.recording, durationSeconds: 8300 } };
  expect(
    storyboardOf(long)
      .map(({ seconds }) => seconds)
      .slice(-3),
  ).toEqual([8160, 8221, 8281]);
  expect(storyboardOf(long).at(-1)?.id).toBe('9900010008281');
});

it('there is no storyboard while live', () => {
  expect(storyboardOf({ ...plenary, state: 'live' })).toEqual([]);
});

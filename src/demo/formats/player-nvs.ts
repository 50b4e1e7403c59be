import type { FilmedSitting, SittingChapter } from '../sitting.ts';
import { storyboardOf } from './storyboard.ts';

/**
 * `finalplayer.nvs`, or `liveplayer.nvs` while live: when each chapter begins, in ms on the recording's clock, mixed
 * with one mark a minute that belongs to no chapter. Chapters without a time are not there.
 */
export function renderPlayerNvs(sitting: FilmedSitting): string {
  const marks = storyboardOf(sitting).map(({ id, seconds }) => ({ id, timecode: seconds * 1000 }));
  const synchros = [...timedChapters(sitting.chapters), ...marks].toSorted((a, b) => a.timecode - b.timecode);
  return [
    '<?xml version="1.0"?>',
    `<player starttime="${sitting.recording.startsAtMs / 1000}">`,
    ...synchros.map(({ id, timecode }) => `  <synchro id="${id}" timecode="${timecode}"/>`),
    '</player>',
    '',
  ].join('\n');
}

function timedChapters(chapters: readonly SittingChapter[]): { id: string; timecode: number }[] {
  return chapters.flatMap(({ id, startsAtMs, chapters: children }) => [
    ...(startsAtMs === null ? [] : [{ id: String(id), timecode: startsAtMs }]),
    ...timedChapters(children),
  ]);
}

import type { FilmedSitting } from '../sitting.ts';

const EVERY_SECONDS = 60;
/** In the one real file at hand the pictures come a second late from here on. */
const DRIFTS_AFTER_SECONDS = 8160;

export interface StoryboardPicture {
  /** Also the id of its synchro in `finalplayer.nvs`, where it matches no chapter. */
  id: string;
  seconds: number;
}

/** One picture a minute, made after the end: there is none while the sitting is live. */
export function storyboardOf({ state, mediaId, recording }: FilmedSitting): StoryboardPicture[] {
  if (state === 'live') return [];
  const count = Math.ceil(recording.durationSeconds / EVERY_SECONDS);
  return Array.from({ length: count }, (_, index) => {
    const even = index * EVERY_SECONDS;
    const seconds = even > DRIFTS_AFTER_SECONDS ? even + 1 : even;
    return { id: `${mediaId}${String(seconds).padStart(5, '0')}`, seconds };
  });
}

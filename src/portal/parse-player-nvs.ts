import { decodeDocument } from './decode-text.ts';
import { readXml } from './read-xml.ts';

/** `finalplayer.nvs` or `liveplayer.nvs`: what lies where on the clock of the recording. */
export interface PlayerNvs {
  /** Start of the recording; null when not said. */
  startsAt: Date | null;
  /**
   * In the file's order. Most ids are storyboard pictures, one a minute: whoever joins with chapters drops the ids
   * that name none.
   */
  synchros: Synchro[];
}

export interface Synchro {
  /** A chapter's id, or a storyboard picture's. */
  id: string;
  /** Milliseconds from the start of the recording. */
  startsAtMs: number;
}

/**
 * No verbatim file is known, so only what the join needs is asked: `synchro` anywhere, `starttime` on `player`.
 * Synchros without a usable id or time are left out.
 * @throws AppError `portal/malformed`, `portal/html-instead`
 */
export function parsePlayerNvs(bytes: Uint8Array): PlayerNvs {
  const player: PlayerNvs = { startsAt: null, synchros: [] };
  readXml(decodeDocument(bytes, 'player.nvs').text, 'player.nvs', {
    open(name, attributes) {
      if (name === 'player') player.startsAt = epochSeconds(attributes.starttime);
      if (name !== 'synchro') return;
      const id = attributes.id?.trim();
      const timecode = attributes.timecode?.trim() ?? '';
      // Nine digits of milliseconds are eleven days.
      if (id && /^\d{1,9}$/.test(timecode)) player.synchros.push({ id, startsAtMs: Number(timecode) });
    },
  });
  return player;
}

function epochSeconds(value: string | undefined): Date | null {
  return value !== undefined && /^\d{9,10}$/.test(value.trim()) ? new Date(Number(value) * 1000) : null;
}

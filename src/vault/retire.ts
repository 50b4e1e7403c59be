import type { Clock } from '../platform/clock/index.ts';
import type { Db, Trx } from '../platform/database/index.ts';
import type { Events } from '../platform/events/index.ts';
import type { AudioFile } from './audio-file.ts';
import { retire } from './store.ts';

/** Retires files and says so, together. Files that were retired meanwhile are left as they are. */
export async function retireFiles(
  parts: { db: Db; events: Events; clock: Clock },
  files: readonly AudioFile[],
  reason: string,
): Promise<void> {
  if (files.length === 0) return;
  await parts.db.transaction().execute(async (trx) => {
    const ids = files.map((file) => file.id);
    for (const file of await retire(trx, ids, reason, parts.clock.now())) await announceChange(trx, parts.events, file);
  });
}

/** What can be heard of a debate has changed: whoever keeps an answer about it looks again. */
export async function announceChange(trx: Trx, events: Events, file: AudioFile): Promise<void> {
  const data = { debate_id: file.debateId, change: 'audio' };
  await events.append(trx, { type: 'debate_updated', channel: `debate:${file.debateId}`, data });
}

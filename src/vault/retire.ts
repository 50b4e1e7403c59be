import type { Debates } from '../debates/index.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Db, Trx } from '../platform/database/index.ts';
import type { Events } from '../platform/events/index.ts';
import type { AudioFile } from './audio-file.ts';
import { readyFiles, retire } from './store.ts';

/** Who is told when what can be heard of a debate changes. */
export interface Told {
  register: Pick<Debates, 'reportAudio'>;
  events: Pick<Events, 'append'>;
}

/** Retires files and says so, together. Files that were retired meanwhile are left as they are. */
export async function retireFiles(
  parts: Told & { db: Db; clock: Clock },
  files: readonly AudioFile[],
  reason: string,
): Promise<void> {
  if (files.length === 0) return;
  await parts.db.transaction().execute(async (trx) => {
    const ids = files.map((file) => file.id);
    for (const file of await retire(trx, ids, reason, parts.clock.now())) await announceAudio(trx, parts, file);
  });
}

/**
 * Tells the register and the news that the files of a debate have changed.
 * `file` is the one that did: its duration stays true of the debate even when its bytes are gone.
 */
export async function announceAudio(trx: Trx, told: Told, file: AudioFile): Promise<void> {
  const { debateId, durationSeconds } = file;
  const available = file.state === 'ready' || (await readyFiles(trx, [debateId])).length > 0;
  await told.register.reportAudio(trx, debateId, { available, durationSeconds });
  await told.events.append(trx, {
    type: 'audio_changed',
    channel: 'debates',
    data: { debate_id: debateId, has_audio: available },
  });
}

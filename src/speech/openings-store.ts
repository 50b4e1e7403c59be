import type { Db } from '../platform/database/index.ts';
import type { Opening } from './opening.ts';
import type { SpeechTables } from './tables.ts';

export function createOpeningsStore(db: Db) {
  const tables = db.withTables<SpeechTables>();

  return {
    find: async (debateId: string): Promise<Opening | null> => {
      const row = await tables
        .selectFrom('opening_levels')
        .select(['audio_sha256', 'levels_db'])
        .where('debate_id', '=', debateId)
        .executeTakeFirst();
      return row === undefined ? null : { audioSha256: row.audio_sha256, levelsDb: row.levels_db };
    },

    save: async (debateId: string, { audioSha256, levelsDb }: Opening, measuredAt: Date): Promise<void> => {
      const row = { audio_sha256: audioSha256, levels_db: [...levelsDb], measured_at: measuredAt };
      await tables
        .insertInto('opening_levels')
        .values({ debate_id: debateId, ...row })
        .onConflict((conflict) => conflict.column('debate_id').doUpdateSet(row))
        .execute();
    },
  };
}

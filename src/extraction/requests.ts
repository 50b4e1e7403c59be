import type { Db, Trx } from '../platform/database/index.ts';

type Tables = { extraction_runs: { debate_id: string; requested_by: string | null; created_at: Date } };

/** Which accounts asked for which sounds. */
export interface Requests {
  name: string;
  /** What an account asked for, as its holder may read it; the newest first. */
  export(accountId: string): Promise<{ debate_id: string; asked_at: string }[]>;
  /** The runs stay, as anybody's; in the transaction that erases the account. */
  erase(trx: Trx, accountId: string): Promise<void>;
}

/** More than the limits let anybody ask for in a year of evenings. */
const EXPORTED_MAX = 10_000;

export function createRequests(db: Db): Requests {
  return {
    name: 'extractions',
    export: async (accountId) => {
      const rows = await db
        .withTables<Tables>()
        .selectFrom('extraction_runs')
        .where('requested_by', '=', accountId)
        .select(['debate_id', 'created_at'])
        .orderBy('created_at', 'desc')
        .limit(EXPORTED_MAX)
        .execute();
      return rows.map((row) => ({ debate_id: row.debate_id, asked_at: row.created_at.toISOString() }));
    },
    erase: async (trx, accountId) => {
      await trx
        .withTables<Tables>()
        .updateTable('extraction_runs')
        .set({ requested_by: null })
        .where('requested_by', '=', accountId)
        .execute();
    },
  };
}

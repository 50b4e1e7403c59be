import { holdAccount } from '../accounts/index.ts';
import type { Debates } from '../debates/index.ts';
import type { Db, Trx } from '../platform/database/index.ts';
import { libraryErrors } from './errors.ts';
import { FAVORITES_MAX } from './limits.ts';
import { type From, type Listed, listedAfter } from './listed.ts';
import type { LibraryTables } from './tables.ts';

export interface Favorite {
  debateId: string;
  addedAt: Date;
}

export interface Favorites {
  /** Newest first. */
  list(accountId: string, from: From, limit: number): Promise<Listed<Favorite>[]>;
  count(accountId: string): Promise<number>;
  /**
   * Twice is once; `added` says whether this time changed anything.
   * @throws AppError `debates/not-found`, `library/too-many-favorites`, `accounts/invalid-token` when the account is gone
   */
  add(accountId: string, debateId: string): Promise<{ favorite: Favorite; added: boolean }>;
  /**
   * Twice is once.
   * @throws AppError `debates/not-found`
   */
  remove(accountId: string, debateId: string): Promise<void>;
  /** In the transaction that erases the account. */
  erase(trx: Trx, accountId: string): Promise<void>;
}

export function createFavorites(options: { db: Db; debates: Debates }): Favorites {
  const { db, debates } = options;
  const tables = db.withTables<LibraryTables>();

  return {
    list: async (accountId, from, limit) => {
      let query = tables
        .selectFrom('favorites')
        .where('account_id', '=', accountId)
        .select(['debate_id', 'created_at'])
        .orderBy('created_at', 'desc')
        .orderBy('debate_id', 'desc')
        .limit(limit);
      query =
        'offset' in from ? query.offset(from.offset) : query.where(listedAfter('created_at', 'debate_id', '<', from));
      const rows = await query.execute();
      return rows.map((row) => ({
        item: { debateId: row.debate_id, addedAt: row.created_at },
        position: { value: row.created_at.toISOString(), id: row.debate_id },
      }));
    },

    count: async (accountId) => {
      const row = await tables
        .selectFrom('favorites')
        .where('account_id', '=', accountId)
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      return row.total;
    },

    add: async (accountId, debateId) => {
      const { id } = await debates.get(debateId);
      return db.transaction().execute(async (trx) => {
        await holdAccount(trx, accountId);
        const within = trx.withTables<LibraryTables>();
        const mine = within.selectFrom('favorites').where('account_id', '=', accountId);
        const known = await mine.where('debate_id', '=', id).select('created_at').executeTakeFirst();
        if (known) return { favorite: { debateId: id, addedAt: known.created_at }, added: false };
        const { total } = await mine.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
        if (total >= FAVORITES_MAX)
          throw libraryErrors.error('too-many-favorites', { params: { limit: FAVORITES_MAX } });
        const row = await within
          .insertInto('favorites')
          .values({ account_id: accountId, debate_id: id })
          .returning('created_at')
          .executeTakeFirstOrThrow();
        await debates.changeFavorites(trx, id, 1);
        return { favorite: { debateId: id, addedAt: row.created_at }, added: true };
      });
    },

    remove: async (accountId, debateId) => {
      const { id } = await debates.get(debateId);
      await db.transaction().execute(async (trx) => {
        await holdAccount(trx, accountId);
        const removed = await trx
          .withTables<LibraryTables>()
          .deleteFrom('favorites')
          .where('account_id', '=', accountId)
          .where('debate_id', '=', id)
          .executeTakeFirst();
        if (removed.numDeletedRows > 0n) await debates.changeFavorites(trx, id, -1);
      });
    },

    erase: async (trx, accountId) => {
      const removed = await trx
        .withTables<LibraryTables>()
        .deleteFrom('favorites')
        .where('account_id', '=', accountId)
        .returning('debate_id')
        .execute();
      await debates.forgetFavorites(
        trx,
        removed.map((row) => row.debate_id),
      );
    },
  };
}

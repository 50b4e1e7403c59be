import { sql } from 'kysely';
import type { Db, Trx } from '../platform/database/index.ts';
import type { Collection, Entry } from './collection.ts';
import { COLLECTION_DEBATES_MAX } from './limits.ts';
import { type From, type Listed, listedAfter } from './listed.ts';
import type { LibraryTables } from './tables.ts';

export function createCollectionsStore(db: Db) {
  const within = (trx?: Trx) => (trx ?? db).withTables<LibraryTables>();

  const selectCollections = (trx?: Trx) =>
    within(trx)
      .selectFrom('collections')
      .selectAll()
      .select((eb) =>
        eb
          .selectFrom('collection_debates')
          .whereRef('collection_id', '=', 'collections.id')
          .select((inner) => inner.fn.countAll<number>().as('n'))
          .as('debate_count'),
      );

  return {
    find: async (accountId: string, id: string, trx?: Trx): Promise<Collection | undefined> => {
      const row = await selectCollections(trx)
        .where('id', '=', id)
        .where('account_id', '=', accountId)
        .executeTakeFirst();
      return row && collectionOf(row);
    },

    findShared: async (shareToken: string): Promise<Collection | undefined> => {
      const row = await selectCollections().where('share_token', '=', shareToken).executeTakeFirst();
      return row && collectionOf(row);
    },

    list: async (accountId: string, from: From, limit: number): Promise<Listed<Collection>[]> => {
      let query = selectCollections()
        .where('account_id', '=', accountId)
        .orderBy('position')
        .orderBy('id')
        .limit(limit);
      query = 'offset' in from ? query.offset(from.offset) : query.where(listedAfter('position', 'id', '>', from));
      const rows = await query.execute();
      return rows.map((row) => ({ item: collectionOf(row), position: { value: row.position, id: row.id } }));
    },

    count: async (accountId: string, trx?: Trx): Promise<number> => {
      const row = await within(trx)
        .selectFrom('collections')
        .where('account_id', '=', accountId)
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      return row.total;
    },

    insert: async (
      trx: Trx,
      row: { id: string; account_id: string; name: string; description: string; position: number },
    ): Promise<void> => {
      await within(trx)
        .insertInto('collections')
        .values({ ...row, share_token: null })
        .execute();
    },

    /** Says at least that the collection changed. */
    update: async (
      trx: Trx,
      id: string,
      change: { name?: string; description?: string; share_token?: string | null },
    ): Promise<void> => {
      await within(trx)
        .updateTable('collections')
        .set({ ...change, updated_at: sql<Date>`now()` })
        .where('id', '=', id)
        .execute();
    },

    move: async (trx: Trx, accountId: string, from: number, to: number): Promise<void> => {
      await sql`update collections set ${shift(from, to)} where account_id = ${accountId} and ${between(from, to)}`.execute(
        trx,
      );
    },

    remove: async (trx: Trx, accountId: string, id: string, position: number): Promise<void> => {
      await within(trx).deleteFrom('collections').where('id', '=', id).execute();
      await sql`update collections set position = position - 1
        where account_id = ${accountId} and position > ${position}`.execute(trx);
    },

    entries: async (collectionId: string): Promise<Entry[]> => {
      const rows = await within()
        .selectFrom('collection_debates')
        .where('collection_id', '=', collectionId)
        .select(['debate_id', 'position', 'added_at'])
        .orderBy('position')
        .limit(COLLECTION_DEBATES_MAX)
        .execute();
      return rows.map(entryOf);
    },

    countEntries: async (trx: Trx, accountId: string): Promise<number> => {
      const row = await within(trx)
        .selectFrom('collection_debates')
        .innerJoin('collections', 'collections.id', 'collection_debates.collection_id')
        .where('account_id', '=', accountId)
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      return row.total;
    },

    findEntry: async (trx: Trx, collectionId: string, debateId: string): Promise<Entry | undefined> => {
      const row = await within(trx)
        .selectFrom('collection_debates')
        .where('collection_id', '=', collectionId)
        .where('debate_id', '=', debateId)
        .select(['debate_id', 'position', 'added_at'])
        .executeTakeFirst();
      return row && entryOf(row);
    },

    insertEntry: async (trx: Trx, collectionId: string, debateId: string, position: number): Promise<Entry> => {
      const row = await within(trx)
        .insertInto('collection_debates')
        .values({ collection_id: collectionId, debate_id: debateId, position })
        .returning(['debate_id', 'position', 'added_at'])
        .executeTakeFirstOrThrow();
      return entryOf(row);
    },

    moveEntry: async (trx: Trx, collectionId: string, from: number, to: number): Promise<void> => {
      await sql`update collection_debates set ${shift(from, to)}
        where collection_id = ${collectionId} and ${between(from, to)}`.execute(trx);
    },

    removeEntry: async (trx: Trx, collectionId: string, debateId: string, position: number): Promise<void> => {
      await within(trx)
        .deleteFrom('collection_debates')
        .where('collection_id', '=', collectionId)
        .where('debate_id', '=', debateId)
        .execute();
      await sql`update collection_debates set position = position - 1
        where collection_id = ${collectionId} and position > ${position}`.execute(trx);
    },

    erase: async (trx: Trx, accountId: string): Promise<void> => {
      await within(trx).deleteFrom('collections').where('account_id', '=', accountId).execute();
    },
  };
}

/** The one that stands at `from` goes to `to`; those in between make room, and no place is left empty. */
function shift(from: number, to: number) {
  return sql`position = case when position = ${from} then ${to}::integer else position + ${from < to ? -1 : 1}::integer end`;
}

function between(from: number, to: number) {
  return sql`position between ${Math.min(from, to)} and ${Math.max(from, to)}`;
}

interface CollectionRow {
  id: string;
  name: string;
  description: string;
  position: number;
  share_token: string | null;
  created_at: Date;
  updated_at: Date;
  debate_count: number | null;
}

function collectionOf(row: CollectionRow): Collection {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    position: row.position,
    debateCount: row.debate_count ?? 0,
    shareToken: row.share_token,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function entryOf(row: { debate_id: string; position: number; added_at: Date }): Entry {
  return { debateId: row.debate_id, position: row.position, addedAt: row.added_at };
}

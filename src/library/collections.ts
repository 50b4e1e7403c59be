import { holdAccount } from '../accounts/index.ts';
import type { Debates } from '../debates/index.ts';
import type { Db, Trx } from '../platform/database/index.ts';
import type { Collection, Entry } from './collection.ts';
import { createCollectionsStore } from './collections-store.ts';
import { libraryErrors } from './errors.ts';
import { COLLECTION_DEBATES_MAX, COLLECTIONS_MAX, ENTRIES_MAX } from './limits.ts';
import type { From, Listed } from './listed.ts';

/** `position` beyond the end means the end. */
export interface CollectionChange {
  name?: string | undefined;
  description?: string | undefined;
  position?: number | undefined;
}

/**
 * A listener's collections of debates. What is another's is not found, exactly as what does not exist: every query names the
 * owner, and there is no second one that could tell them apart.
 */
export interface Collections {
  /** In the listener's own order. */
  list(accountId: string, from: From, limit: number): Promise<Listed<Collection>[]>;
  count(accountId: string): Promise<number>;
  /** @throws AppError `library/too-many-collections` */
  create(accountId: string, collection: { name: string; description: string }): Promise<Collection>;
  /** @throws AppError `library/collection-not-found` */
  get(accountId: string, id: string): Promise<Collection>;
  /** In the collection's order. */
  entries(collectionId: string): Promise<Entry[]>;
  /** @throws AppError `library/collection-not-found` */
  change(accountId: string, id: string, change: CollectionChange): Promise<Collection>;
  /** @throws AppError `library/collection-not-found` */
  remove(accountId: string, id: string): Promise<void>;
  /**
   * At the end. Twice is once; `added` says whether this time changed anything.
   * @throws AppError `library/collection-not-found`, `debates/not-found`, `library/too-many-debates`
   */
  addDebate(accountId: string, id: string, debateId: string): Promise<{ entry: Entry; added: boolean }>;
  /** @throws AppError `library/collection-not-found`, `library/not-in-collection` */
  moveDebate(accountId: string, id: string, debateId: string, position: number): Promise<Entry>;
  /**
   * Twice is once.
   * @throws AppError `library/collection-not-found`
   */
  removeDebate(accountId: string, id: string, debateId: string): Promise<void>;
  /**
   * Makes a link that cannot be guessed; the same one while it is shared.
   * @throws AppError `library/collection-not-found`
   */
  share(accountId: string, id: string): Promise<Collection>;
  /** @throws AppError `library/collection-not-found` */
  unshare(accountId: string, id: string): Promise<Collection>;
  /** @throws AppError `library/shared-collection-not-found` */
  getShared(shareToken: string): Promise<Collection>;
  /** In the transaction that erases the account. */
  erase(trx: Trx, accountId: string): Promise<void>;
}

/** 192 bits: a link is as good as a password, and nobody guesses one. */
const SHARE_TOKEN_BYTES = 24;

export function createCollections(options: {
  db: Db;
  debates: Debates;
  newId: () => string;
  randomBytes: (size: number) => Buffer;
}): Collections {
  const { db, debates, newId, randomBytes } = options;
  const store = createCollectionsStore(db);

  const found = <Found>(collection: Found | undefined): Found => {
    if (collection === undefined) throw libraryErrors.error('collection-not-found');
    return collection;
  };
  /** Writes to one account's collections follow each other, so that positions have no holes and limits hold. */
  const writing = <Result>(accountId: string, work: (trx: Trx) => Promise<Result>): Promise<Result> =>
    db.transaction().execute(async (trx) => {
      await holdAccount(trx, accountId);
      return work(trx);
    });
  const get = async (accountId: string, id: string): Promise<Collection> => found(await store.find(accountId, id));
  const writingTo = async (
    accountId: string,
    id: string,
    work: (trx: Trx, collection: Collection) => Promise<void>,
  ): Promise<Collection> => {
    await writing(accountId, async (trx) => work(trx, found(await store.find(accountId, id, trx))));
    return get(accountId, id);
  };

  return {
    get,
    list: store.list,
    count: (accountId) => store.count(accountId),
    entries: store.entries,
    erase: store.erase,

    create: async (accountId, { name, description }) => {
      const id = newId();
      await writing(accountId, async (trx) => {
        const held = await store.count(accountId, trx);
        if (held >= COLLECTIONS_MAX)
          throw libraryErrors.error('too-many-collections', { params: { limit: COLLECTIONS_MAX } });
        await store.insert(trx, { id, account_id: accountId, name, description, position: held + 1 });
      });
      return get(accountId, id);
    },

    change: (accountId, id, { name, description, position }) =>
      writingTo(accountId, id, async (trx, collection) => {
        if (position !== undefined) {
          const last = await store.count(accountId, trx);
          await store.move(trx, accountId, collection.position, Math.min(position, last));
        }
        await store.update(trx, id, {
          ...(name === undefined ? {} : { name }),
          ...(description === undefined ? {} : { description }),
        });
      }),

    remove: (accountId, id) =>
      writing(accountId, async (trx) => {
        const { position } = found(await store.find(accountId, id, trx));
        await store.remove(trx, accountId, id, position);
      }),

    addDebate: async (accountId, id, debateId) => {
      await get(accountId, id);
      const debate = await debates.get(debateId);
      return writing(accountId, async (trx) => {
        const collection = found(await store.find(accountId, id, trx));
        const known = await store.findEntry(trx, id, debate.id);
        if (known) return { entry: known, added: false };
        const full = collection.debateCount >= COLLECTION_DEBATES_MAX;
        if (full || (await store.countEntries(trx, accountId)) >= ENTRIES_MAX) {
          const params = { limit: COLLECTION_DEBATES_MAX, total: ENTRIES_MAX };
          throw libraryErrors.error('too-many-debates', { params });
        }
        const entry = await store.insertEntry(trx, id, debate.id, collection.debateCount + 1);
        await store.update(trx, id, {});
        return { entry, added: true };
      });
    },

    moveDebate: async (accountId, id, debateId, position) => {
      await get(accountId, id);
      const own = (await debates.resolve([debateId])).get(debateId) ?? debateId;
      return writing(accountId, async (trx) => {
        const collection = found(await store.find(accountId, id, trx));
        const entry = await store.findEntry(trx, id, own);
        if (!entry) throw libraryErrors.error('not-in-collection');
        const target = Math.min(position, collection.debateCount);
        await store.moveEntry(trx, id, entry.position, target);
        await store.update(trx, id, {});
        return { ...entry, position: target };
      });
    },

    removeDebate: async (accountId, id, debateId) => {
      await get(accountId, id);
      const own = (await debates.resolve([debateId])).get(debateId) ?? debateId;
      await writing(accountId, async (trx) => {
        found(await store.find(accountId, id, trx));
        const entry = await store.findEntry(trx, id, own);
        if (!entry) return;
        await store.removeEntry(trx, id, own, entry.position);
        await store.update(trx, id, {});
      });
    },

    share: (accountId, id) =>
      writingTo(accountId, id, async (trx, collection) => {
        if (collection.shareToken !== null) return;
        await store.update(trx, id, { share_token: randomBytes(SHARE_TOKEN_BYTES).toString('base64url') });
      }),
    unshare: (accountId, id) =>
      writingTo(accountId, id, async (trx, collection) => {
        if (collection.shareToken !== null) await store.update(trx, id, { share_token: null });
      }),
    getShared: async (shareToken) => {
      const shared = await store.findShared(shareToken);
      if (!shared) throw libraryErrors.error('shared-collection-not-found');
      return shared;
    },
  };
}

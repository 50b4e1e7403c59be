import type { PersonalData } from '../accounts/index.ts';
import type { Collections } from './collections.ts';
import type { Favorites } from './favorites.ts';
import { COLLECTIONS_MAX, FAVORITES_MAX, POSITIONS_MAX } from './limits.ts';
import type { Positions } from './positions.ts';
import { presentCollection, presentHeard, presentPosition } from './present.ts';

const FROM_THE_FIRST = { offset: 0 };

/** All of a listener's library, in the words of the API. */
export function createPersonalData(options: {
  favorites: Favorites;
  collections: Collections;
  positions: Positions;
  publicUrl: string;
}): PersonalData {
  const { favorites, collections, positions, publicUrl } = options;
  return {
    name: 'library',
    export: async (accountId) => {
      const kept = await favorites.list(accountId, FROM_THE_FIRST, FAVORITES_MAX);
      const owned = await collections.list(accountId, FROM_THE_FIRST, COLLECTIONS_MAX);
      const known = await positions.list(accountId, null, FROM_THE_FIRST, POSITIONS_MAX);
      const history = await positions.history(accountId);
      const withDebates = [];
      for (const { item } of owned) {
        const entries = await collections.entries(item.id);
        withDebates.push({
          ...presentCollection(item, publicUrl),
          debates: entries.map((entry) => ({ debate_id: entry.debateId, added_at: entry.addedAt.toISOString() })),
        });
      }
      return {
        favorites: kept.map(({ item }) => ({ debate_id: item.debateId, added_at: item.addedAt.toISOString() })),
        collections: withDebates,
        positions: known.map(({ item }) => presentPosition(item)),
        position_history: history.map((one) => ({ debate_id: one.debateId, ...presentHeard(one.heard) })),
      };
    },
    erase: async (trx, accountId) => {
      await positions.erase(trx, accountId);
      await collections.erase(trx, accountId);
      await favorites.erase(trx, accountId);
    },
  };
}

import type { PersonalData } from '../accounts/index.ts';
import type { Debates } from '../debates/index.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import { type Collections, createCollections } from './collections.ts';
import { createFavorites, type Favorites } from './favorites.ts';
import { createPersonalData } from './personal-data.ts';
import { createPositions, type OnHeard, type Positions } from './positions.ts';

/** What listeners keep. */
export interface Library {
  favorites: Favorites;
  collections: Collections;
  positions: Positions;
  /** For the accounts' export and erasure. */
  personalData: PersonalData;
}

export function createLibrary(options: {
  db: Db;
  debates: Debates;
  clock: Clock;
  publicUrl: string;
  newId: () => string;
  randomBytes: (size: number) => Buffer;
  onHeard?: OnHeard;
}): Library {
  const parts = {
    favorites: createFavorites(options),
    collections: createCollections(options),
    positions: createPositions(options),
  };
  return { ...parts, personalData: createPersonalData({ ...parts, publicUrl: options.publicUrl }) };
}

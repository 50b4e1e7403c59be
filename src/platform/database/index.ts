export {
  type Database,
  type DatabaseOptions,
  type Db,
  type EmbeddedParts,
  openDatabase,
  type PoolState,
  type QueryNote,
  type Trx,
} from './database.ts';
export { hasEmbeddedDatabase } from './embedded.ts';
export { FolderHeldError } from './folder-lock.ts';
export type { ListenHandle } from './listen.ts';
export { appliedMigrations, knownMigrations, migrate, recreateSchema } from './migrate.ts';

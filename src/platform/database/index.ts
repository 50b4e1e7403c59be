export {
  type Database,
  type DatabaseOptions,
  type Db,
  openDatabase,
  type PoolState,
  type QueryNote,
  type Trx,
} from './database.ts';
export { FolderHeldError } from './folder-lock.ts';
export type { ListenHandle } from './listen.ts';
export { migrate } from './migrate.ts';

import { BackupRefused, noteBackup, type Taken, withSnapshot } from '../backup/index.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Config } from '../platform/config/index.ts';
import {
  type Database,
  type Db,
  FolderHeldError,
  hasEmbeddedDatabase,
  openDatabase,
} from '../platform/database/index.ts';
import { askOperator } from '../platform/process/index.ts';

/**
 * Gives the database to back up, and notes in it what was taken. One that is embedded in a running service is copied by that
 * service, and the copy is read here.
 * @throws FolderHeldError when the holder is no service, as another command; BackupRefused when there is no database
 */
export async function withDatabaseToBackUp(
  config: Config,
  clock: Clock,
  work: (db: Db) => Promise<Taken>,
): Promise<Taken> {
  const { databaseUrl: url, dataDir } = config;
  if (url === undefined && !hasEmbeddedDatabase(dataDir)) {
    throw new BackupRefused(`there is no database in ${dataDir}: set DATA_DIR or DATABASE_URL`);
  }
  const opened = await openPlainDatabase(config, clock).catch((error: unknown) => {
    if (error instanceof FolderHeldError && error.holder?.socketFolder) return error.holder.socketFolder;
    throw error;
  });
  if (typeof opened === 'string') {
    const { dataDir: snapshot } = (await askOperator(opened, 'snapshot', null)) as { dataDir: string };
    const taken = await withSnapshot(snapshot, clock, work);
    await askOperator(opened, 'note-backup', taken.manifest);
    return taken;
  }
  try {
    const taken = await work(opened.db);
    await noteBackup(opened.db, taken.manifest);
    return taken;
  } finally {
    await opened.close();
  }
}

/** The database alone, as it is: nothing is migrated, no work is started. */
export async function openPlainDatabase(
  { databaseUrl, dataDir }: Config,
  clock: Clock,
  poolSize?: number,
): Promise<Database> {
  return openDatabase({
    url: databaseUrl,
    dataDir,
    clock,
    // A query that waits for it fails too, and says so.
    onFatal: () => undefined,
    onWarning: () => undefined,
    ...(poolSize === undefined ? {} : { poolSize }),
  });
}

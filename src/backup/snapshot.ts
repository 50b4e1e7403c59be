import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../platform/clock/index.ts';
import { type Database, type Db, type EmbeddedParts, openDatabase } from '../platform/database/index.ts';

const SNAPSHOTS = 'snapshots';
/** No backup reads its snapshot for so long; what is older was left by a process that died. */
const LEFT_BEHIND_MS = 24 * 3_600_000;

/** Copies an embedded database that is in use; gives the data folder of the copy. */
export async function makeSnapshot(embedded: EmbeddedParts, dataDir: string, clock: Clock): Promise<string> {
  const folder = join(dataDir, SNAPSHOTS);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    const { mtimeMs } = await stat(join(folder, name));
    if (clock.now().getTime() - mtimeMs > LEFT_BEHIND_MS)
      await rm(join(folder, name), { recursive: true, force: true });
  }
  const snapshot = join(folder, randomUUID());
  await embedded.copyInto(snapshot);
  return snapshot;
}

/** Opens a copy for the time of `work` and removes it afterwards. */
export async function withSnapshot<T>(snapshot: string, clock: Clock, work: (db: Db) => Promise<T>): Promise<T> {
  try {
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    const copy = await openDatabase({
      url: undefined,
      dataDir: snapshot,
      clock,
      onFatal: failed.reject,
      onWarning: () => undefined,
    });
    try {
      return await Promise.race([work(copy.db), failed.promise]);
    } finally {
      await copy.close();
    }
  } finally {
    await rm(snapshot, { recursive: true, force: true });
  }
}

/** Reads a database in use without holding anybody up: an embedded one is copied, a server has snapshots of its own. */
export async function readingBeside<T>(
  { db, embedded }: Pick<Database, 'db' | 'embedded'>,
  dataDir: string,
  clock: Clock,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  if (embedded === null) return work(db);
  return withSnapshot(await makeSnapshot(embedded, dataDir, clock), clock, work);
}

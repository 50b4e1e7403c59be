import type { Clock } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import { type ObjectHead, type ObjectKey, objectName, type Storage } from './storage.ts';
import { lockObject, neededObjects } from './store.ts';

/** Stored bytes that no file needs. */
export interface Garbage extends ObjectKey, ObjectHead {
  removed: boolean;
}

/**
 * Bytes stay this long after their last file was retired, and after they were stored: listeners who have begun finish,
 * signed addresses run out, and a publication under way gets its row.
 */
const GRACE_MS = 24 * 3_600_000;

/** Objects asked about in one query. */
const BATCH = 200;

/** Finds the stored bytes that no file needs, and removes those whose time has passed; and what broken writes left. */
export async function sweepGarbage(parts: { db: Db; storage: Storage; clock: Clock }): Promise<Garbage[]> {
  const { db, storage, clock } = parts;
  const graceStart = new Date(clock.now().getTime() - GRACE_MS);
  const found: Garbage[] = [];
  await storage.abortWrites?.(graceStart);
  for await (const batch of batchesOf(storage.list(), BATCH)) {
    const needed = await neededObjects(db, batch, graceStart);
    for (const object of batch.filter((one) => !needed.has(objectName(one)))) {
      const removed = object.storedAt < graceStart && (await removeUnneeded(parts, object, graceStart));
      found.push({ ...object, removed });
    }
  }
  return found;
}

/** Under the object's lock: nobody can be publishing these bytes while they are looked at and removed. */
async function removeUnneeded(parts: { db: Db; storage: Storage }, key: ObjectKey, graceStart: Date): Promise<boolean> {
  return parts.db.transaction().execute(async (trx) => {
    await lockObject(trx, key);
    if ((await neededObjects(trx, [key], graceStart)).size > 0) return false;
    await parts.storage.delete(key);
    return true;
  });
}

async function* batchesOf<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

import { sql } from 'kysely';
import type { Db } from '../platform/database/index.ts';
import type { Manifest } from './manifest.ts';

export interface LastBackup {
  finishedAt: Date;
  storedBytes: number;
}

/** Older ones are of no use to who asks how old the last one is. */
const REMEMBERED_DAYS = 400;

/** Says in the database that a backup of it was taken. */
export async function noteBackup(db: Db, { name, takenAt, finishedAt, database, audio }: Manifest): Promise<void> {
  const storedBytes = database.storedBytes + (audio?.bytes ?? 0);
  await sql`insert into backups (name, taken_at, finished_at, stored_bytes)
    values (${name}, ${takenAt}, ${finishedAt}, ${storedBytes}) on conflict do nothing`.execute(db);
  await sql`delete from backups where finished_at < now() - make_interval(days => ${REMEMBERED_DAYS})`.execute(db);
}

/** Null when none was ever taken. */
export async function lastBackup(db: Db): Promise<LastBackup | null> {
  const { rows } = await sql<LastBackup>`select finished_at as "finishedAt", stored_bytes as "storedBytes"
    from backups order by finished_at desc limit 1`.execute(db);
  return rows[0] ?? null;
}

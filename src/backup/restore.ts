import { sql } from 'kysely';
import {
  appliedMigrations,
  type Database,
  knownMigrations,
  recreateSchema,
  type Trx,
} from '../platform/database/index.ts';
import type { Storage } from '../vault/index.ts';
import type { ArchivedTable, ArchiveHeader } from './archive.ts';
import { type AudioProgress, restoreAudio } from './audio.ts';
import { readTables, type TableShape, type WaitingJob, writeCounters } from './catalogue.ts';
import { createDigest, sameDigest } from './digest.ts';
import { BackupDamaged, BackupRefused } from './errors.ts';
import type { BackupKeys } from './keys.ts';
import type { Manifest } from './manifest.ts';
import { readAudioList, readDatabase, verifyBackup } from './read-backup.ts';
import { insertRows, rowsOf, withoutTriggers, writeTheSameEverywhere } from './rows.ts';
import type { BackupTarget } from './target.ts';

export interface RestoreOptions {
  target: BackupTarget;
  manifest: Manifest;
  keys: BackupKeys | null;
  database: Database;
  /** Where sound goes, if the backup has any. */
  storage: Pick<Storage, 'head' | 'put'>;
  stagingFolder: string;
  /** Drop what is there. */
  replace: boolean;
  signal: AbortSignal;
  onTable?: (table: ArchivedTable, done: number, total: number) => void;
  onAudio?: (progress: AudioProgress) => void;
}

export interface Restored {
  header: ArchiveHeader;
  tables: ArchivedTable[];
  jobs: WaitingJob[];
  broughtAudio: number;
}

/**
 * Restores a backup: reads all of it first, then the sound, then the database in one transaction, which ends only when every table
 * in it reads as it was backed up. Whatever fails leaves the database as it was.
 * @throws BackupRefused before anything is changed: the target is in use or holds something, or this program is too old;
 *   BackupDamaged
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { target, manifest, keys, database, signal } = options;
  await refuseUsed(database, options.replace);
  const verified = await verifyBackup({ target, manifest, keys, readAudio: false, signal });
  // Without the key that opens it this says so.
  const header = verified.header ?? (await headerOf(options));
  if (verified.lostAudio.length > 0) throw new BackupDamaged(`${verified.lostAudio.length} of its sounds are missing`);
  await refuseUnknown(header);
  const objects = await readAudioList(target, manifest);
  const broughtAudio = await restoreAudio({ ...options }, objects, options.onAudio ?? (() => undefined));
  const tables = await database.db.transaction().execute((trx) => restoreDatabase(trx, options, header));
  return { header, tables, jobs: header.jobs, broughtAudio };
}

async function headerOf({ target, manifest, keys }: RestoreOptions): Promise<ArchiveHeader> {
  for await (const part of readDatabase(target, manifest, keys)) if (part.kind === 'header') return part.header;
  throw new BackupDamaged('it is empty');
}

async function refuseUsed({ db, kind }: Database, replace: boolean): Promise<void> {
  if (kind === 'postgresql') {
    const { rows } = await sql<{ others: number }>`select count(*)::int as others from pg_stat_activity
      where datname = current_database() and application_name like 'robian%' and pid <> pg_backend_pid()`.execute(db);
    const others = rows[0]?.others ?? 0;
    if (others > 0)
      throw new BackupRefused(`${others} connections of robian are open on this database: stop its processes first`);
  }
  if (replace) return;
  const filled = await db.transaction().execute(firstFilledTable);
  if (filled !== null) {
    throw new BackupRefused(`this database is not empty (${filled}): --replace drops everything that is in it`);
  }
}

async function firstFilledTable(trx: Trx): Promise<string | null> {
  if ((await appliedMigrations(trx)).length === 0) return null;
  for (const { name } of await readTables(trx)) {
    const { rows } = await sql`select 1 from ${sql.id('public', name)} limit 1`.execute(trx);
    if (rows.length > 0) return name;
  }
  return null;
}

async function refuseUnknown({ migrations, version }: ArchiveHeader): Promise<void> {
  const known = await knownMigrations();
  const unknown = migrations.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new BackupRefused(
      `this backup was taken by robian ${version}, which is newer than this one: it knows ${unknown.join(', ')}`,
    );
  }
}

async function restoreDatabase(trx: Trx, options: RestoreOptions, header: ArchiveHeader): Promise<ArchivedTable[]> {
  const { target, manifest, keys, signal, onTable } = options;
  await writeTheSameEverywhere(trx);
  await recreateSchema(trx, header.migrations);
  const made = await readTables(trx);
  const restored: ArchivedTable[] = [];
  let table: TableShape | null = null;
  for await (const part of readDatabase(target, manifest, keys)) {
    signal.throwIfAborted();
    if (part.kind === 'table') table = checkShape(part.table, made);
    if (part.kind === 'rows' && table !== null) {
      const filled = table;
      await withoutTriggers(trx, filled, () => insertRows(trx, filled, part.lines));
    }
    if (part.kind === 'end' && table !== null) {
      await compare(trx, table, part.table);
      restored.push(part.table);
      onTable?.(part.table, restored.length, header.tables.length);
    }
  }
  await writeCounters(trx, header.counters);
  return restored;
}

function checkShape(archived: TableShape, made: readonly TableShape[]): TableShape {
  const table = made.find(({ name }) => name === archived.name);
  const columns = new Set(table?.columns);
  if (!archived.columns.every((column) => columns.has(column))) {
    throw new BackupDamaged(`its schema does not have the table ${archived.name} that it speaks of`);
  }
  return archived;
}

/** What the database now says must be what it said when it was backed up. */
async function compare(trx: Trx, table: TableShape, archived: ArchivedTable): Promise<void> {
  const digest = createDigest();
  for await (const lines of rowsOf(trx, table)) for (const line of lines) digest.add(line);
  const found = digest.digest();
  if (sameDigest(found, archived.digest)) return;
  throw new Error(
    `the restored table ${table.name} does not read as it was backed up (${found.rows} rows of ${archived.digest.rows}): nothing was changed`,
  );
}

import { createHash } from 'node:crypto';
import type { Clock } from '../platform/clock/index.ts';
import { appliedMigrations, type Db } from '../platform/database/index.ts';
import type { Storage } from '../vault/index.ts';
import { ARCHIVE_FORMAT, type ArchivedTable, type ArchiveHeader, writeArchive } from './archive.ts';
import { type AudioProgress, type CopiedAudio, copyAudio, listText } from './audio.ts';
import { readCounters, readJobs, readTables } from './catalogue.ts';
import { BackupRefused } from './errors.ts';
import type { BackupKeys } from './keys.ts';
import { listBackups, type Manifest, nameOf, piecesOf, writeManifest } from './manifest.ts';
import { rowsOf, writeTheSameEverywhere } from './rows.ts';
import { createMeter, seal } from './seal.ts';
import type { BackupTarget } from './target.ts';

export interface TakeOptions {
  /** Read in one snapshot; nothing is written to it. */
  db: Db;
  target: BackupTarget;
  keys: BackupKeys | null;
  /** Null: the sound is left out. */
  audio: Pick<Storage, 'open'> | null;
  version: string;
  secret: { text: string; isKept: boolean };
  clock: Clock;
  signal: AbortSignal;
  onTable?: (table: ArchivedTable, done: number, total: number) => void;
  onAudio?: (progress: AudioProgress) => void;
}

export interface Taken {
  manifest: Manifest;
  tables: ArchivedTable[];
  lostAudio: string[];
  addedAudio: number;
}

/** The same secret gives the same mark; the mark does not give the secret, which is long and random. */
export function markOf(secret: string): string {
  return createHash('sha256').update(`robian backup ${secret}`).digest('hex').slice(0, 16);
}

/**
 * Takes a backup: the database as it is at one moment, then the sound that it speaks of, then the manifest that makes it one.
 * What fails before leaves no backup, and is cleared by a later one.
 * @throws BackupRefused where there is nothing to back up; errors of the database and the target; the signal's reason
 */
export async function takeBackup(options: TakeOptions): Promise<Taken> {
  const { target, clock } = options;
  const takenAt = clock.now();
  const name = nameOf(takenAt);
  const known = await listBackups(target);
  if (known.backups.some((backup) => backup.name === name)) throw new BackupRefused(`${name} exists already`);
  const { database, tables } = await takeDatabase(options, name, takenAt);
  const sound = options.audio === null ? null : await takeAudio(options, options.audio, name);
  const manifest: Manifest = {
    format: ARCHIVE_FORMAT,
    name,
    takenAt: takenAt.toISOString(),
    finishedAt: clock.now().toISOString(),
    version: options.version,
    database,
    audio: sound?.audio ?? null,
  };
  await writeManifest(target, manifest);
  return { manifest, tables, lostAudio: sound?.copied.lost ?? [], addedAudio: sound?.copied.added ?? 0 };
}

async function takeDatabase(
  options: TakeOptions,
  name: string,
  takenAt: Date,
): Promise<{ database: Manifest['database']; tables: ArchivedTable[] }> {
  const { db, target, keys, signal } = options;
  const file = `${name}/database.ndjson.zst${keys === null ? '' : '.age'}`;
  const meter = createMeter();
  const tables: ArchivedTable[] = [];
  await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      await writeTheSameEverywhere(trx);
      const migrations = await appliedMigrations(trx);
      if (migrations.length === 0) throw new BackupRefused('this database was never used: there is nothing to back up');
      const header: ArchiveHeader = {
        format: ARCHIVE_FORMAT,
        takenAt: takenAt.toISOString(),
        version: options.version,
        migrations,
        tables: await readTables(trx),
        counters: await readCounters(trx),
        jobs: await readJobs(trx),
        secret: options.secret.isKept ? options.secret.text : null,
        secretMark: markOf(options.secret.text),
      };
      const text = writeArchive(
        header,
        (table) => rowsOf(trx, table),
        (table) => {
          tables.push(table);
          options.onTable?.(table, tables.length, header.tables.length);
        },
      );
      const sealed = await seal(text, keys);
      await target.write(file, meter.through(sealed as AsyncIterable<Buffer>), signal);
    });
  return {
    database: { file, storedBytes: meter.bytes(), sha256: meter.sha256(), encrypted: keys !== null },
    tables,
  };
}

async function takeAudio(
  { db, target, signal, onAudio }: TakeOptions,
  storage: Pick<Storage, 'open'>,
  name: string,
): Promise<{ audio: NonNullable<Manifest['audio']>; copied: CopiedAudio }> {
  const copied = await copyAudio({ db, storage, target, signal }, onAudio ?? (() => undefined));
  const file = `${name}/audio.txt`;
  const text = listText(copied.objects);
  await target.write(file, piecesOf(text), signal);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { audio: { file, sha256, objects: copied.objects.length, bytes: copied.bytes }, copied };
}

import { tmpdir } from 'node:os';
import {
  type BackupKeys,
  BackupRefused,
  type BackupTarget,
  createBucketTarget,
  createFolderTarget,
  isDue,
  lastBackup,
  type Manifest,
  makeSnapshot,
  noteBackup,
  pruneBackups,
  readingBeside,
  readKeyFile,
  type Taken,
  takeBackup,
} from './backup/index.ts';
import { type House, VERSION } from './house.ts';
import type { Clock } from './platform/clock/index.ts';
import type { Config } from './platform/config/index.ts';
import type { Db } from './platform/database/index.ts';
import type { OperatorActions } from './platform/process/index.ts';
import { openBucket, parseS3Address, type S3Address } from './platform/s3/index.ts';
import type { Storage } from './vault/index.ts';

/**
 * A folder, or `s3://bucket/prefix` as `STORAGE_URL` takes it.
 * @throws BackupRefused when it is an address of another kind, or a wrong one
 */
export function openBackupTarget(to: string): BackupTarget {
  if (!/^[a-z0-9]+:\/\//i.test(to)) return createFolderTarget(to);
  const address = bucketAddressOf(to);
  return createBucketTarget({ address: to, openBucket: () => openBucket(address), folder: tmpdir() });
}

function bucketAddressOf(to: string): S3Address {
  try {
    return parseS3Address(to);
  } catch (error) {
    throw new BackupRefused(`backups go to a folder or to a bucket: ${error instanceof Error ? error.message : error}`);
  }
}

export async function backupKeysOf(keyFile: string | undefined): Promise<BackupKeys | null> {
  return keyFile === undefined ? null : readKeyFile(keyFile);
}

export interface BackupRequest {
  to: string;
  audio: boolean;
  keyFile: string | undefined;
}

/** Takes one backup of what `db` reads. */
export async function takeBackupOf(
  db: Db,
  request: BackupRequest,
  parts: { config: Config; clock: Clock; secret: string; storage: Pick<Storage, 'open'>; signal: AbortSignal },
  watch: Pick<Parameters<typeof takeBackup>[0], 'onTable' | 'onAudio'> = {},
): Promise<Taken> {
  const { config, clock, secret, storage, signal } = parts;
  return takeBackup({
    db,
    target: openBackupTarget(request.to),
    keys: await backupKeysOf(request.keyFile),
    audio: request.audio ? storage : null,
    version: VERSION,
    secret: { text: secret, isKept: config.secret === undefined },
    clock,
    signal,
    ...watch,
  });
}

/** The scheduler's daily backup, when its hour has come. */
export async function takeDueBackup(house: House, signal: AbortSignal): Promise<void> {
  const { config, clock, database, logger, secret, storage } = house;
  const { backupAt: at, backupTo: to } = config;
  if (at === null || to === undefined) return;
  if (!isDue(at, (await lastBackup(database.db))?.finishedAt ?? null, clock.now())) return;
  const request = { to, audio: config.backupAudio, keyFile: config.backupKeyFile };
  const { manifest, lostAudio } = await readingBeside(database, config.dataDir, clock, (db) =>
    takeBackupOf(db, request, { config, clock, secret, storage, signal }),
  );
  await noteBackup(database.db, manifest);
  const { database: stored, audio, name } = manifest;
  const facts = { name, stored_bytes: stored.storedBytes, encrypted: stored.encrypted, audio: audio?.objects ?? null };
  logger.info(facts, 'backup taken');
  if (lostAudio.length > 0)
    logger.error({ lost: lostAudio.slice(0, 20), count: lostAudio.length }, 'sound is lost: vault verify');
  const pruned = await pruneBackups(openBackupTarget(to), config.backupKeepDays, clock.now());
  if (pruned.backups.length + pruned.audio > 0) logger.info({ ...pruned }, 'old backups removed');
}

/** What a process that holds an embedded database does for `robian backup`, which cannot open it. */
export function backupActions({ config, clock, database }: House): OperatorActions {
  const { embedded } = database;
  if (embedded === null) return {};
  return {
    snapshot: async () => ({ dataDir: await makeSnapshot(embedded, config.dataDir, clock) }),
    'note-backup': async (manifest) => noteBackup(database.db, manifest as Manifest),
  };
}

import { Readable } from 'node:stream';
import { type ArchivedTable, type ArchiveHeader, type ArchivePart, readArchive } from './archive.ts';
import { type AudioObject, type AudioProgress, findLostAudio, parseList } from './audio.ts';
import { BackupDamaged, BackupRefused } from './errors.ts';
import type { BackupKeys } from './keys.ts';
import { listBackups, type Manifest, readManifest } from './manifest.ts';
import { createMeter, unseal } from './seal.ts';
import type { BackupTarget } from './target.ts';

/** @throws BackupRefused when there is none of that name, or none at all */
export async function findBackup(target: BackupTarget, name: string | null): Promise<Manifest> {
  const manifest = name === null ? (await listBackups(target)).backups.at(-1) : await readManifest(target, name);
  if (manifest) return manifest;
  throw new BackupRefused(
    name === null ? `there is no backup in ${target.address}` : `there is no backup ${name} in ${target.address}`,
  );
}

/**
 * The parts of a backup's database, in order; stored bytes, encryption, compression, order and rows are checked as they go by.
 * @throws BackupDamaged; BackupRefused without the key
 */
export async function* readDatabase(
  target: BackupTarget,
  manifest: Manifest,
  keys: BackupKeys | null,
): AsyncGenerator<ArchivePart> {
  const { file, sha256, storedBytes, encrypted } = manifest.database;
  const stored = await target.read(file);
  if (stored === null) throw new BackupDamaged(`${file} is missing`);
  const meter = createMeter();
  const metered = meter.through(stored as AsyncIterable<Buffer>);
  yield* readArchive(await unseal(Readable.from(metered, { objectMode: false }), encrypted, keys));
  if (meter.bytes() !== storedBytes || meter.sha256() !== sha256)
    throw new BackupDamaged(`${file} is not what was stored`);
}

/** @throws BackupDamaged */
export async function readAudioList(target: BackupTarget, { audio }: Manifest): Promise<AudioObject[]> {
  if (audio === null) return [];
  const stored = await target.read(audio.file);
  if (stored === null) throw new BackupDamaged(`${audio.file} is missing`);
  const meter = createMeter();
  // Less than 100 bytes a recording.
  const text = Buffer.concat(await Array.fromAsync(meter.through(stored as AsyncIterable<Buffer>))).toString('utf8');
  if (meter.sha256() !== audio.sha256) throw new BackupDamaged(`${audio.file} is not what was stored`);
  return parseList(text);
}

export interface Verified {
  manifest: Manifest;
  /** Null: only the stored bytes were compared, for want of the key. */
  header: ArchiveHeader | null;
  tables: ArchivedTable[];
  /** Sound that is missing or damaged. */
  lostAudio: string[];
}

/**
 * Reads a whole backup. Without the key that opens it, its stored bytes are compared with their hash.
 * @throws BackupDamaged when the database or a list is not whole; lost sound is told, not thrown
 */
export async function verifyBackup(options: {
  target: BackupTarget;
  manifest: Manifest;
  keys: BackupKeys | null;
  /** Read every sound too, not only look for it in its length. */
  readAudio: boolean;
  signal: AbortSignal;
  onAudio?: (progress: AudioProgress) => void;
}): Promise<Verified> {
  const { target, manifest, keys, signal, readAudio: readAll, onAudio = () => undefined } = options;
  const verified: Verified = { manifest, header: null, tables: [], lostAudio: [] };
  if (manifest.database.encrypted && (keys === null || keys.identities.length === 0))
    await verifyStored(target, manifest);
  else {
    for await (const part of readDatabase(target, manifest, keys)) {
      signal.throwIfAborted();
      if (part.kind === 'header') verified.header = part.header;
      if (part.kind === 'end') verified.tables.push(part.table);
    }
  }
  verified.lostAudio = await findLostAudio(target, await readAudioList(target, manifest), {
    readAll,
    signal,
    onProgress: onAudio,
  });
  return verified;
}

async function verifyStored(target: BackupTarget, { database }: Manifest): Promise<void> {
  const stored = await target.read(database.file);
  if (stored === null) throw new BackupDamaged(`${database.file} is missing`);
  const meter = createMeter();
  for await (const _ of meter.through(stored as AsyncIterable<Buffer>));
  if (meter.sha256() !== database.sha256) throw new BackupDamaged(`${database.file} is not what was stored`);
}

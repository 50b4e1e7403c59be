import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Db } from '../platform/database/index.ts';
import { type ObjectKey, type OpenObject, objectName, type Storage } from '../vault/index.ts';
import { BackupDamaged } from './errors.ts';
import type { BackupTarget } from './target.ts';

/** An audio file, as a backup lists it. Published sound is public: it is stored as it is, under its hash, once for all backups. */
export interface AudioObject extends ObjectKey {
  sizeBytes: number;
}

export interface AudioProgress {
  done: number;
  total: number;
  bytes: number;
}

const AUDIO = 'audio/';
/** Rows read at once. */
const PAGE = 500;
const PIECE_BYTES = 1_048_576;
const LINE = /^([0-9a-f]{64})\.(mp3|m4a) (\d{1,15})$/;

const pathOf = (key: ObjectKey): string => {
  const name = objectName(key);
  return `${AUDIO}${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`;
};

/** What listeners can hear, each object once, in the order of hashes. */
async function* readyObjects(db: Db): AsyncGenerator<AudioObject> {
  let after = '';
  for (;;) {
    const { rows } = await sql<AudioObject>`select sha256, format, max(size_bytes) as "sizeBytes" from audio_files
      where state = 'ready' and sha256 || format > ${after} group by sha256, format
      order by sha256 || format limit ${PAGE}`.execute(db);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.sha256 + last.format;
  }
}

export interface CopiedAudio {
  objects: AudioObject[];
  bytes: number;
  /** Not in the storage, or not what its hash says: not in the backup either. */
  lost: string[];
  /** Brought by this backup; the others were there already. */
  added: number;
}

/** Brings to the target what it does not have yet. */
export async function copyAudio(
  parts: { db: Db; storage: Pick<Storage, 'open'>; target: BackupTarget; signal: AbortSignal },
  onProgress: (progress: AudioProgress) => void,
): Promise<CopiedAudio> {
  const there = await audioIn(parts.target);
  const copied: CopiedAudio = { objects: [], bytes: 0, lost: [], added: 0 };
  const wanted = await Array.fromAsync(readyObjects(parts.db));
  for (const [index, object] of wanted.entries()) {
    parts.signal.throwIfAborted();
    const state = there.get(objectName(object)) === object.sizeBytes ? 'there' : await copyOne(parts, object);
    if (state === 'lost') copied.lost.push(objectName(object));
    else {
      copied.objects.push(object);
      copied.bytes += object.sizeBytes;
      if (state === 'added') copied.added += 1;
    }
    onProgress({ done: index + 1, total: wanted.length, bytes: copied.bytes });
  }
  return copied;
}

/** Sizes by name. Some 10,000 recordings: a few MB of memory. */
async function audioIn(target: BackupTarget): Promise<Map<string, number>> {
  const there = new Map<string, number>();
  for await (const { name, sizeBytes } of target.list(AUDIO))
    there.set(name.slice(name.lastIndexOf('/') + 1), sizeBytes);
  return there;
}

async function copyOne(
  { storage, target, signal }: { storage: Pick<Storage, 'open'>; target: BackupTarget; signal: AbortSignal },
  object: AudioObject,
): Promise<'added' | 'lost'> {
  const source = await storage.open(object);
  if (source === null) return 'lost';
  try {
    await target.write(pathOf(object), hashed(contentOf(source), object), signal);
    return 'added';
  } catch (error) {
    if (error instanceof BackupDamaged) return 'lost';
    throw error;
  } finally {
    source.close();
  }
}

async function* contentOf(object: OpenObject): AsyncGenerator<Buffer> {
  for (let position = 0; position < object.sizeBytes; ) {
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    const length = await object.read(buffer, position, buffer.length);
    if (length === 0) return;
    position += length;
    yield buffer.subarray(0, length);
  }
}

/** @throws BackupDamaged at the end, when what went by is not what the hash says */
async function* hashed(content: AsyncIterable<Buffer>, key: ObjectKey): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const piece of content) {
    hash.update(piece);
    yield piece;
  }
  if (hash.digest('hex') !== key.sha256)
    throw new BackupDamaged(`the sound ${objectName(key)} is not what its name says`);
}

export function listText(objects: readonly AudioObject[]): Buffer {
  return Buffer.from(objects.map((object) => `${objectName(object)} ${object.sizeBytes}\n`).join(''));
}

/** @throws BackupDamaged when a line is none of ours */
export function parseList(text: string): AudioObject[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, sha256, format, size] = LINE.exec(line) ?? [];
      if (sha256 === undefined) throw new BackupDamaged('its list of sound cannot be read');
      return { sha256, format: format === 'm4a' ? 'm4a' : 'mp3', sizeBytes: Number(size) };
    });
}

/** Those that the target does not have in full length; with `readAll` also those whose bytes are not what their hash says. */
export async function findLostAudio(
  target: BackupTarget,
  objects: readonly AudioObject[],
  options: { readAll: boolean; signal: AbortSignal; onProgress: (progress: AudioProgress) => void },
): Promise<string[]> {
  const there = await audioIn(target);
  const lost: string[] = [];
  let bytes = 0;
  for (const [index, object] of objects.entries()) {
    options.signal.throwIfAborted();
    const whole =
      there.get(objectName(object)) === object.sizeBytes && (!options.readAll || (await isWhole(target, object)));
    if (!whole) lost.push(objectName(object));
    bytes += object.sizeBytes;
    options.onProgress({ done: index + 1, total: objects.length, bytes });
  }
  return lost;
}

async function isWhole(target: BackupTarget, object: AudioObject): Promise<boolean> {
  const content = await target.read(pathOf(object));
  if (content === null) return false;
  try {
    for await (const _ of hashed(content as AsyncIterable<Buffer>, object));
    return true;
  } catch (error) {
    if (error instanceof BackupDamaged) return false;
    throw error;
  }
}

/** Puts sound back into the storage, each file only when its bytes are what its hash says. Returns how many were brought. */
export async function restoreAudio(
  parts: { target: BackupTarget; storage: Pick<Storage, 'head' | 'put'>; stagingFolder: string; signal: AbortSignal },
  objects: readonly AudioObject[],
  onProgress: (progress: AudioProgress) => void,
): Promise<number> {
  const { target, storage, signal } = parts;
  const folder = join(parts.stagingFolder, `restore-${randomUUID()}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let brought = 0;
  let bytes = 0;
  try {
    for (const [index, object] of objects.entries()) {
      signal.throwIfAborted();
      if ((await storage.head(object))?.sizeBytes !== object.sizeBytes) {
        const content = await target.read(pathOf(object));
        if (content === null) throw new BackupDamaged(`the sound ${objectName(object)} is missing`);
        const path = join(folder, objectName(object));
        await using handle = await open(path, 'w', 0o600);
        for await (const piece of hashed(content as AsyncIterable<Buffer>, object)) await handle.writeFile(piece);
        await storage.put(object, path);
        brought += 1;
      }
      bytes += object.sizeBytes;
      onProgress({ done: index + 1, total: objects.length, bytes });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return brought;
}

/** A backup that runs somewhere else may have brought sound that its list, written later, names. */
const GRACE_MS = 24 * 3_600_000;

/** Removes sound that no backup names any more. Returns how many files went. */
export async function removeUnlistedAudio(
  target: BackupTarget,
  listed: ReadonlySet<string>,
  now: Date,
): Promise<number> {
  const going: string[] = [];
  for await (const { name, modifiedAt } of target.list(AUDIO)) {
    const isListed = listed.has(name.slice(name.lastIndexOf('/') + 1));
    if (!isListed && now.getTime() - modifiedAt.getTime() > GRACE_MS) going.push(name);
  }
  for (const name of going) await target.remove(name);
  return going.length;
}

import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Readable } from 'node:stream';

export interface StoredObject {
  /** Parts between `/`, of letters, digits and `._-`. */
  name: string;
  sizeBytes: number;
  modifiedAt: Date;
}

/** Where backups are kept: a folder, or what another driver offers. Names are never given twice to different contents. */
export interface BackupTarget {
  /** For people. */
  address: string;
  /** Stores the whole content durably or nothing; an object of that name is replaced. */
  write(name: string, content: AsyncIterable<Buffer>, signal?: AbortSignal): Promise<void>;
  /** Null when there is none. Who asks reads it to its end or destroys it. */
  read(name: string): Promise<Readable | null>;
  /** Everything whose name begins with `prefix`, in no promised order, without holding it all in memory. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** What is not there is no error. */
  remove(name: string): Promise<void>;
}

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;
const UNFINISHED = '.part';

/** @throws RangeError when it is not one that a backup gives */
export function checkName(name: string): string {
  if (!NAME.test(name)) throw new RangeError(`not a name of a backup's file: ${JSON.stringify(name.slice(0, 120))}`);
  return name;
}

/** Backups in a folder: on another disk, or what is mounted there. */
export function createFolderTarget(folder: string): BackupTarget {
  const pathOf = (name: string): string => join(folder, checkName(name));
  return {
    address: folder,
    write: async (name, content, signal) => {
      const path = pathOf(name);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const unfinished = `${path}${UNFINISHED}`;
      try {
        await writeDurably(unfinished, content, signal);
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
      await syncFolders(folder, dirname(path));
    },
    read: async (name) => {
      const path = pathOf(name);
      const found = await stat(path).catch(nullWhenMissing);
      return found && createReadStream(path);
    },
    list: (prefix) => listFolder(folder, prefix),
    remove: async (name) => {
      await rm(pathOf(name), { force: true });
      // Only an empty one goes.
      await rmdir(dirname(pathOf(name))).catch(() => undefined);
    },
  };
}

async function writeDurably(
  path: string,
  content: AsyncIterable<Buffer>,
  signal: AbortSignal | undefined,
): Promise<void> {
  await using handle: FileHandle = await open(path, 'w', 0o600);
  for await (const piece of content) {
    signal?.throwIfAborted();
    await handle.writeFile(piece);
  }
  await handle.sync();
}

/** A rename, or a new folder, is only durable once its folder is. */
async function syncFolders(top: string, path: string): Promise<void> {
  for (let at = path; ; at = dirname(at)) {
    await using handle = await open(at, 'r');
    await handle.sync();
    if (at === top || relative(top, at).startsWith('..') || relative(top, at) === '') return;
  }
}

async function* listFolder(folder: string, prefix: string): AsyncGenerator<StoredObject> {
  const entries = await opendir(folder).catch(nullWhenMissing);
  if (entries === null) return;
  for await (const entry of entries) {
    if (entry.isDirectory()) {
      const below = `${entry.name}/`;
      if (!below.startsWith(prefix) && !prefix.startsWith(below)) continue;
      const rest = prefix.startsWith(below) ? prefix.slice(below.length) : '';
      for await (const object of listFolder(join(folder, entry.name), rest))
        yield { ...object, name: below + object.name };
    } else if (entry.name.startsWith(prefix) && !entry.name.endsWith(UNFINISHED)) {
      const found = await stat(join(folder, entry.name)).catch(nullWhenMissing);
      if (found) yield { name: entry.name, sizeBytes: found.size, modifiedAt: found.mtime };
    }
  }
}

function nullWhenMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}

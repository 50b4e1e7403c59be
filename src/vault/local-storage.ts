import { close, fstat, open as openFile, read } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../platform/clock/index.ts';
import { isDiskFull, vaultErrors } from './errors.ts';
import { createHandleCache, type Lease, type OpenFile } from './handle-cache.ts';
import { nullWhenMissing } from './missing.ts';
import {
  type ObjectHead,
  type ObjectKey,
  type OpenObject,
  objectName,
  parseObjectName,
  type Storage,
} from './storage.ts';

/** A quarter of the 1,024 descriptors that a process usually may have; sockets need the others. */
const MAX_IDLE_HANDLES = 256;
/** A player asks for its next piece well within a minute. */
const HANDLE_IDLE_MS = 60_000;

/**
 * Audio files in a folder: `<folder>/ab/cd/<sha256>.<format>`. Two levels keep folders small at 100,000 files.
 * A file appears whole under its name or not at all, and is on the disk before `put` returns. It is moved into place, so
 * staged files stand on the same file system as `folder`.
 */
export function createLocalStorage(options: { folder: string; clock: Clock }): Storage {
  const { folder, clock } = options;
  const handles = createHandleCache({
    open: (name) => openForReading(pathOf(name)),
    closeFile: (fd) => close(fd, () => undefined),
    monotonicMs: clock.monotonicMs,
    maxIdle: MAX_IDLE_HANDLES,
    idleMs: HANDLE_IDLE_MS,
  });
  const pathOf = (name: string): string => join(folder, name.slice(0, 2), name.slice(2, 4), name);

  async function head(key: ObjectKey): Promise<ObjectHead | null> {
    const found = await nullWhenMissing(stat(pathOf(objectName(key))));
    return found && { sizeBytes: found.size, storedAt: found.mtime };
  }

  async function put(key: ObjectKey, path: string): Promise<void> {
    const name = objectName(key);
    const target = pathOf(name);
    try {
      await makeFolders(dirname(target));
      await settle(path, clock.now());
      await rename(path, target);
      await syncFolder(dirname(target));
      handles.forget(name);
    } catch (error) {
      throw isDiskFull(error) ? vaultErrors.error('disk-full', { cause: error }) : error;
    }
  }

  /** Creates the two levels, durably: a folder that is lost takes its files with it. */
  async function makeFolders(target: string): Promise<void> {
    const created = await mkdir(target, { recursive: true });
    if (created === undefined) return;
    await syncFolder(dirname(target));
    await syncFolder(folder);
  }

  return {
    put,
    head,
    open: async (key) => {
      const lease = await handles.lend(objectName(key));
      return lease && openObject(lease);
    },
    openNow: (key) => {
      const lease = handles.lendOpen(objectName(key));
      return lease && openObject(lease);
    },
    delete: async (key) => {
      const name = objectName(key);
      await rm(pathOf(name), { force: true });
      handles.forget(name);
    },
    list: () => listObjects(folder),
    freeBytes: () => freeBytesOf(folder),
    close: async () => handles.close(),
  };
}

/** Free room for an ordinary user on the file system that holds `folder` (which is created), in bytes. */
export async function freeBytesOf(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** What is published is anybody's: a proxy in front that sends it is another user. */
const PUBLISHED_MODE = 0o644;

/** Dates the file as stored now and brings it to the disk. */
async function settle(path: string, now: Date): Promise<void> {
  await withHandle(path, 'r+', async (handle) => {
    await handle.chmod(PUBLISHED_MODE);
    await handle.utimes(now, now);
    await handle.sync();
  });
}

/** A rename is only durable once its folder is. */
async function syncFolder(path: string): Promise<void> {
  await withHandle(path, 'r', (handle) => handle.sync());
}

async function withHandle(path: string, flags: string, use: (handle: FileHandle) => Promise<void>): Promise<void> {
  await using handle = await open(path, flags);
  await use(handle);
}

async function* listObjects(folder: string): AsyncGenerator<ObjectKey & ObjectHead> {
  for await (const first of entriesOf(folder, /^[0-9a-f]{2}$/)) {
    for await (const second of entriesOf(first, /^[0-9a-f]{2}$/)) {
      for await (const path of entriesOf(second, /./)) {
        const key = parseObjectName(basename(path));
        // Deleted since it was listed: no longer an object.
        const found = key && (await nullWhenMissing(stat(path)));
        if (found) yield { ...key, sizeBytes: found.size, storedAt: found.mtime };
      }
    }
  }
}

async function* entriesOf(folder: string, name: RegExp): AsyncGenerator<string> {
  const entries = await nullWhenMissing(opendir(folder));
  if (!entries) return;
  for await (const entry of entries) if (name.test(entry.name)) yield join(folder, entry.name);
}

/** Callback functions of node:fs on plain descriptors: a FileHandle costs twice as much a read. */
function openForReading(path: string): Promise<OpenFile | null> {
  return new Promise((resolve, reject) => {
    openFile(path, 'r', (error, fd) => {
      if (error) {
        if (error.code === 'ENOENT') resolve(null);
        else reject(error);
        return;
      }
      fstat(fd, (failed, stats) => {
        if (!failed) resolve({ fd, sizeBytes: stats.size, storedAt: stats.mtime });
        else close(fd, () => reject(failed));
      });
    });
  });
}

function openObject(lease: Lease): OpenObject {
  const { fd, sizeBytes, storedAt } = lease.file;
  return {
    sizeBytes,
    storedAt,
    read: (buffer, position, length) =>
      new Promise((resolve, reject) => {
        read(fd, buffer, 0, length, position, (error, bytes) => (error ? reject(error) : resolve(bytes)));
      }),
    close: lease.release,
  };
}

import { constants } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  formatHeader,
  formatSpan,
  formatSynced,
  type Representation,
  type TrustedPart,
  trustJournal,
} from './part-journal.ts';
import { addSpan, coveredBytes, type Span } from './spans.ts';

/** Where a download keeps what it has: `<name>.part` with its journal, `<name>` once complete. */
export interface PartPaths {
  complete: string;
  data: string;
  journal: string;
}

export interface PartFile {
  readonly representation: Representation;
  readonly spans: readonly Span[];
  readonly bytesDone: number;
  /** Writes whole buffers at `position`, then journals them. Concurrent calls for disjoint bytes are safe. */
  write(buffers: readonly Buffer[], position: number): Promise<void>;
  /** Brings everything to the disk and closes. */
  close(): Promise<void>;
  /** Closes as it is, after a failure whose error is what the caller should see. */
  release(): Promise<void>;
}

export function partPaths(directory: string, name: string): PartPaths {
  const complete = join(directory, name);
  return { complete, data: `${complete}.part`, journal: `${complete}.part.journal` };
}

/** What an earlier process left that may be kept; null when there is nothing, or nothing usable. */
export async function readPart(paths: PartPaths, bootId: string | null): Promise<TrustedPart | null> {
  const [text, size] = await Promise.all([orNull(readFile(paths.journal, 'utf8')), orNull(stat(paths.data))]);
  if (text === null || size === null) return null;
  return trustJournal(text, bootId, size.size);
}

export async function discardPart(paths: PartPaths): Promise<void> {
  await Promise.all([rm(paths.data, { force: true }), rm(paths.journal, { force: true })]);
}

/** The size of a finished download, or null. Only `finishPart` gives a file this name, so it is complete. */
export async function completeSize(paths: PartPaths): Promise<number | null> {
  return (await orNull(stat(paths.complete)))?.size ?? null;
}

/** Gives a fully written part its final name. The caller has closed it; its bytes are on the disk. */
export async function finishPart(paths: PartPaths): Promise<void> {
  await rename(paths.data, paths.complete);
  await rm(paths.journal, { force: true });
}

/**
 * Opens the `.part` of one representation, keeping `spans` of an earlier process (none: an empty file).
 * Its journal is written anew under this boot, so that trust does not have to follow a chain of boots.
 */
export async function openPart(options: {
  paths: PartPaths;
  representation: Representation;
  spans: readonly Span[];
  bootId: string | null;
  /** Bytes written between two syncs. */
  syncEveryBytes: number;
}): Promise<PartFile> {
  const { paths, representation } = options;
  const fresh = options.spans.length === 0;
  const data = await open(paths.data, constants.O_RDWR | constants.O_CREAT | (fresh ? constants.O_TRUNC : 0), 0o600);
  let journal: FileHandle;
  try {
    if (!fresh) await data.datasync();
    journal = await beginJournal(paths, { ...representation, bootId: options.bootId }, options.spans);
  } catch (error) {
    await data.close();
    throw error;
  }
  let spans: Span[] = [...options.spans];
  let spanLines = spans.length;
  let bytesSinceSync = 0;
  let syncing: Promise<void> | null = null;
  /** A failed sync is never forgotten: the kernel reports it once, and the next one would succeed without the bytes. */
  let syncFailure: { error: unknown } | null = null;

  async function sync(): Promise<void> {
    // Lines journaled while the sync runs are not covered by it: the count is taken before.
    const covered = spanLines;
    bytesSinceSync = 0;
    try {
      await data.datasync();
      await journal.appendFile(formatSynced(covered));
    } catch (error) {
      syncFailure = { error };
    }
  }

  function throwSyncFailure(): void {
    if (syncFailure) throw syncFailure.error;
  }

  return {
    representation,
    get spans() {
      return spans;
    },
    get bytesDone() {
      return coveredBytes(spans);
    },
    write: async (buffers, position) => {
      const end = await writeAll(data, buffers, position);
      const span = { start: position, end };
      await journal.appendFile(formatSpan(span));
      spans = addSpan(spans, span);
      spanLines += 1;
      bytesSinceSync += end - position;
      if (bytesSinceSync < options.syncEveryBytes) return;
      // A disk slower than the line holds the writers here instead of filling the page cache without bound.
      await syncing;
      throwSyncFailure();
      if (bytesSinceSync < options.syncEveryBytes) return;
      syncing = sync().finally(() => {
        syncing = null;
      });
    },
    close: async () => {
      try {
        await syncing;
        await sync();
        throwSyncFailure();
      } finally {
        await Promise.all([data.close(), journal.close()]);
      }
    },
    release: async () => {
      await syncing;
      await Promise.allSettled([data.close(), journal.close()]);
    },
  };
}

/** The new journal takes the place of the old in one rename: at no moment is there half of one. */
async function beginJournal(
  paths: PartPaths,
  header: Parameters<typeof formatHeader>[0],
  spans: readonly Span[],
): Promise<FileHandle> {
  const fresh = `${paths.journal}.new`;
  const handle = await open(
    fresh,
    constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND,
    0o600,
  );
  try {
    await handle.appendFile(formatHeader(header) + spans.map(formatSpan).join('') + formatSynced(spans.length));
    await rename(fresh, paths.journal);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Returns the position after the last byte. A short write is continued: `pwritev` may stop early near a full disk. */
async function writeAll(handle: FileHandle, buffers: readonly Buffer[], position: number): Promise<number> {
  let rest = [...buffers];
  let at = position;
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest, at);
    at += bytesWritten;
    rest = afterBytes(rest, bytesWritten);
  }
  return at;
}

function afterBytes(buffers: readonly Buffer[], written: number): Buffer[] {
  let skip = written;
  const rest: Buffer[] = [];
  for (const buffer of buffers) {
    if (skip >= buffer.length) skip -= buffer.length;
    else {
      rest.push(skip === 0 ? buffer : buffer.subarray(skip));
      skip = 0;
    }
  }
  return rest;
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

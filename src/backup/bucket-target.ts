import { createHash } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Bucket } from '../platform/s3/index.ts';
import { type BackupTarget, checkName } from './target.ts';

/** What one request of a read brings, and is held in memory meanwhile. */
const PIECE_BYTES = 8 * 1_048_576;

/**
 * Backups in a bucket. What is written is first put together in a file below `folder`, which takes as much room as the largest
 * file of the backup: an upload is compared with a hash that is known only at the end.
 */
export function createBucketTarget(options: {
  /** For people. */
  address: string;
  /** Called when it is first needed. */
  openBucket: () => Promise<Bucket>;
  /** Must exist. */
  folder: string;
}): BackupTarget {
  const { address, folder } = options;
  let opened: Promise<Bucket> | undefined;
  const bucketNow = (): Promise<Bucket> => {
    opened ??= options.openBucket();
    return opened;
  };
  return {
    address,
    write: async (name, content, signal) => {
      checkName(name);
      const bucket = await bucketNow();
      const own = await mkdtemp(join(folder, 'backup-'));
      try {
        const path = join(own, 'content');
        const sha256 = await gather(path, content, signal);
        await bucket.putFile(name, { path, sha256, contentType: 'application/octet-stream', signal });
      } finally {
        await rm(own, { recursive: true, force: true });
      }
    },
    read: async (name) => {
      const bucket = await bucketNow();
      const found = await bucket.head(checkName(name));
      return found && Readable.from(piecesOf(bucket, name, found), { objectMode: false });
    },
    list: async function* (prefix) {
      const bucket = await bucketNow();
      for await (const { name, sizeBytes, storedAt } of bucket.list(prefix)) {
        yield { name, sizeBytes, modifiedAt: storedAt };
      }
    },
    remove: async (name) => (await bucketNow()).delete(checkName(name)),
  };
}

/** Writes all of it; returns its SHA-256. */
async function gather(path: string, content: AsyncIterable<Buffer>, signal: AbortSignal | undefined): Promise<string> {
  await using handle: FileHandle = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  for await (const piece of content) {
    signal?.throwIfAborted();
    hash.update(piece);
    await handle.writeFile(piece);
  }
  return hash.digest('hex');
}

/** @throws when the object is replaced or cut meanwhile: never the bytes of two */
async function* piecesOf(
  bucket: Bucket,
  name: string,
  { sizeBytes, etag }: { sizeBytes: number; etag: string },
): AsyncGenerator<Buffer> {
  for (let start = 0; start < sizeBytes; ) {
    const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, sizeBytes - start));
    const length = await bucket.read(name, etag, piece, { start, length: piece.length });
    if (length === 0) throw new Error(`${name} ends at ${start} of ${sizeBytes} bytes`);
    yield piece.subarray(0, length);
    start += length;
  }
}

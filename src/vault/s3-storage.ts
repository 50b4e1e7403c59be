import { rm } from 'node:fs/promises';
import type { Clock } from '../platform/clock/index.ts';
import { AppError } from '../platform/errors/index.ts';
import { type Bucket, type BucketFault, faultOf, type StoredObject } from '../platform/s3/index.ts';
import { MIME_OF } from './audio-file.ts';
import { vaultErrors } from './errors.ts';
import { type ObjectKey, objectName, objectPath, parseObjectPath, type Storage } from './storage.ts';

/** When those who wait for a storage that is away may ask again. */
const AWAY_RETRY_SECONDS = 15;

/**
 * Audio files in a bucket, under the same names as in a folder: `<prefix>ab/cd/<sha256>.<format>`. An object appears whole under
 * its name or not at all; reading one goes on only as long as the bytes are those that were opened.
 */
export function createS3Storage(options: { bucket: Bucket; clock: Pick<Clock, 'now'> }): Storage {
  const { bucket, clock } = options;

  function open(key: ObjectKey, { sizeBytes, storedAt, etag }: StoredObject): Awaited<ReturnType<Storage['open']>> {
    return {
      sizeBytes,
      storedAt,
      read: async (buffer, start, wanted) => {
        const length = Math.min(wanted, sizeBytes - start);
        // S3 answers 416 to a range of nothing.
        return length <= 0 ? 0 : coded(bucket.read(objectPath(key), etag, buffer, { start, length }));
      },
      close: () => undefined,
    };
  }

  return {
    put: async (key, path, { signal } = {}) => {
      const { sha256, format } = key;
      const contentType = MIME_OF[format];
      await coded(bucket.putFile(objectPath(key), { path, sha256, contentType, signal }), signal);
      await rm(path, { force: true });
    },
    head: async (key) => {
      const found = await coded(bucket.head(objectPath(key)));
      return found && { sizeBytes: found.sizeBytes, storedAt: found.storedAt };
    },
    open: async (key) => {
      const found = await coded(bucket.head(objectPath(key)));
      return found && open(key, found);
    },
    delete: (key) => coded(bucket.delete(objectPath(key))),
    list: async function* () {
      const objects = bucket.list()[Symbol.asyncIterator]();
      for (let next = await coded(objects.next()); !next.done; next = await coded(objects.next())) {
        const { name, sizeBytes, storedAt } = next.value;
        const key = parseObjectPath(name);
        if (key) yield { ...key, sizeBytes, storedAt };
      }
    },
    freeBytes: async () => Number.POSITIVE_INFINITY,
    signedUrl: (key, answer) =>
      coded(bucket.signedUrl(objectPath(key), { ...answer, now: clock.now(), contentType: MIME_OF[key.format] })),
    abortWrites: (before) => coded(bucket.abortUploads(before)),
    ping: () => coded(bucket.ping()),
    close: async () => bucket.close(),
  };
}

const REASONS: Readonly<Record<BucketFault, Parameters<typeof vaultErrors.error>[0]>> = {
  // Of an object that was there when it was opened: who asks again is told what there is now.
  missing: 'storage-away',
  changed: 'storage-away',
  damaged: 'storage-away',
  away: 'storage-away',
  full: 'disk-full',
  refused: 'storage-refused',
};

/** Gives failures of the bucket our codes; failures of our own disk keep theirs. */
async function coded<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AppError || isOfOurDisk(error)) throw error;
    throw vaultErrors.error(REASONS[faultOf(error)], { cause: error, retryAfterSeconds: AWAY_RETRY_SECONDS });
  }
}

/** File system calls name themselves; those of the network are `connect`, `read` and `write` without a path. */
function isOfOurDisk(error: unknown): boolean {
  return error instanceof Error && 'path' in error && 'syscall' in error;
}

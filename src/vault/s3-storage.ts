import { rm } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../platform/clock/index.ts';
import { type Bucket, type BucketFault, faultOf, type StoredObject } from '../platform/s3/index.ts';
import { MIME_OF } from './audio-file.ts';
import { vaultErrors } from './errors.ts';
import { type ObjectKey, type OpenObject, objectPath, parseObjectPath, type Storage } from './storage.ts';

/** When those who wait for a storage that is away may ask again. */
const AWAY_RETRY_SECONDS = 15;

/** What a listener asks for in pieces is asked about once, in ms. */
const HEAD_KEPT_MS = 60_000;
/** More sittings than anybody listens to at once; 300 bytes each. */
const MAX_HEADS = 10_000;

/**
 * Audio files in a bucket, under the same names as in a folder: `<prefix>ab/cd/<sha256>.<format>`. An object appears whole under
 * its name or not at all; reading one goes on only as long as the bytes are those that were opened.
 */
export function createS3Storage(options: { bucket: Bucket; clock: Pick<Clock, 'now' | 'monotonicMs'> }): Storage {
  const { bucket, clock } = options;

  const heads = new LRUCache<string, StoredObject>({
    max: MAX_HEADS,
    ttl: HEAD_KEPT_MS,
    perf: { now: clock.monotonicMs },
  });

  async function open(key: ObjectKey): Promise<OpenObject | null> {
    const path = objectPath(key);
    const head = heads.get(path) ?? (await coded(bucket.head(path)));
    if (head === null) return null;
    heads.set(path, head);
    const { sizeBytes, storedAt, etag } = head;
    return {
      sizeBytes,
      storedAt,
      read: async (buffer, start, wanted) => {
        const length = Math.min(wanted, sizeBytes - start);
        // S3 answers 416 to a range of nothing.
        if (length <= 0) return 0;
        try {
          return await bucket.read(path, etag, buffer, { start, length });
        } catch (error) {
          // Whoever opens it next asks what there is.
          heads.delete(path);
          throw codedError(error);
        }
      },
      close: () => undefined,
    };
  }

  return {
    put: async (key, path, { signal } = {}) => {
      const { sha256, format } = key;
      const contentType = MIME_OF[format];
      heads.delete(objectPath(key));
      await coded(bucket.putFile(objectPath(key), { path, sha256, contentType, signal }), signal);
      await rm(path, { force: true });
    },
    head: async (key) => {
      const found = await coded(bucket.head(objectPath(key)));
      return found && { sizeBytes: found.sizeBytes, storedAt: found.storedAt };
    },
    open,
    delete: (key) => {
      heads.delete(objectPath(key));
      return coded(bucket.delete(objectPath(key)));
    },
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
    throw codedError(error);
  }
}

function codedError(error: unknown): unknown {
  if (isOfOurDisk(error)) return error;
  const reason = REASONS[faultOf(error)];
  const retryAfterSeconds = vaultErrors.definitions[reason].retryable ? { retryAfterSeconds: AWAY_RETRY_SECONDS } : {};
  return vaultErrors.error(reason, { cause: error, ...retryAfterSeconds });
}

/** File system calls name themselves; those of the network are `connect`, `read` and `write` without a path. */
function isOfOurDisk(error: unknown): boolean {
  return error instanceof Error && 'path' in error && 'syscall' in error;
}

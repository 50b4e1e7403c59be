import type { Clock } from '../../platform/clock/index.ts';
import type { Fetcher } from '../../platform/fetch/index.ts';
import { extractionErrors } from '../errors.ts';

export interface DownloadDeps {
  fetcher: Fetcher;
  clock: Clock;
  /** 0 ≤ random() < 1, for jitter. */
  random: () => number;
  /** Bytes that may still be written where downloads go. */
  freeBytes: () => Promise<number>;
  /** Frees the memory of chunks that were written. */
  collectYoung: () => void;
  limits: DownloadLimits;
}

export interface DownloadLimits {
  /** Ranges at once from one server. 4 fill a line of 25 MB/s at 6 MB/s each, and stay under what a browser opens (6). */
  connections: number;
  /** No sitting is longer than 24 h: 1.4 GB of MP3 at 128 kbit/s, and 15 times that as video. */
  maxBytes: number;
  /** Bytes that stay free on the disk whatever happens: the database lives there too. */
  freeBytesFloor: number;
  /** One connection that brings less than this over a window is given up. Speech itself is 16,000 bytes a second. */
  minimumBytesPerSecond: number;
  slowWindowMs: number;
  /** Bytes between two syncs of the `.part`: what a power cut may cost. */
  syncEveryBytes: number;
  /** Bytes between two looks at the free space. */
  diskCheckEveryBytes: number;
  /** Bytes whose dead chunks may stand in memory. */
  collectEveryBytes: number;
}

export const DOWNLOAD_LIMITS: DownloadLimits = {
  connections: 4,
  maxBytes: 24 * 1024 ** 3,
  freeBytesFloor: 512 * 1024 ** 2,
  minimumBytesPerSecond: 4_000,
  slowWindowMs: 20_000,
  syncEveryBytes: 32 * 1024 ** 2,
  diskCheckEveryBytes: 64 * 1024 ** 2,
  collectEveryBytes: 4 * 1024 ** 2,
};

/** Refuses to begin, or to go on with, what would not leave the floor free. @throws extraction/disk-low */
export async function requireRoom(deps: DownloadDeps, stillToWriteBytes: number): Promise<void> {
  if ((await deps.freeBytes()) - stillToWriteBytes < deps.limits.freeBytesFloor)
    throw extractionErrors.error('disk-low');
}

/** @throws extraction/too-large */
export function requireSize(deps: DownloadDeps, bytes: number): void {
  const limit = deps.limits.maxBytes;
  if (bytes > limit) throw extractionErrors.error('too-large', { params: { limit } });
}

/** What a download looks after while it writes: memory, and room on the disk. @throws extraction/disk-low */
export function createUpkeep(deps: DownloadDeps): (writtenBytes: number) => Promise<void> {
  const { collectEveryBytes, diskCheckEveryBytes } = deps.limits;
  let sinceCollected = 0;
  let sinceLook = 0;
  return async (writtenBytes) => {
    sinceCollected += writtenBytes;
    sinceLook += writtenBytes;
    if (sinceCollected >= collectEveryBytes) {
      sinceCollected = 0;
      deps.collectYoung();
    }
    if (sinceLook >= diskCheckEveryBytes) {
      sinceLook = 0;
      await requireRoom(deps, 0);
    }
  };
}

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { OpenedResponse } from '../../platform/fetch/index.ts';
import { createUpkeep, type DownloadDeps, requireSize } from './download-context.ts';
import { receiveBody } from './receive-body.ts';
import type { ExpectedBytes } from './sniff.ts';

/**
 * Reads a body from its first byte to its last into an empty file: for servers that know no ranges, and for segments.
 * There is nothing to resume from: what an interrupted attempt brought is of no use to the next.
 * @returns bytes written
 * @throws FetchError, AppError `extraction/…`, errors of the disk, the signal's reason
 */
export async function fetchWhole(
  deps: DownloadDeps,
  options: {
    /** The file to write; what it held is lost. */
    data: string;
    response: OpenedResponse;
    /** Null when the server does not say. */
    lengthBytes: number | null;
    expects: ExpectedBytes;
    onProgress: (doneBytes: number, totalBytes: number | null) => void;
    onFetched: (bytes: number) => void;
    signal: AbortSignal;
  },
): Promise<number> {
  const { response, lengthBytes } = options;
  const upkeep = createUpkeep(deps);
  const end = lengthBytes ?? Number.POSITIVE_INFINITY;
  const piece = { position: 0, end, startedAt: 0, startedAtMs: deps.clock.monotonicMs() };
  const file = await open(options.data, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600);
  let written = 0;
  const write = async (buffers: readonly Buffer[]): Promise<void> => {
    for (const buffer of buffers) await writeWhole(file, buffer);
    const bytes = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    written += bytes;
    requireSize(deps, written);
    options.onFetched(bytes);
    options.onProgress(written, lengthBytes);
    await upkeep(bytes);
  };
  try {
    await receiveBody(response, {
      piece,
      requestedEnd: end,
      expects: options.expects,
      write,
      minimumBytesPerSecond: deps.limits.minimumBytesPerSecond,
      slowWindowMs: deps.limits.slowWindowMs,
      clock: deps.clock,
      signal: options.signal,
    });
    await file.datasync();
  } finally {
    await file.close();
  }
  return written;
}

async function writeWhole(file: FileHandle, buffer: Buffer): Promise<void> {
  for (let at = 0; at < buffer.length; ) at += (await file.write(buffer, at)).bytesWritten;
}

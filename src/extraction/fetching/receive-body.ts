import type { Clock } from '../../platform/clock/index.ts';
import { asFetchError, FetchError, type OpenedResponse } from '../../platform/fetch/index.ts';
import { extractionErrors } from '../errors.ts';
import { abandon } from './open-range.ts';
import type { Piece } from './range-plan.ts';
import { type ExpectedBytes, SNIFF_BYTES, sniffBytes } from './sniff.ts';
import { createThroughputFloor } from './throughput-floor.ts';

/**
 * Bytes are written once this many have come, or this long after the last write (ms), whichever is first: what a kill can
 * cost is at most that much a connection, on fast lines and on slow ones.
 */
const WRITE_BYTES = 64 * 1024;
const WRITE_EVERY_MS = 250;

export interface ReceiveOptions {
  /** Its `position` follows what was received; its `end` may come down meanwhile. Infinity: until the body ends. */
  piece: Piece;
  /** Where the request ends: reading on to there, and no further, leaves the connection reusable. */
  requestedEnd: number;
  write: (buffers: readonly Buffer[], position: number) => Promise<void>;
  /** Present when the body is the start of the file: what its first bytes must look like. */
  expects?: ExpectedBytes;
  /** Called once the first bytes are found right (at once where nothing is expected of them). */
  onBegun?: () => void;
  minimumBytesPerSecond: number;
  slowWindowMs: number;
  clock: Clock;
  signal: AbortSignal;
}

/**
 * Writes a body to its place until the piece is whole. What came before a failure is written too.
 * @throws FetchError (`truncated` when the body ends early); extraction/source-too-slow, extraction/not-audio,
 * extraction/source-misbehaves; errors of the disk; the signal's reason
 */
export async function receiveBody(response: OpenedResponse, options: ReceiveOptions): Promise<void> {
  const { piece, clock } = options;
  const floor = createThroughputFloor({
    minimumBytesPerSecond: options.minimumBytesPerSecond,
    windowMs: options.slowWindowMs,
    startedAtMs: clock.monotonicMs(),
  });
  const gathered = createGathering(options);
  const chunks = readChunks(response, options.signal);
  try {
    for await (const chunk of chunks) {
      const wanted = Math.min(chunk.length, piece.end - piece.position);
      if (piece.position + chunk.length > options.requestedEnd) {
        throw extractionErrors.error('source-misbehaves', { params: { what: 'more bytes than asked for' } });
      }
      gathered.add(wanted === chunk.length ? chunk : chunk.subarray(0, wanted));
      if (gathered.due()) await gathered.write();
      if (wanted < chunk.length || (piece.position >= piece.end && piece.end < options.requestedEnd)) break;
      if (floor.tooSlow(chunk.length, clock.monotonicMs())) {
        throw extractionErrors.error('source-too-slow', { params: { minimum: options.minimumBytesPerSecond } });
      }
    }
    gathered.close();
  } finally {
    abandon(response.body);
    await gathered.write();
  }
  if (piece.position < piece.end && piece.end !== Number.POSITIVE_INFINITY) {
    throw new FetchError('truncated', response.url);
  }
}

/** Collects chunks until they are worth a write, and holds the first bytes back until they are known to be right. */
function createGathering(options: ReceiveOptions): {
  add(chunk: Buffer): void;
  due(): boolean;
  /** No more will come: what is held back is judged as it is. */
  close(): void;
  write(): Promise<void>;
} {
  const { piece, clock, expects } = options;
  let buffers: Buffer[] = [];
  let bytes = 0;
  let lastWriteMs = clock.monotonicMs();
  let judged = false;

  function judge(): void {
    if (judged) return;
    if (expects !== undefined) {
      const found = sniffBytes(Buffer.concat(buffers).subarray(0, SNIFF_BYTES), expects);
      if (found !== null) throw extractionErrors.error('not-audio', { params: { found } });
    }
    judged = true;
    options.onBegun?.();
  }

  if (expects === undefined) judge();
  return {
    add: (chunk) => {
      buffers.push(chunk);
      bytes += chunk.length;
      piece.position += chunk.length;
      if (!judged && bytes >= SNIFF_BYTES) judge();
    },
    due: () => judged && (bytes >= WRITE_BYTES || clock.monotonicMs() - lastWriteMs >= WRITE_EVERY_MS),
    close: judge,
    write: async () => {
      if (bytes === 0) return;
      const [written, length] = [buffers, bytes];
      buffers = [];
      bytes = 0;
      lastWriteMs = clock.monotonicMs();
      // A body that failed before its first bytes could be judged brought nothing: they are asked for again.
      if (judged) await options.write(written, piece.position - length);
      else piece.position -= length;
    },
  };
}

/** The chunks of a body, its failures told in the fetcher's words so that they are not taken for failures of the disk. */
async function* readChunks(response: OpenedResponse, signal: AbortSignal): AsyncGenerator<Buffer> {
  const iterator = (response.body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  for (;;) {
    let result: IteratorResult<Buffer>;
    try {
      result = await iterator.next();
    } catch (error) {
      const failure = asFetchError(error, response.url, signal);
      const cut = failure instanceof FetchError && failure.reason === 'unreachable';
      throw cut ? new FetchError('truncated', response.url, { cause: error }) : failure;
    }
    if (result.done) return;
    yield result.value;
  }
}

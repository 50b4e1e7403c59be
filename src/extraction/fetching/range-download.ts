import { AppError } from '../../platform/errors/index.ts';
import { FetchError, type OpenedResponse } from '../../platform/fetch/index.ts';
import { createUpkeep, type DownloadDeps } from './download-context.ts';
import { failureKind, withCode } from './fetch-failure.ts';
import { openRange, sameRepresentation } from './open-range.ts';
import type { PartFile } from './part-file.ts';
import { bear, type Patience } from './patience.ts';
import { chooseRelief, type Piece, pieceSize, takePiece } from './range-plan.ts';
import { receiveBody } from './receive-body.ts';
import { addSpan, missingSpans, type Span } from './spans.ts';

/** The file at the source is no longer the one whose bytes we have: begin again. */
export class SourceChanged extends Error {}

export interface RangeDownload {
  part: PartFile;
  /** Where the first answer came from, after redirects: all connections read from there. */
  url: string;
  /** The answer that is open already, and the span that it was asked for. */
  first: { response: OpenedResponse; span: Span };
  /** What the first bytes must look like, when `first` starts at byte 0. */
  expects: 'mp3' | 'mp4';
  onProgress: (doneBytes: number, totalBytes: number) => void;
  onFetched: (bytes: number) => void;
  signal: AbortSignal;
}

/** An idle connection looks this often, in ms, whether another has fallen behind. */
const RELIEF_EVERY_MS = 200;

/**
 * Fetches all that a part lacks, over several connections, and returns when it is whole.
 * @throws AppError `extraction/…`; SourceChanged; errors of the disk; the signal's reason
 */
export async function fetchRanges(deps: DownloadDeps, download: RangeDownload): Promise<void> {
  const { part, first } = download;
  const stop = new AbortController();
  const { connections } = deps.limits;
  const { lengthBytes } = part.representation;
  const shared: Shared = {
    deps,
    download,
    signal: AbortSignal.any([download.signal, stop.signal]),
    whole: new AbortController(),
    upkeep: createUpkeep(deps),
    patience: { connections, fruitless: 0 },
    pieceBytes: pieceSize(lengthBytes - part.bytesDone, connections),
    quietUntilMs: 0,
    missing: missingSpans(addSpan(part.spans, first.span), lengthBytes),
    inFlight: new Set(),
    begun: Promise.withResolvers(),
  };
  // The others start when the first bytes have been found to be sound, or when there is nothing to find out.
  const opening = connection(shared, 0, first);
  const others = shared.begun.promise.then(() =>
    Promise.all(Array.from({ length: connections - 1 }, (_, index) => connection(shared, index + 1))),
  );
  try {
    await Promise.all([opening, others]);
  } catch (error) {
    stop.abort(error);
    shared.begun.resolve();
    await Promise.allSettled([opening, others]);
    throw error;
  }
}

interface Shared {
  deps: DownloadDeps;
  download: RangeDownload;
  signal: AbortSignal;
  /** Aborted when the file is whole, so that nobody sleeps past it. */
  whole: AbortController;
  upkeep: (writtenBytes: number) => Promise<void>;
  patience: Patience;
  /** Monotonic ms before which no new request is sent: the server asked for it. */
  quietUntilMs: number;
  /** What one request asks for. */
  pieceBytes: number;
  /** Neither had nor being fetched. */
  missing: Span[];
  inFlight: Set<Piece>;
  begun: PromiseWithResolvers<void>;
}

/** One connection's life: piece after piece, until the file is whole or the server wants fewer connections. */
async function connection(shared: Shared, index: number, opened?: RangeDownload['first']): Promise<void> {
  const { deps, signal, whole } = shared;
  let answer = opened;
  while (!whole.signal.aborted) {
    signal.throwIfAborted();
    if (answer === undefined) await sleepUntil(deps, shared.quietUntilMs, signal);
    // The first connection stays: there is always one.
    if (answer === undefined && index >= shared.patience.connections) return;
    const piece = answer === undefined ? nextPiece(shared) : beginPiece(shared, answer.span);
    if (piece === null) await idle(shared);
    else {
      const failure = await fetchPiece(shared, piece, answer?.response);
      answer = undefined;
      if (failure !== null) await recover(shared, failure);
      if (shared.missing.length === 0 && shared.inFlight.size === 0) whole.abort();
    }
  }
}

function beginPiece(shared: Shared, span: Span): Piece {
  const piece: Piece = {
    position: span.start,
    end: span.end,
    startedAt: span.start,
    startedAtMs: shared.deps.clock.monotonicMs(),
  };
  shared.inFlight.add(piece);
  return piece;
}

function nextPiece(shared: Shared): Piece | null {
  const taken = takePiece(shared.missing, shared.pieceBytes);
  if (taken !== null) {
    shared.missing = taken.rest;
    return beginPiece(shared, taken.piece);
  }
  const relief = chooseRelief([...shared.inFlight], shared.deps.clock.monotonicMs());
  if (relief === null) return null;
  const span = { start: relief.from, end: relief.piece.end };
  relief.piece.end = relief.from;
  return beginPiece(shared, span);
}

async function idle({ deps, signal, whole }: Shared): Promise<void> {
  try {
    await deps.clock.sleep(RELIEF_EVERY_MS, AbortSignal.any([signal, whole.signal]));
  } catch (error) {
    if (!whole.signal.aborted) throw error;
  }
}

/** Null when the piece is whole; otherwise why not, its rest being missing again. Fatal failures are thrown. */
async function fetchPiece(
  shared: Shared,
  piece: Piece,
  opened: OpenedResponse | undefined,
): Promise<{ error: AppError; broughtBytes: number } | null> {
  const { deps, download, signal } = shared;
  const requestedEnd = piece.end;
  try {
    const response = opened ?? (await reopen(shared, { start: piece.position, end: requestedEnd }));
    await receiveBody(response, {
      piece,
      requestedEnd,
      clock: deps.clock,
      signal,
      minimumBytesPerSecond: deps.limits.minimumBytesPerSecond,
      slowWindowMs: deps.limits.slowWindowMs,
      ...(piece.startedAt === 0 ? { expects: download.expects } : {}),
      onBegun: () => shared.begun.resolve(),
      write: (buffers, position) => writePiece(shared, buffers, position),
    });
    return null;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const coded = withCode(error);
    const ofNetwork = error instanceof FetchError || (coded instanceof AppError && coded.code.endsWith('-too-slow'));
    if (!ofNetwork || !(coded instanceof AppError)) throw coded;
    shared.missing = addSpan(shared.missing, { start: piece.position, end: piece.end });
    return { error: coded, broughtBytes: piece.position - piece.startedAt };
  } finally {
    shared.inFlight.delete(piece);
  }
}

async function writePiece({ download, upkeep }: Shared, buffers: readonly Buffer[], position: number): Promise<void> {
  const { part } = download;
  await part.write(buffers, position);
  const bytes = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  download.onFetched(bytes);
  download.onProgress(part.bytesDone, part.representation.lengthBytes);
  await upkeep(bytes);
}

async function reopen({ deps, download, signal }: Shared, span: Span): Promise<OpenedResponse> {
  const expected = download.part.representation;
  const answer = await openRange(deps.fetcher, {
    url: download.url,
    originalUrl: expected.url,
    span,
    expected,
    signal,
  });
  if (answer.kind === 'part' && sameRepresentation(answer.representation, expected)) return answer.response;
  if (answer.kind !== 'unsatisfiable') answer.response.body.on('error', () => undefined).destroy();
  throw new SourceChanged();
}

async function recover(shared: Shared, failure: { error: AppError; broughtBytes: number }): Promise<void> {
  const { deps, signal } = shared;
  const [patience, bearing] = bear(
    shared.patience,
    { ...failureKind(failure.error), broughtBytes: failure.broughtBytes },
    deps.random(),
  );
  shared.patience = patience;
  if (bearing.do === 'give-up') throw failure.error;
  const untilMs = deps.clock.monotonicMs() + bearing.waitMs;
  if (bearing.all) shared.quietUntilMs = Math.max(shared.quietUntilMs, untilMs);
  await sleepUntil(deps, untilMs, signal);
}

async function sleepUntil(deps: DownloadDeps, untilMs: number, signal: AbortSignal): Promise<void> {
  const waitMs = untilMs - deps.clock.monotonicMs();
  if (waitMs > 0) await deps.clock.sleep(waitMs, signal);
}

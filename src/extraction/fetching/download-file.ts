import { AppError } from '../../platform/errors/index.ts';
import { extractionErrors } from '../errors.ts';
import { readBootId } from './boot-id.ts';
import { type DownloadDeps, requireRoom, requireSize } from './download-context.ts';
import { failureKind, withCode } from './fetch-failure.ts';
import { abandon, openRange, type RangeAnswer, sameRepresentation } from './open-range.ts';
import {
  completeSize,
  discardPart,
  finishPart,
  openPart,
  type PartFile,
  type PartPaths,
  partPaths,
  readPart,
} from './part-file.ts';
import type { Representation, TrustedPart } from './part-journal.ts';
import { bear, type Patience } from './patience.ts';
import { fetchRanges, SourceChanged } from './range-download.ts';
import { missingSpans, type Span } from './spans.ts';
import { fetchWhole } from './whole-download.ts';

export interface DownloadRequest {
  url: string;
  /** Must exist, and be nobody else's: two downloads of one name would write over each other. */
  directory: string;
  name: string;
  /** What the first bytes must look like. The rest is for the vault to verify. */
  expects: 'mp3' | 'mp4';
  signal: AbortSignal;
  /** Bytes had, those of earlier processes included; total null when the server does not say. At most four times a second for each connection. */
  onProgress?: (doneBytes: number, totalBytes: number | null) => void;
}

export interface Downloaded {
  path: string;
  sizeBytes: number;
  /** Fetched by this call; the rest was there from an earlier one. */
  fetchedBytes: number;
}

/** The first request learns the length and the type; on a line of 6 MB/s it is over in a third of a second. */
const FIRST_SPAN: Span = { start: 0, end: 2 * 1024 * 1024 };
/** A file that changes this often while being read is being written: the run comes back later. */
const MAX_BEGINNINGS = 3;
/** Without ranges each attempt costs the whole file. */
const MAX_WHOLE_ATTEMPTS = 3;

/**
 * Fetches a published file into `<directory>/<name>`, by several ranges at once where the server can, going on from what
 * an earlier call left in `<name>.part` (killed or failed, here or in another process).
 * On failure the `.part` stays, for the next call or for whoever discards the directory.
 * @throws AppError `extraction/…`; the signal's reason
 */
export async function downloadFile(deps: DownloadDeps, request: DownloadRequest): Promise<Downloaded> {
  const paths = partPaths(request.directory, request.name);
  const already = await completeSize(paths);
  if (already !== null) return { path: paths.complete, sizeBytes: already, fetchedBytes: 0 };
  const download: Download = { deps, request, paths, bootId: await readBootId(), fetchedBytes: 0 };
  try {
    await requireRoom(deps, 0);
    for (let beginning = 1; beginning <= MAX_BEGINNINGS; beginning += 1) {
      const sizeBytes = await attempt(download);
      if (sizeBytes !== null) return { path: paths.complete, sizeBytes, fetchedBytes: download.fetchedBytes };
      await discardPart(paths);
    }
  } catch (error) {
    throw withCode(error);
  }
  throw extractionErrors.error('source-changing');
}

interface Download {
  deps: DownloadDeps;
  request: DownloadRequest;
  paths: PartPaths;
  bootId: string | null;
  fetchedBytes: number;
}

/** Returns the size of the finished file, or null when the source is not what the `.part` was begun with. */
async function attempt(download: Download): Promise<number | null> {
  const { request, paths } = download;
  const kept = await readPart(paths, download.bootId);
  const usable = kept !== null && kept.representation.url === request.url && kept.spans.length > 0 ? kept : null;
  try {
    return await (usable === null ? begin(download) : goOn(download, usable));
  } catch (error) {
    if (error instanceof SourceChanged) return null;
    throw error;
  }
}

async function goOn(download: Download, kept: TrustedPart): Promise<number> {
  const { lengthBytes } = kept.representation;
  const [gap] = missingSpans(kept.spans, lengthBytes);
  if (gap === undefined) return finish(download, await open(download, kept.representation, kept.spans), async () => {});
  const span = { start: gap.start, end: Math.min(gap.end, gap.start + FIRST_SPAN.end) };
  const answer = await openPatiently(download, span, kept.representation);
  if (answer.kind === 'part' && sameRepresentation(answer.representation, kept.representation)) {
    return fetchParts(download, answer, span, kept.spans);
  }
  if (answer.kind !== 'unsatisfiable') abandon(answer.response.body);
  throw new SourceChanged();
}

async function begin(download: Download): Promise<number> {
  const answer = await openPatiently(download, FIRST_SPAN);
  if (answer.kind === 'part') {
    const end = Math.min(FIRST_SPAN.end, answer.representation.lengthBytes);
    return fetchParts(download, answer, { start: 0, end }, []);
  }
  // Either an empty file, or a length that the server does not know: without Range it says which.
  return fetchInOneGo(download, answer.kind === 'whole' ? answer : null);
}

async function fetchParts(
  download: Download,
  answer: Extract<RangeAnswer, { kind: 'part' }>,
  span: Span,
  spans: readonly Span[],
): Promise<number> {
  const { deps, request } = download;
  const { representation, response } = answer;
  let part: PartFile;
  try {
    requireSize(deps, representation.lengthBytes);
    await requireRoom(
      deps,
      missingSpans(spans, representation.lengthBytes).reduce((sum, s) => sum + s.end - s.start, 0),
    );
    part = await open(download, representation, spans);
  } catch (error) {
    abandon(response.body);
    throw error;
  }
  return finish(download, part, () =>
    fetchRanges(deps, {
      part,
      url: response.url,
      first: { response, span },
      expects: request.expects,
      onProgress: (done, total) => request.onProgress?.(done, total),
      onFetched: (bytes) => {
        download.fetchedBytes += bytes;
      },
      signal: request.signal,
    }),
  );
}

async function finish(download: Download, part: PartFile, complete: () => Promise<void>): Promise<number> {
  try {
    await complete();
  } catch (error) {
    await part.release();
    throw error;
  }
  await part.close();
  await finishPart(download.paths);
  return part.representation.lengthBytes;
}

async function fetchInOneGo(
  download: Download,
  opened: Extract<RangeAnswer, { kind: 'whole' }> | null,
): Promise<number> {
  const { deps, request, paths } = download;
  let answer = opened;
  for (let tries = 1; ; tries += 1) {
    answer ??= await openWhole(download);
    const { response, lengthBytes } = answer;
    answer = null;
    try {
      requireSize(deps, lengthBytes ?? 0);
      await requireRoom(deps, lengthBytes ?? 0);
      await fetchWhole(deps, {
        data: paths.data,
        response,
        lengthBytes,
        expects: request.expects,
        onProgress: (done, total) => request.onProgress?.(done, total),
        onFetched: (bytes) => {
          download.fetchedBytes += bytes;
        },
        signal: request.signal,
      });
      await finishPart(paths);
      return (await completeSize(paths)) ?? 0;
    } catch (error) {
      abandon(response.body);
      request.signal.throwIfAborted();
      const coded = withCode(error);
      const transient = coded instanceof AppError && failureKind(coded).kind === 'transient';
      if (!transient || tries >= MAX_WHOLE_ATTEMPTS) throw coded;
    }
  }
}

async function openWhole(download: Download): Promise<Extract<RangeAnswer, { kind: 'whole' }>> {
  const answer = await openPatiently(download, undefined);
  if (answer.kind === 'whole') return answer;
  throw extractionErrors.error('source-misbehaves', { params: { what: 'range not satisfiable' } });
}

/** Opens the first connection, bearing with a server that is busy or away for a moment. */
async function openPatiently(
  { deps, request }: Download,
  span: Span | undefined,
  expected?: Representation,
): Promise<RangeAnswer> {
  let patience: Patience = { connections: deps.limits.connections, fruitless: 0 };
  for (;;) {
    try {
      return await openRange(deps.fetcher, {
        url: request.url,
        originalUrl: request.url,
        ...(span === undefined ? {} : { span }),
        ...(expected === undefined ? {} : { expected }),
        signal: request.signal,
      });
    } catch (error) {
      request.signal.throwIfAborted();
      const coded = withCode(error);
      if (!(coded instanceof AppError)) throw coded;
      const [next, bearing] = bear(patience, { ...failureKind(coded), broughtBytes: 0 }, deps.random());
      if (bearing.do === 'give-up') throw coded;
      patience = next;
      await deps.clock.sleep(bearing.waitMs, request.signal);
    }
  }
}

function open(download: Download, representation: Representation, spans: readonly Span[]): Promise<PartFile> {
  return openPart({
    paths: download.paths,
    representation,
    spans,
    bootId: download.bootId,
    syncEveryBytes: download.deps.limits.syncEveryBytes,
  });
}

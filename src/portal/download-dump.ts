import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { Clock } from '../platform/clock/index.ts';
import { FetchError, type Fetcher, type OpenedResponse } from '../platform/fetch/index.ts';
import { malformed } from './errors.ts';
import { objectOf } from './json-from-xml.ts';

export interface DumpDownloaderOptions {
  fetcher: Fetcher;
  clock: Clock;
  /** 0 ≤ random() < 1 */
  random: () => number;
}

interface DumpRequest {
  url: string;
  /** Where the finished file goes; `<path>.part` and `<path>.part.json` stand beside it until then. */
  path: string;
  /** As an earlier download answered it: an unchanged dump is not downloaded again. */
  validator?: string | null;
  signal?: AbortSignal;
  /** Bytes on disk so far, and of the whole when the server told. */
  onProgress?: (receivedBytes: number, totalBytes: number | null) => void;
}

type DumpDownload =
  | { kind: 'unchanged' }
  /** `validator` is a strong ETag, else Last-Modified, else null. */
  | { kind: 'downloaded'; validator: string | null; sizeBytes: number };

export interface DumpDownloader {
  /**
   * Downloads a dump, resuming what an earlier call (or process) left in the `.part` file.
   * @throws FetchError when the server fails for good or drops too often; AppError `portal/malformed` when it is too large;
   * the signal's reason when aborted. The `.part` file stays, so that the next call goes on from there.
   */
  download(request: DumpRequest): Promise<DumpDownload>;
}

/** The largest dump (comptes rendus, legislature 17) has 54 MB; the whole Agenda of legislature 15 has 38 MB. */
const MAX_DUMP_BYTES = 1024 * 1024 * 1024;
/** The server drops long transfers. A drop after progress is normal; this many in a row without a byte is an outage. */
const MAX_FRUITLESS_DROPS = 5;
/** However much progress each makes: at one drop a megabyte the largest dump still arrives. */
const MAX_DROPS = 200;
/** First pause after a drop; grows with the fruitless ones. */
const PAUSE_MS = 1_000;

export function createDumpDownloader({ fetcher, clock, random }: DumpDownloaderOptions): DumpDownloader {
  return {
    async download(request) {
      let fruitless = 0;
      for (let drops = 0; ; drops += 1) {
        const before = await sizeOf(`${request.path}.part`);
        try {
          return await attempt(fetcher, request);
        } catch (error) {
          request.signal?.throwIfAborted();
          if (!(error instanceof FetchError) || !error.transient) throw error;
          fruitless = (await sizeOf(`${request.path}.part`)) > before ? 0 : fruitless + 1;
          if (fruitless >= MAX_FRUITLESS_DROPS || drops >= MAX_DROPS) throw error;
          const backoffMs = PAUSE_MS * 2 ** fruitless * (0.5 + random());
          await clock.sleep(Math.max(error.retryAfterMs ?? 0, backoffMs), request.signal);
        }
      }
    },
  };
}

/** One request: from what is already there to the end, or to the next drop. */
async function attempt(fetcher: Fetcher, request: DumpRequest): Promise<DumpDownload> {
  const had = await readPart(`${request.path}.part`);
  const response = await openFrom(fetcher, request, had);
  if (response === 'unchanged') return { kind: 'unchanged' };
  try {
    return await receive(response, request, had);
  } finally {
    // Whatever was not read must not keep the connection.
    discardBody(response);
  }
}

async function receive(response: OpenedResponse, request: DumpRequest, had: Part): Promise<DumpDownload> {
  const part = `${request.path}.part`;
  const totalBytes = totalBytesOf(response);
  const sameVersion = totalBytes === null || had.totalBytes === null || totalBytes === had.totalBytes;
  // "Beyond the end" means complete, unless the server says that the whole has another size.
  if (response.status === 416 && had.sizeBytes > 0 && (totalBytes ?? had.sizeBytes) === had.sizeBytes) {
    return finish(request, had.validator);
  }
  if (response.status === 416 || (response.status === 206 && !sameVersion)) {
    await discardPart(part);
    throw new FetchError('truncated', request.url);
  }
  const from = response.status === 206 && startOf(response) === had.sizeBytes ? had.sizeBytes : 0;
  const validator = validatorOf(response);
  if (from === 0) await startPart(part, { validator, totalBytes });
  await append(response, request, from, totalBytes);
  return finish(request, validator);
}

async function openFrom(fetcher: Fetcher, request: DumpRequest, had: Part): Promise<OpenedResponse | 'unchanged'> {
  const headers: Record<string, string> = {};
  if (had.sizeBytes > 0) {
    headers.range = `bytes=${had.sizeBytes}-`;
    // Makes the server send the whole when the dump has changed since the first half was fetched (RFC 9110 §13.1.5).
    if (had.validator !== null) headers['if-range'] = had.validator;
  }
  if (request.validator) headers[isEtag(request.validator) ? 'if-none-match' : 'if-modified-since'] = request.validator;
  try {
    return await fetcher.open(request.url, { headers, ...(request.signal ? { signal: request.signal } : {}) });
  } catch (error) {
    if (error instanceof FetchError && error.status === 304) return 'unchanged';
    throw error;
  }
}

async function append(
  response: OpenedResponse,
  request: DumpRequest,
  from: number,
  total: number | null,
): Promise<void> {
  const file = await open(`${request.path}.part`, from === 0 ? 'w' : 'r+');
  try {
    let received = from;
    for await (const piece of piecesOf(response, request)) {
      await file.write(piece, 0, piece.byteLength, received);
      received += piece.byteLength;
      if (received > MAX_DUMP_BYTES) throw malformed('dump', `more than ${MAX_DUMP_BYTES} bytes`);
      request.onProgress?.(received, total);
    }
    if (total !== null && received < total) throw new FetchError('truncated', request.url);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function* piecesOf(response: OpenedResponse, request: DumpRequest): AsyncGenerator<Uint8Array> {
  const stop = () => response.body.destroy(new Error('aborted'));
  request.signal?.addEventListener('abort', stop, { once: true });
  try {
    yield* response.body as AsyncIterable<Uint8Array>;
  } catch (error) {
    request.signal?.throwIfAborted();
    throw new FetchError('truncated', request.url, { cause: error });
  } finally {
    request.signal?.removeEventListener('abort', stop);
  }
}

async function finish(request: DumpRequest, validator: string | null): Promise<DumpDownload> {
  const sizeBytes = await sizeOf(`${request.path}.part`);
  await rename(`${request.path}.part`, request.path);
  await rm(`${request.path}.part.json`, { force: true });
  return { kind: 'downloaded', validator, sizeBytes };
}

/** What is needed to know that the rest of a file belongs to the beginning that is on disk. */
interface PartVersion {
  validator: string | null;
  totalBytes: number | null;
}

interface Part extends PartVersion {
  sizeBytes: number;
}

/** Without a validator or a total nothing tells yesterday's dump from today's: then the part counts as empty. */
async function readPart(part: string): Promise<Part> {
  const version = parseVersion(await readFile(`${part}.json`, 'utf8').catch(ignoreMissing));
  const resumable = version.validator !== null || version.totalBytes !== null;
  return { ...version, sizeBytes: resumable ? await sizeOf(part) : 0 };
}

function parseVersion(text: string | undefined): PartVersion {
  try {
    const json: unknown = JSON.parse(text ?? 'null');
    const { validator, totalBytes } = objectOf(json);
    return {
      validator: typeof validator === 'string' ? validator : null,
      totalBytes: typeof totalBytes === 'number' ? totalBytes : null,
    };
  } catch {
    // A process that was killed while writing it left half a line.
    return { validator: null, totalBytes: null };
  }
}

/** The version is written before the first byte, so that a part never passes for the start of another version. */
async function startPart(part: string, version: PartVersion): Promise<void> {
  await discardPart(part);
  await writeFile(`${part}.json`, JSON.stringify(version));
}

async function discardPart(part: string): Promise<void> {
  await rm(`${part}.json`, { force: true });
  await rm(part, { force: true });
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(ignoreMissing))?.size ?? 0;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

/** An unread body that is destroyed says so by an error event, which nobody else hears. */
function discardBody(response: OpenedResponse): void {
  response.body.on('error', () => undefined).destroy();
}

/** If-Range takes strong validators only (RFC 9110 §13.1.5); Last-Modified serves where there is no such ETag. */
function validatorOf(response: OpenedResponse): string | null {
  const { etag, 'last-modified': lastModified } = response.headers;
  return (etag && isEtag(etag) ? etag : lastModified) ?? null;
}

function isEtag(validator: string): boolean {
  return validator.startsWith('"');
}

function totalBytesOf(response: OpenedResponse): number | null {
  const ranged = /\/(\d+)\s*$/.exec(response.headers['content-range'] ?? '')?.[1];
  if (ranged !== undefined) return Number(ranged);
  const length = response.headers['content-length'];
  return response.status === 200 && length !== undefined && /^\d+$/.test(length) ? Number(length) : null;
}

function startOf(response: OpenedResponse): number | null {
  const start = /^bytes (\d+)-/.exec(response.headers['content-range'] ?? '')?.[1];
  return start === undefined ? null : Number(start);
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What one file is and how its server behaves. */
export interface MediaFile {
  sizeBytes: number;
  /** Bytes `start`..`end`. */
  read: (start: number, end: number) => Buffer;
  contentType?: string;
  etag?: string;
  lastModified?: string;
}

/** A fault, asked for each request in turn; `undefined` lets the request through. */
export type Fault = (request: MediaRequest) => FaultAction | undefined;

export type FaultAction =
  | { do: 'status'; status: number; headers?: Record<string, string> }
  | { do: 'drop'; afterBytes: number }
  /** Sends `afterBytes`, then nothing, without closing. */
  | { do: 'stall'; afterBytes: number }
  | { do: 'slow'; bytesPerSecond: number }
  | { do: 'html' }
  | { do: 'no-ranges'; announceLength: boolean; dropAfterBytes?: number }
  /** Content-Range with an unknown length. */
  | { do: 'unknown-total' }
  | { do: 'wrong-range' };

export interface MediaRequest {
  path: string;
  /** Position of the first byte asked for; null without Range. */
  start: number | null;
  /** Of this path, from 1. */
  number: number;
  headers: IncomingMessage['headers'];
}

export interface MediaServer {
  url(path: string): string;
  files: Map<string, MediaFile>;
  faults: Fault[];
  /** All requests, in order. */
  requests: MediaRequest[];
  /** Body bytes handed to the socket, by path. */
  sentBytes: Map<string, number>;
  /** Most answers that were being sent at once. */
  mostAtOnce: number;
  /** Answers only after this long, in ms. */
  answerAfterMs: number;
  /** Of each connection; 0 is without limit. */
  bytesPerSecond: number;
  /** Bytes of one path after which nothing more is sent, until this is raised. */
  holdAfterBytes: number;
  close(): Promise<void>;
}

/** Sent at once; a paced connection sends one every `PIECE / bytesPerSecond`. */
const PIECE_BYTES = 64 * 1024;

/** A small honest file server on loopback with ranges, and with the faults of real ones on demand. */
export async function startMediaServer(): Promise<MediaServer> {
  let open = 0;
  const server = createServer((request, response) => {
    open += 1;
    media.mostAtOnce = Math.max(media.mostAtOnce, open);
    answer(media, request, response)
      .catch(() => response.destroy())
      .finally(() => {
        open -= 1;
      });
  });
  // A client that aborts is an everyday event here.
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const media: MediaServer = {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    files: new Map(),
    faults: [],
    requests: [],
    sentBytes: new Map(),
    mostAtOnce: 0,
    answerAfterMs: 0,
    bytesPerSecond: 0,
    holdAfterBytes: Number.POSITIVE_INFINITY,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return media;
}

export function fileOf(bytes: Buffer, options: Partial<MediaFile> = {}): MediaFile {
  return { sizeBytes: bytes.length, read: (start, end) => bytes.subarray(start, end), ...options };
}

async function answer(media: MediaServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://any').pathname;
  const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const seen: MediaRequest = {
    path,
    start: asked ? Number(asked[1]) : null,
    number: media.requests.filter((other) => other.path === path).length + 1,
    headers: request.headers,
  };
  media.requests.push(seen);
  const fault = media.faults.map((ask) => ask(seen)).find((action) => action !== undefined);
  if (media.answerAfterMs > 0) await delay(media.answerAfterMs);
  const file = media.files.get(path);
  if (file === undefined) return void response.writeHead(404).end('not here');
  if (fault?.do === 'status') return void response.writeHead(fault.status, fault.headers).end('refused');
  if (fault?.do === 'html') {
    return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>Maintenance</p>');
  }
  await sendFile(media, seen, response, file, fault, asked?.[2] ? Number(asked[2]) + 1 : undefined);
}

async function sendFile(
  media: MediaServer,
  request: MediaRequest,
  response: ServerResponse,
  file: MediaFile,
  fault: FaultAction | undefined,
  askedEnd: number | undefined,
): Promise<void> {
  const ifRange = request.headers['if-range'];
  const current = ifRange === undefined || ifRange === file.etag || ifRange === file.lastModified;
  const ranged = request.start !== null && current && fault?.do !== 'no-ranges';
  const start = ranged ? (request.start ?? 0) : 0;
  const end = ranged ? Math.min(askedEnd ?? file.sizeBytes, file.sizeBytes) : file.sizeBytes;
  if (ranged && start >= file.sizeBytes) {
    return void response.writeHead(416, { 'content-range': `bytes */${file.sizeBytes}` }).end();
  }
  const total = fault?.do === 'unknown-total' ? '*' : file.sizeBytes;
  const shift = fault?.do === 'wrong-range' ? 7 : 0;
  response.writeHead(ranged ? 206 : 200, {
    'content-type': file.contentType ?? 'audio/mpeg',
    ...(file.etag === undefined ? {} : { etag: file.etag }),
    ...(file.lastModified === undefined ? {} : { 'last-modified': file.lastModified }),
    ...(ranged ? { 'content-range': `bytes ${start + shift}-${end - 1 + shift}/${total}` } : {}),
    ...(fault?.do === 'no-ranges' && !fault.announceLength ? {} : { 'content-length': end - start }),
  });
  response.flushHeaders();
  const cutAfter = fault?.do === 'no-ranges' ? fault.dropAfterBytes : undefined;
  const limit = fault?.do === 'drop' || fault?.do === 'stall' ? start + fault.afterBytes : start + (cutAfter ?? end);
  const pace = fault?.do === 'slow' ? fault.bytesPerSecond : media.bytesPerSecond;
  await sendBytes(media, request.path, response, file, { start, end: Math.min(end, limit), pace });
  if (limit >= end) response.end();
  else if (fault?.do !== 'stall') setImmediate(() => response.destroy());
}

async function sendBytes(
  media: MediaServer,
  path: string,
  response: ServerResponse,
  file: MediaFile,
  { start, end, pace }: { start: number; end: number; pace: number },
): Promise<void> {
  const startedMs = performance.now();
  const pieceBytes = pace > 0 ? Math.min(PIECE_BYTES, Math.max(1, Math.ceil(pace / 50))) : PIECE_BYTES;
  for (let at = start; at < end; at += pieceBytes) {
    while ((media.sentBytes.get(path) ?? 0) >= media.holdAfterBytes && !response.destroyed) await delay(5);
    if (response.destroyed) return;
    const piece = file.read(at, Math.min(end, at + pieceBytes));
    media.sentBytes.set(path, (media.sentBytes.get(path) ?? 0) + piece.length);
    if (!response.write(piece)) await drained(response);
    if (pace > 0) {
      const dueMs = ((at + piece.length - start) / pace) * 1000;
      const aheadMs = dueMs - (performance.now() - startedMs);
      if (aheadMs > 1) await delay(aheadMs);
    }
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

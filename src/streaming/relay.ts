import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from '../platform/errors/index.ts';
import { FetchError, type Fetcher, type OpenedResponse } from '../platform/fetch/index.ts';
import { streamingErrors } from './errors.ts';
import { limitStall, takeOver } from './take-over.ts';

export interface RelayAnswer {
  /** Only what a source gave: never anything from the listener. */
  url: string;
  /** Sent with the answer, over what the source said. */
  headers: OutgoingHttpHeaders;
  /** Told when the first bytes are on their way. */
  onFirstBytes?: () => void;
}

export interface Relay {
  /**
   * Passes the source's file through to the listener, with ranges, and ends the response.
   * @throws streaming/relays-busy, streaming/source-failed, streaming/source-timeout, before anything was written
   */
  send(request: FastifyRequest, reply: FastifyReply, answer: RelayAnswer): Promise<void>;
  stats(): RelayStats;
}

export interface RelayStats {
  /** Listeners that are relayed now. */
  active: number;
  sentBytes: number;
}

/** Listeners come back on their own; a source that failed once may be asked once more. */
const RETRIES = 1;
/** Relays end when listeners leave or the extraction is done: a place is soon free, in seconds. */
const BUSY_RETRY_SECONDS = 10;

/** Sound relayed as sound only: a page that says "not found" with status 200 is a failure. */
const SOUND_TYPE = /^(audio\/|application\/octet-stream|binary\/octet-stream)/i;

/**
 * Lets a debate be heard from the source while it is not stored here.
 * `fetcher` is the relay's own, with as many connections as `maxRelays`, so that listeners never wait behind extractions.
 */
export function createRelay(options: { fetcher: Pick<Fetcher, 'open'>; maxRelays: number }): Relay {
  let relays = 0;
  let sentBytes = 0;
  const onSent = (bytes: number): void => {
    sentBytes += bytes;
  };

  async function send(request: FastifyRequest, reply: FastifyReply, answer: RelayAnswer): Promise<void> {
    if (relays >= options.maxRelays) {
      throw streamingErrors.error('relays-busy', { retryAfterSeconds: BUSY_RETRY_SECONDS });
    }
    relays += 1;
    const leaving = new AbortController();
    const onClose = (): void => leaving.abort();
    reply.raw.once('close', onClose);
    try {
      const source = await open(request, answer.url, leaving.signal);
      await pass(source, { method: request.method, reply, answer, onSent });
    } catch (error) {
      if (!leaving.signal.aborted) throw error;
      takeOver(reply);
    } finally {
      reply.raw.off('close', onClose);
      relays -= 1;
    }
  }

  async function open(request: FastifyRequest, url: string, signal: AbortSignal): Promise<OpenedResponse> {
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    for (const name of ['range', 'if-range'] as const) {
      const value = request.headers[name];
      if (typeof value === 'string') headers[name] = value;
    }
    try {
      const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
      return await options.fetcher.open(url, { method, headers, signal, retries: RETRIES });
    } catch (error) {
      throw error instanceof FetchError ? catalogued(error) : error;
    }
  }

  return { send, stats: () => ({ active: relays, sentBytes }) };
}

async function pass(
  source: OpenedResponse,
  listener: { method: string; reply: FastifyReply; answer: RelayAnswer; onSent: (bytes: number) => void },
): Promise<void> {
  const { method, reply, answer, onSent } = listener;
  const type = source.headers['content-type'] ?? 'audio/mpeg';
  if (source.status !== 416 && !SOUND_TYPE.test(type)) {
    discard(source.body);
    throw streamingErrors.error('source-failed', { params: { reason: `content-type ${type.slice(0, 60)}` } });
  }
  if (source.status === 416) {
    discard(source.body);
    reply.header('content-range', source.headers['content-range']);
    throw streamingErrors.error('range-not-satisfiable');
  }
  const { response, headers } = takeOver(reply);
  limitStall(response);
  response.writeHead(source.status, { ...headers, ...headersFrom(source), ...answer.headers });
  if (method === 'HEAD') {
    discard(source.body);
    response.end();
    return;
  }
  const range = source.headers['content-range'];
  if (range === undefined || range.startsWith('bytes 0-')) answer.onFirstBytes?.();
  // What is handed over here is taken by the listener or, at most a buffer of it, lost with the connection.
  source.body.on('data', (piece: Buffer) => onSent(piece.length));
  try {
    await pipeline(source.body, response);
  } catch {
    // The listener left, or the source broke off: the connection is closed before the announced length, which players
    // take for what it is and ask for the rest.
    response.destroy();
  }
}

/** A body that nobody wants: its connection is dropped, and what it says to that is of no interest. */
function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}

/** Only what describes the bytes is passed on; the source's cookies, caching rules and server names are its own affair. */
function headersFrom(source: OpenedResponse): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const name of ['content-length', 'content-range', 'accept-ranges', 'etag', 'last-modified']) {
    const value = source.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

function catalogued(error: FetchError): AppError {
  if (error.reason === 'timeout') return streamingErrors.error('source-timeout', { cause: error });
  if (error.reason === 'rate-limited') {
    const retryAfterSeconds = Math.max(1, (error.retryAfterMs ?? BUSY_RETRY_SECONDS * 1_000) / 1_000);
    return streamingErrors.error('relays-busy', { cause: error, retryAfterSeconds });
  }
  const reason = error.status === undefined ? error.reason : `${error.reason} ${error.status}`;
  return streamingErrors.error('source-failed', { cause: error, params: { reason } });
}

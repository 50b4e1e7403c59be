import type { Readable } from 'node:stream';
import { Agent, errors, request } from 'undici';
import type { Clock } from '../clock/index.ts';
import { FetchError, type FetchErrorReason } from './fetch-error.ts';
import { type HostRule, isPublicLiteral, PrivateAddressError, publicLookup, type ResolveHost } from './host-rule.ts';

/** One request that was sent, whatever came back. */
export interface Contact {
  /** Of the address asked, `https://host:port`. */
  origin: string;
  /** `answered`: with what was asked for. `aborted`: nobody waits for it any more. */
  outcome: 'answered' | 'aborted' | 'failed' | FetchErrorReason;
  /** Until the headers were there. */
  durationSeconds: number;
}

export interface FetcherOptions {
  /** Sent with every request: name, version and a way to reach us, as the Assembly's services expect. */
  userAgent: string;
  clock: Clock;
  /** 0 ≤ random() < 1; spreads retries of several processes. */
  random: () => number;
  /** Open connections to one origin; further requests wait. 6 is what a browser opens. */
  connectionsPerOrigin?: number;
  /** Longest wait for a connection, in ms. */
  connectTimeoutMs?: number;
  /** Longest wait for the response headers, in ms. */
  headersTimeoutMs?: number;
  /** Longest silence between two pieces of a body, in ms. */
  bodyTimeoutMs?: number;
  /** Attempts after the first, for failures that may pass. */
  retries?: number;
  /** First wait before a retry, in ms; doubles each time, with jitter. */
  retryBaseMs?: number;
  /** A server that asks for a longer pause than this is not waited for: the error is thrown at once, in ms. */
  retryAfterCapMs?: number;
  /**
   * Absent: requests go anywhere. Otherwise those to hosts that are not our own go to public addresses only, looked at as the
   * connection is made; and a redirect leads to the same host, to one of our own or to a listed one, or is refused.
   */
  hosts?: HostRule | undefined;
  /** Instead of the system's, for `hosts`. */
  resolve?: ResolveHost;
  /** Told of every request, each attempt for itself. */
  onContact?: (contact: Contact) => void;
}

export interface FetchOptions {
  method?: 'GET' | 'HEAD';
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Overrides the fetcher's number of retries. */
  retries?: number;
  /** False: a redirect is an error (`status` 3xx), for addresses that a document of somebody else named. */
  followRedirects?: boolean;
}

export interface OpenedResponse {
  status: number;
  /** Lower-case names; a repeated header is joined by `, `. */
  headers: Readonly<Record<string, string>>;
  /** Must be read to its end or destroyed. Errors on silence longer than the body timeout. */
  body: Readable;
  /** Address after redirects. */
  url: string;
}

/** The only way out of the process: bounded connections per origin, timeouts on each phase, bounded retries with jitter. */
export interface Fetcher {
  /**
   * Sends the request and returns as soon as headers are there, for any 2xx (and 416, which range readers need).
   * @throws FetchError otherwise; the signal's reason when aborted.
   */
  open(url: string, options?: FetchOptions): Promise<OpenedResponse>;
  /**
   * Reads a whole body of at most `maxBytes`, verified against Content-Length.
   * @throws FetchError
   */
  bytes(
    url: string,
    options: FetchOptions & { maxBytes: number },
  ): Promise<{ status: number; headers: Readonly<Record<string, string>>; body: Buffer; url: string }>;
  close(): Promise<void>;
}

/** No page of ours needs more hops; a loop ends here. */
const MAX_REDIRECTS = 5;

export function createFetcher(options: FetcherOptions): Fetcher {
  const {
    userAgent,
    clock,
    random,
    connectionsPerOrigin = 6,
    connectTimeoutMs = 10_000,
    headersTimeoutMs = 20_000,
    bodyTimeoutMs = 20_000,
    retries: defaultRetries = 3,
    retryBaseMs = 500,
    retryAfterCapMs = 60_000,
    hosts,
  } = options;
  const agentOptions = {
    connections: connectionsPerOrigin,
    pipelining: 1,
    headersTimeout: headersTimeoutMs,
    bodyTimeout: bodyTimeoutMs,
  };
  const connect = { timeout: connectTimeoutMs };
  const agent = new Agent({ ...agentOptions, connect });
  const publicAgent = new Agent({ ...agentOptions, connect: { ...connect, lookup: publicLookup(options.resolve) } });

  /** One request, to where it may go. @throws FetchError `refused` */
  async function ask(url: URL, fetchOptions: FetchOptions) {
    const anywhere = hosts === undefined || hosts.isOwn(url);
    if (!anywhere && !isPublicLiteral(url)) throw new FetchError('refused', url.href);
    try {
      return await request(url, {
        dispatcher: anywhere ? agent : publicAgent,
        method: fetchOptions.method ?? 'GET',
        headers: { 'user-agent': userAgent, ...fetchOptions.headers },
        signal: fetchOptions.signal ?? null,
      });
    } catch (error) {
      throw asFetchError(error, url.href, fetchOptions.signal);
    }
  }

  /** The same, hop by hop to where the answer is. */
  async function follow(from: string, fetchOptions: FetchOptions) {
    let url = parseUrl(from);
    for (let hops = 0; ; hops += 1) {
      const response = await ask(url, fetchOptions);
      const next = fetchOptions.followRedirects === false ? null : redirectOf(response, url);
      if (next === null || hops === MAX_REDIRECTS) return { response, url: url.href };
      await discard(response.body);
      const known = hosts === undefined || next.hostname === url.hostname || hosts.isOwn(next) || hosts.isListed(next);
      if (!known || !/^https?:$/.test(next.protocol)) throw new FetchError('refused', next.href);
      url = next;
    }
  }

  async function openOnce(url: string, fetchOptions: FetchOptions): Promise<OpenedResponse> {
    fetchOptions.signal?.throwIfAborted();
    const startedMs = clock.monotonicMs();
    const tell = (outcome: Contact['outcome']): void =>
      options.onContact?.({
        origin: URL.parse(url)?.origin ?? '',
        outcome,
        durationSeconds: (clock.monotonicMs() - startedMs) / 1000,
      });
    try {
      const opened = await send(url, fetchOptions);
      tell('answered');
      return opened;
    } catch (error) {
      const reason = error instanceof FetchError ? error.reason : 'failed';
      tell(fetchOptions.signal?.aborted ? 'aborted' : reason);
      throw error;
    }
  }

  async function send(asked: string, fetchOptions: FetchOptions): Promise<OpenedResponse> {
    const { response, url } = await follow(asked, fetchOptions);
    const headers = flattenHeaders(response.headers);
    const status = response.statusCode;
    if ((status >= 200 && status < 300) || status === 416) {
      return { status, headers, body: response.body, url };
    }
    await discard(response.body);
    throw new FetchError(status === 429 ? 'rate-limited' : 'status', url, {
      status,
      retryAfterMs: parseRetryAfter(headers['retry-after'], clock.now()),
    });
  }

  async function withRetries<T>(fetchOptions: FetchOptions, attempt: () => Promise<T>): Promise<T> {
    const retries = fetchOptions.retries ?? defaultRetries;
    for (let tried = 0; ; tried += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof FetchError) || !error.transient || tried >= retries) throw error;
        if (error.retryAfterMs !== undefined && error.retryAfterMs > retryAfterCapMs) throw error;
        // Full jitter on top of half the step: clients that failed together do not come back together.
        const backoffMs = retryBaseMs * 2 ** tried * (0.5 + random());
        await clock.sleep(Math.max(error.retryAfterMs ?? 0, backoffMs), fetchOptions.signal);
      }
    }
  }

  return {
    open: (url, fetchOptions = {}) => withRetries(fetchOptions, () => openOnce(url, fetchOptions)),
    bytes: (url, fetchOptions) =>
      withRetries(fetchOptions, async () => {
        const response = await openOnce(url, fetchOptions);
        const body = await readBody(response, fetchOptions, url);
        return { status: response.status, headers: response.headers, body, url: response.url };
      }),
    close: async () => {
      await Promise.all([agent.close(), publicAgent.close()]);
    },
  };
}

/** @throws FetchError `refused` for what is no address at all */
function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new FetchError('refused', text);
  return url;
}

/** RFC 9110 §15.4; only GET and HEAD are ever sent, which every kind of redirect keeps. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where an answer sends on to; null when it does not. */
function redirectOf(response: { statusCode: number; headers: Record<string, unknown> }, from: URL): URL | null {
  const { location } = response.headers;
  return REDIRECTS.has(response.statusCode) && typeof location === 'string' ? URL.parse(location, from.href) : null;
}

async function readBody(
  response: OpenedResponse,
  options: FetchOptions & { maxBytes: number },
  url: string,
): Promise<Buffer> {
  const announced = Number(response.headers['content-length'] ?? Number.NaN);
  if (announced > options.maxBytes) {
    await discard(response.body);
    throw new FetchError('too-large', url);
  }
  const pieces: Buffer[] = [];
  let received = 0;
  try {
    for await (const piece of response.body as AsyncIterable<Buffer>) {
      received += piece.length;
      if (received > options.maxBytes) throw new FetchError('too-large', url);
      pieces.push(piece);
    }
  } catch (error) {
    response.body.destroy();
    throw asFetchError(error, url, options.signal);
  }
  if (options.method !== 'HEAD' && Number.isFinite(announced) && received < announced) {
    throw new FetchError('truncated', url);
  }
  return Buffer.concat(pieces, received);
}

/** What a failed request or a failed read of an opened body comes down to: a FetchError, or the reason of the caller's abort. */
export function asFetchError(error: unknown, url: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof FetchError) return error;
  if (error instanceof PrivateAddressError) return new FetchError('refused', url, { cause: error });
  const timedOut =
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    error instanceof errors.ConnectTimeoutError;
  return new FetchError(timedOut ? 'timeout' : 'unreachable', url, { cause: error });
}

function flattenHeaders(raw: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

/** Retry-After is seconds or an HTTP date (RFC 9110 §10.2.3). Returns ms from now, never negative. */
function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}

async function discard(body: Readable): Promise<void> {
  // Error pages are small; one that is not costs a connection instead of our memory.
  body.on('error', () => undefined);
  body.destroy();
}

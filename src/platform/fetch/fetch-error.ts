/**
 * Why a fetch failed:
 * `timeout` no answer or no more bytes in time · `unreachable` DNS, refused, reset, TLS · `rate-limited` 429 ·
 * `status` any other answer that is not 2xx · `too-large` body over the caller's limit · `truncated` fewer bytes than announced.
 * `refused` by us: a host or an address where our requests have no business.
 * An abort by the caller's signal is not a FetchError: the signal's reason is thrown.
 */
export type FetchErrorReason =
  | 'timeout'
  | 'unreachable'
  | 'rate-limited'
  | 'status'
  | 'too-large'
  | 'truncated'
  | 'refused';

export class FetchError extends Error {
  readonly reason: FetchErrorReason;
  readonly url: string;
  readonly status: number | undefined;
  /** What the server asked for in Retry-After, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    reason: FetchErrorReason,
    url: string,
    options: { status?: number | undefined; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(`${reason}${options.status === undefined ? '' : ` ${options.status}`} ${url}`, { cause: options.cause });
    this.name = 'FetchError';
    this.reason = reason;
    this.url = url;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** True when the same request may succeed a little later: the network, a timeout, 429 or a 5xx. */
  get transient(): boolean {
    if (this.reason === 'status') return this.status !== undefined && (this.status >= 500 || this.status === 408);
    return this.reason !== 'too-large' && this.reason !== 'refused';
  }
}

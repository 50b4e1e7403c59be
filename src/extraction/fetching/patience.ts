/** How a download bears with its server: how many connections it still dares, and what it does after a failure. */
export interface Patience {
  /** Connections it may have open, at least 1. */
  connections: number;
  /** Failures in a row that brought next to nothing. */
  fruitless: number;
}

export interface ConnectionFailure {
  /** `timed-out`: it took the whole patience of a timeout to fail. */
  kind: 'rate-limited' | 'timed-out' | 'transient' | 'final';
  /** Bytes that this connection brought before it failed. */
  broughtBytes: number;
  retryAfterMs?: number | undefined;
}

export type Bearing =
  | { do: 'give-up' }
  /** `all`: nobody sends a new request before that; otherwise only the connection that failed waits. */
  | { do: 'wait'; waitMs: number; all: boolean };

/** 8 fruitless attempts with the waits below are about a minute: longer than a restart, shorter than an outage. */
const MAX_FRUITLESS = 8;
/** A timeout of 20 s counts for several refusals: three silent connections in a row are a minute too. */
const TIMEOUT_WEIGHT = 3;
/** First wait, in ms; doubles with each fruitless failure. */
const BASE_WAIT_MS = 250;
const MAX_WAIT_MS = 15_000;
/** A server that wants more than this, in ms, is come back to by a later attempt of the run, not waited for in it. */
const MAX_RETRY_AFTER_MS = 60_000;
/** A connection that brought this much before it fell was worth having: the next one goes on from there. */
const FRUITFUL_BYTES = 64 * 1024;

/**
 * What to do after one connection failed. Pure: randomness (0 ≤ `random` < 1) is handed in.
 * Every fruitful connection brings at least 64 KiB, so the number of attempts is bounded by the file's size.
 */
export function bear(patience: Patience, failure: ConnectionFailure, random: number): [Patience, Bearing] {
  if (failure.kind === 'final') return [patience, { do: 'give-up' }];
  const weight = failure.kind === 'timed-out' ? TIMEOUT_WEIGHT : 1;
  const fruitless = failure.broughtBytes >= FRUITFUL_BYTES ? 0 : patience.fruitless + weight;
  const limited = failure.kind === 'rate-limited';
  const next = { connections: Math.max(1, patience.connections - (limited ? 1 : 0)), fruitless };
  if (fruitless > MAX_FRUITLESS || (failure.retryAfterMs ?? 0) > MAX_RETRY_AFTER_MS) return [next, { do: 'give-up' }];
  // Jitter of half the step: connections that fell together do not come back together.
  const backoffMs = Math.min(MAX_WAIT_MS, BASE_WAIT_MS * 2 ** Math.max(0, fruitless - 1)) * (0.5 + random / 2);
  return [next, { do: 'wait', waitMs: Math.max(failure.retryAfterMs ?? 0, backoffMs), all: limited }];
}

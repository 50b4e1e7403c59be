import type { AppError, ErrorParams } from '../platform/errors/index.ts';
import type { MediaCandidate } from '../sources/index.ts';

/** What a listener wants. `mp3`: the published file if there is one, else the copied sound. `m4a`: only copied sound. */
export type WantedFormat = 'mp3' | 'm4a';

/** What became of one source so far; kept with the run, so that another worker knows. */
export interface SourceFailure {
  url: string;
  kind: MediaCandidate['kind'];
  /** Of the last failure. */
  code: string;
  params: ErrorParams;
  tries: number;
  /** Not to be tried again in this run. */
  over: boolean;
}

export type NextStep =
  | { do: 'next-source' }
  | { do: 'retry-later'; afterSeconds: number }
  /** With the failure that tells the listener most: that of the best source. */
  | { do: 'fail'; code: string; params: ErrorParams };

/** The fewest bytes and the least doing first: a published MP3, then a small video, then any page, then the large video. */
const ORDER: Readonly<Record<MediaCandidate['kind'], number>> = { mp3: 0, hls: 1, page: 2, mp4: 3 };
/** A source that names more has gone wrong; each costs up to a whole download. */
const MAX_CANDIDATES = 8;
/** The same source is come back to this often for troubles that pass, before the next and 15 times larger one. */
const TRIES_A_SOURCE = 3;
/** All in all, whatever happens; lost workers count too. */
export const MAX_ATTEMPTS = 12;
/** First wait before a source is tried again, in seconds; four times longer each time. */
const FIRST_RETRY_SECONDS = 5;
/** A source that asks for a longer rest than this is as good as gone, in seconds. */
const MAX_RETRY_AFTER_SECONDS = 30 * 60;

/** The sources to try for `format`, best first, each address once. */
export function orderCandidates(candidates: readonly MediaCandidate[], format: WantedFormat): MediaCandidate[] {
  const fitting = candidates.filter(({ kind }) => format === 'mp3' || kind !== 'mp3');
  const unique = fitting.filter(({ url }, index) => fitting.findIndex((other) => other.url === url) === index);
  return unique.toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind]).slice(0, MAX_CANDIDATES);
}

/** The first source that is not over. */
export function nextCandidate(
  ordered: readonly MediaCandidate[],
  failures: readonly SourceFailure[],
): MediaCandidate | null {
  return ordered.find(({ url }) => !failures.some((failure) => failure.url === url && failure.over)) ?? null;
}

/** Writes down that `candidate` failed once more, and whether it is over. */
export function recordFailure(
  failures: readonly SourceFailure[],
  candidate: MediaCandidate,
  error: AppError,
): SourceFailure[] {
  const before = failures.find(({ url }) => url === candidate.url);
  const tries = (before?.tries ?? 0) + 1;
  const passes = error.definition.retryable && (error.retryAfterSeconds ?? 0) <= MAX_RETRY_AFTER_SECONDS;
  const { url, kind } = candidate;
  const failure = {
    url,
    kind,
    code: error.code,
    params: error.params,
    tries,
    over: !passes || tries >= TRIES_A_SOURCE,
  };
  return before === undefined ? [...failures, failure] : failures.map((other) => (other === before ? failure : other));
}

/**
 * What follows on the failure of a source, once `recordFailure` has taken note of it. Pure: 0 ≤ `random` < 1 spreads retries.
 * @param attempts how often the run was begun, this time included
 */
export function afterFailure(options: {
  ordered: readonly MediaCandidate[];
  failures: readonly SourceFailure[];
  failed: MediaCandidate;
  error: AppError;
  attempts: number;
  random: number;
}): NextStep {
  const { ordered, failures, error } = options;
  // A full disk is nobody's fault but ours, and the next source is larger.
  if (isOfDisk(error)) return { do: 'fail', code: error.code, params: error.params };
  const failure = failures.find(({ url }) => url === options.failed.url);
  if (failure !== undefined && !failure.over) {
    if (options.attempts >= MAX_ATTEMPTS) return { do: 'fail', ...verdict(ordered, failures, error) };
    const backoffSeconds = FIRST_RETRY_SECONDS * 4 ** (failure.tries - 1) * (0.75 + options.random / 2);
    return { do: 'retry-later', afterSeconds: Math.ceil(Math.max(backoffSeconds, error.retryAfterSeconds ?? 0)) };
  }
  if (nextCandidate(ordered, failures) !== null) return { do: 'next-source' };
  return { do: 'fail', ...verdict(ordered, failures, error) };
}

/** Why the best source failed is why there is no sound; the others were makeshifts. */
function verdict(
  ordered: readonly MediaCandidate[],
  failures: readonly SourceFailure[],
  last: AppError,
): { code: string; params: ErrorParams } {
  const [best] = ordered;
  const { code, params } = failures.find(({ url }) => url === best?.url) ?? last;
  return { code, params };
}

function isOfDisk(error: AppError): boolean {
  return /^(extraction|vault)\/disk-/.test(error.code);
}

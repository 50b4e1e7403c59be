import { AppError } from '../platform/errors/index.ts';
import { FetchError } from '../platform/fetch/index.ts';
import { sourcesErrors } from '../sources/index.ts';

/** What became of one debate. `waiting`: the source says that it ended, and is not believed yet. */
export type Taken = 'created' | 'updated' | 'unchanged' | 'withdrawn' | 'waiting';

export interface IngestReport {
  /** Debates that were looked at; the sum of the outcomes below and of the debates that failed. */
  seen: number;
  created: number;
  updated: number;
  unchanged: number;
  withdrawn: number;
  waiting: number;
  failed: IngestFailure[];
  /** Entries of lists that could not be understood. */
  rejected: { entry: string; reason: string }[];
  /** Ids at their source of recordings that left its lists, and whether the source says that they are withdrawn. */
  vanished: { ref: string; withdrawn: boolean }[];
  /** Sources that did not answer at all: their walk ended there. */
  outOfReach: string[];
}

interface IngestFailure {
  /** The source's id of the recording; a day, when its list could not be read; `live` or `programme`. */
  ref: string;
  /** `room/reason`, `fetch/<reason>`, or `ingest/unexpected` for a defect of ours, which the log tells in full. */
  code: string;
  message: string;
}

export function emptyReport(): IngestReport {
  return {
    seen: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    withdrawn: 0,
    waiting: 0,
    failed: [],
    rejected: [],
    vanished: [],
    outOfReach: [],
  };
}

export function failureOf(ref: string, error: unknown): IngestFailure {
  if (error instanceof AppError) return { ref, code: error.code, message: error.message };
  if (error instanceof FetchError) return { ref, code: `fetch/${error.reason}`, message: error.message };
  return { ref, code: 'ingest/unexpected', message: error instanceof Error ? error.message : String(error) };
}

/** The site itself does not answer: asking for more of it would only wait longer. */
export function isOutOfReach(error: unknown): boolean {
  if (error instanceof AppError) return error.code === sourcesErrors.code('plugin-silent');
  return error instanceof FetchError && (error.reason === 'unreachable' || error.reason === 'timeout');
}

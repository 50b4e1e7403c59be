import type { Logger } from '../platform/telemetry/index.ts';
import { failureOf, type IngestReport, isOutOfReach, type Taken } from './report.ts';

/** Keeps one failure from stopping the rest, and says each thing once, in the report and in the log. */
export interface Attempts {
  /**
   * Counts one debate, whatever becomes of it.
   * @throws the signal's reason when aborted, nothing else
   */
  attempt(
    report: IngestReport,
    ref: string,
    signal: AbortSignal | undefined,
    work: () => Promise<Taken>,
  ): Promise<void>;
  /** Something that is no single debate could not be read. */
  fail(report: IngestReport, ref: string, error: unknown): void;
  /** The source answered. */
  answered(source: string): void;
  /** True when the source does not answer at all, which is then noted; of any other error nothing is. */
  noteSilence(report: IngestReport, source: string, error: unknown): boolean;
}

export function createAttempts(logger: Logger): Attempts {
  /** Sources that did not answer the last time: that is said once, and not every ten minutes. */
  const silent = new Set<string>();

  function fail(report: IngestReport, ref: string, error: unknown): void {
    const failure = failureOf(ref, error);
    report.failed.push(failure);
    if (failure.code === 'ingest/unexpected') logger.error({ err: error, ref }, 'a document could not be taken');
    else logger.warn(failure, 'a document of a source could not be used');
  }

  return {
    async attempt(report, ref, signal, work) {
      signal?.throwIfAborted();
      report.seen += 1;
      try {
        report[await work()] += 1;
      } catch (error) {
        signal?.throwIfAborted();
        fail(report, ref, error);
      }
    },
    fail,
    answered(source) {
      if (silent.delete(source)) logger.info({ source }, 'the source answers again');
    },
    noteSilence(report, source, error) {
      if (!isOutOfReach(error)) return false;
      report.outOfReach.push(source);
      report.failed.push(failureOf(source, error));
      if (!silent.has(source)) {
        logger.warn(
          { source, reason: error instanceof Error ? error.message : String(error) },
          'the source is out of reach: what is known stays available; we keep trying',
        );
      }
      silent.add(source);
      return true;
    },
  };
}

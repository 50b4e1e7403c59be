import type { Debates } from '../debates/index.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import type { Logger } from '../platform/telemetry/index.ts';
import type { DumpDownloader, PortalAddresses } from '../portal/index.ts';
import type { DebateSource } from '../sources/index.ts';
import type { Speech } from '../speech/index.ts';
import { createAttempts } from './attempts.ts';
import { forEachLimited } from './for-each-limited.ts';
import { emptyReport, type IngestReport } from './report.ts';
import { createIngestStore } from './store.ts';
import { createTake } from './take.ts';
import { type IngestRequest, type Tools, takeDays } from './take-days.ts';
import { type DumpReport, type DumpsRequest, takeDumps } from './take-dumps.ts';
import { takeLive } from './take-live.ts';
import { takeWords } from './take-words.ts';

/** The doorman: what is new, what changed, what is gone. Twice gives the same rows, and the second time writes none. */
export interface Ingest {
  /**
   * Takes some days of every source into the register. What cannot be read is in the report and stops nothing else.
   * @throws the signal's reason when aborted; what was taken by then stays
   */
  run(request: IngestRequest): Promise<IngestReport>;
  /**
   * Takes what is on the air and announced for today; to be called every 15 to 30 s while the Assembly sits.
   * @throws the signal's reason when aborted
   */
  observeLive(options?: { signal?: AbortSignal | undefined }): Promise<IngestReport>;
  /**
   * Takes the directory and the agenda of the open data; a dump that has not changed is not downloaded again.
   * @throws FetchError, AppError `portal/malformed`; the signal's reason when aborted
   */
  takeDumps(request: DumpsRequest): Promise<DumpReport[]>;
  /**
   * Looks for times of chapters, captions and records where it is time to; to be called every minute or so.
   * @throws the signal's reason when aborted
   */
  takeWords(options?: { signal?: AbortSignal | undefined }): Promise<IngestReport>;
}

/** The open data beside the sources: what it takes to have the dumps. */
export interface OpenDataOptions {
  downloader: DumpDownloader;
  addresses: PortalAddresses;
  /** Where unfinished downloads stay until they are whole. */
  folder: string;
}

interface IngestOptions {
  openData: OpenDataOptions;
  sources: readonly DebateSource[];
  debates: Debates;
  speech: Speech;
  db: Db;
  clock: Clock;
  logger: Logger;
  /** Told of every walk that came to its end. */
  onReport?: (walk: Walk, report: IngestReport) => void;
}

/** `days`: the lists of some days. `live`: what is on the air. `words`: chapters, captions, records. */
export type Walk = 'days' | 'live' | 'words';

/** As many as there may be plugins, and the portal: each paces its own requests. */
const SOURCES_AT_ONCE = 24;

export function createIngest(options: IngestOptions): Ingest {
  const { sources, openData, debates, speech, db, clock, logger, onReport } = options;
  const store = createIngestStore(db);
  const attempts = createAttempts(logger);
  const take = createTake({ debates, store, clock });
  const tools: Tools = { debates, store, attempts, take };
  // One that hangs until its time is up keeps nobody waiting but itself.
  const beside = (work: (source: DebateSource) => Promise<void>): Promise<void> =>
    forEachLimited(sources, SOURCES_AT_ONCE, work);

  return {
    async run(request) {
      const report = emptyReport();
      await beside((source) => takeDays(tools, source, request, report));
      onReport?.('days', report);
      return report;
    },
    takeDumps: (request) => takeDumps({ debates, speech, store, take, clock, logger, ...openData }, request),
    async takeWords({ signal } = {}) {
      const report = emptyReport();
      await beside((source) => takeWords({ debates, speech, attempts }, source, signal, report));
      onReport?.('words', report);
      return report;
    },
    async observeLive({ signal } = {}) {
      const report = emptyReport();
      await beside(async (source) => {
        try {
          await takeLive(tools, source, signal, report);
        } catch (error) {
          signal?.throwIfAborted();
          if (!attempts.noteSilence(report, source.id, error)) attempts.fail(report, 'live', error);
        }
      });
      onReport?.('live', report);
      return report;
    },
  };
}

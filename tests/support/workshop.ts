import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createDebates, type Debates } from '../../src/debates/index.ts';
import {
  createExtraction,
  type Extraction,
  type ExtractionJob,
  type ExtractionOptions,
  extractionJob,
  type Tools,
} from '../../src/extraction/index.ts';
import { type Clock, systemClock } from '../../src/platform/clock/index.ts';
import type { Database } from '../../src/platform/database/index.ts';
import { createEvents, type Events } from '../../src/platform/events/index.ts';
import { createFetcher, type Fetcher } from '../../src/platform/fetch/index.ts';
import type { JobQueue } from '../../src/platform/queue/index.ts';
import { createLogger } from '../../src/platform/telemetry/index.ts';
import type { MediaCandidate } from '../../src/sources/index.ts';
import { createSpeech, type Speech } from '../../src/speech/index.ts';
import { createLocalStorage, createVault, type Vault } from '../../src/vault/index.ts';

/** The rooms around the workshop, real, over one database and one folder. */
export interface Workshop {
  extraction: Extraction;
  debates: Debates;
  vault: Vault;
  events: Events;
  fetcher: Fetcher;
  /** Jobs sent and not yet handled, with the wait they were sent with. */
  jobs: { data: ExtractionJob; afterSeconds: number }[];
  /** Files whose beginning is to be listened to. */
  openings: string[];
  speech: Speech;
  /** Folders of runs that are not over. */
  workspaces(): string[];
  close(): Promise<void>;
}

export interface WorkshopOptions {
  database: Database;
  dataDir: string;
  media: (debateId: string) => Promise<readonly MediaCandidate[]>;
  tools?: Tools;
  clock?: Clock;
  change?: Partial<ExtractionOptions>;
  /** Told of each step of a publication as it comes: for tests that end the process there. */
  onStep?: (step: 'inspecting' | 'staged' | 'stored' | 'published') => void;
}

/** Real time, except that waits for a source cost next to nothing and a heart beats twenty times a second. */
const impatientClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms === 1_000 ? 50 : Math.min(ms, 5), signal),
};

export async function openWorkshop(options: WorkshopOptions): Promise<Workshop> {
  const { database, dataDir } = options;
  const clock = options.clock ?? impatientClock;
  const logger = createLogger({ level: process.env.TEST_LOG ?? 'silent' });
  const events = createEvents({ database, onError: () => undefined });
  const debates = createDebates({ db: database.db, events });
  const { onStep = () => undefined } = options;
  const plainStorage = createLocalStorage({ folder: join(dataDir, 'vault'), clock: systemClock });
  const storage = {
    ...plainStorage,
    put: async (...given: Parameters<typeof plainStorage.put>) => {
      onStep('staged');
      await plainStorage.put(...given);
      onStep('stored');
    },
  };
  const stagingFolder = join(dataDir, 'staging');
  const vault = createVault({
    db: database.db,
    storage,
    stagingFolder,
    register: debates,
    events,
    clock: systemClock,
    logger,
  });
  const fetcher = createFetcher({
    userAgent: 'robian-test',
    clock,
    random: () => 0,
    headersTimeoutMs: 500,
    bodyTimeoutMs: 500,
    retryBaseMs: 1,
  });
  const jobs: Workshop['jobs'] = [];
  const openings: string[] = [];
  const speech = createSpeech({ db: database.db, debates, clock });
  const send: JobQueue['send'] = async (_trx, job, data, sendOptions = {}) => {
    if (job.name !== extractionJob.name) openings.push((data as { audio_file_id?: string }).audio_file_id ?? '');
    else jobs.push({ data: data as unknown as ExtractionJob, afterSeconds: sendOptions.startAfterSeconds ?? 0 });
  };
  const extraction = createExtraction({
    db: database.db,
    vault: {
      ...vault,
      inspect: (...given) => {
        onStep('inspecting');
        return vault.inspect(...given);
      },
      publish: async (publication) => {
        const file = await vault.publish(publication);
        onStep('published');
        return file;
      },
    },
    register: debates,
    speech,
    media: options.media,
    queue: { send },
    events,
    fetcher,
    tools: options.tools ?? { ffmpeg: null, ytDlp: null },
    clock,
    random: () => 0,
    logger,
    queueLimit: 5,
    diskFloorBytes: 0,
    ...options.change,
  });
  return {
    extraction,
    debates,
    vault,
    events,
    fetcher,
    jobs,
    openings,
    speech,
    workspaces: () => (existsSync(stagingFolder) ? readdirSync(stagingFolder) : []),
    close: async () => {
      await fetcher.close();
      await events.close();
      await vault.close();
    },
  };
}

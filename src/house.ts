import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Accounts, createAccounts } from './accounts/index.ts';
import { lastBackup } from './backup/index.ts';
import { TEXTS } from './catalogues.ts';
import { type Administration, createAdministration, createDebates, type Debates } from './debates/index.ts';
import {
  createExtraction,
  type Extraction,
  type Ffmpeg,
  findFfmpeg,
  findYtDlp,
  type Tools,
} from './extraction/index.ts';
import { createIngest, type Ingest } from './ingest/index.ts';
import { createLibrary, type Library } from './library/index.ts';
import { createProductMetrics, type ProductMetrics } from './metrics.ts';
import type { Clock } from './platform/clock/index.ts';
import { type Config, readOrMakeSecret } from './platform/config/index.ts';
import { type Database, migrate, openDatabase } from './platform/database/index.ts';
import { createEvents, type Events } from './platform/events/index.ts';
import {
  type Contact,
  type Contacts,
  createContacts,
  createFetcher,
  createHostRule,
  createPageGate,
  type Fetcher,
  openPageProxy,
  type PageGate,
} from './platform/fetch/index.ts';
import { createLanguages, type Languages, loadLocales } from './platform/i18n/index.ts';
import { createJobQueue, type JobQueue } from './platform/queue/index.ts';
import { createRedis, type Redis } from './platform/redis/index.ts';
import { openBucket } from './platform/s3/index.ts';
import type { Logger } from './platform/telemetry/index.ts';
import { createDumpDownloader, createPortal, createPortalAddresses } from './portal/index.ts';
import {
  candidatesOf,
  createPortalSource,
  createSources,
  findPlugins,
  pageSource,
  startPlugins,
} from './sources/index.ts';
import { createSpeech, type Speech } from './speech/index.ts';
import { createListeningStats, type ListeningStats } from './stats/index.ts';
import { createLocalStorage, createS3Storage, createVault, type Storage, type Vault } from './vault/index.ts';

export const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** Named so that the Assembly's operators know who asks, and where to complain. */
const USER_AGENT = `RobianAPI/${VERSION} (+https://github.com/Guiraud/RobianAPI)`;

/**
 * Listeners relayed at once while their sitting is not extracted yet. Each holds one connection to the Assembly's server, which
 * answers 429 to crowds.
 */
export const MAX_RELAYS = 20;

/** A language beside French and English is one file in it. */
const LOCALES_FOLDER = fileURLToPath(new URL('./locales', import.meta.url));

/** Where the sound is kept. */
export async function openStorage({ storage, dataDir }: Config, clock: Clock): Promise<Storage> {
  if (storage === undefined) return createLocalStorage({ folder: join(dataDir, 'vault'), clock });
  return createS3Storage({ bucket: await openBucket(storage), clock });
}

/** Where files are made before they are stored. */
export const stagingFolderOf = ({ dataDir }: Config): string => join(dataDir, 'staging');

/** The rooms, put together: what a process or a command works with. */
export interface House {
  config: Config;
  clock: Clock;
  logger: Logger;
  languages: Languages;
  metrics: ProductMetrics;
  database: Database;
  /** Names of the migrations that opening it applied, in order. */
  migrated: readonly string[];
  events: Events;
  queue: JobQueue;
  /** Shared by the processes where REDIS_URL names one; never the truth. */
  redis: Redis | undefined;
  debates: Debates;
  administration: Administration;
  speech: Speech;
  ingest: Ingest;
  vault: Vault;
  /** The vault's own: for backups, which take bytes as they are. */
  storage: Storage;
  extraction: Extraction;
  accounts: Accounts;
  library: Library;
  /** What listeners heard, for themselves. */
  listening: ListeningStats;
  /** For listeners of what is not extracted yet: their connections must not keep an extraction from its own. */
  relayFetcher: Fetcher;
  /** Which pages an administrator may add. */
  pageGate: PageGate;
  /** When the Assembly's services were last reached: `portal`, `media`, `hls`, `open-data`, `site`. */
  contacts: Contacts;
  /** What extraction found at the start. */
  tools: Tools;
  /** Signs links; the same in every process of this installation. */
  secret: string;
  close(): Promise<void>;
}

/**
 * Opens the database, brings its schema up to date and puts the rooms together. Starts no work.
 * @throws LocaleError when a file of a language is wrong
 * @throws FolderHeldError when another process holds the embedded database; ConfigError when PLUGINS_DIR cannot be read
 */
export async function openHouse(options: {
  config: Config;
  clock: Clock;
  logger: Logger;
  onFatal: (error: Error) => void;
}): Promise<House> {
  const { config, clock, logger, onFatal } = options;
  const onError = (error: unknown): void => logger.error({ err: error }, 'background work failed');
  const languages = createLanguages(loadLocales(LOCALES_FOLDER, TEXTS));
  // Before anything is open: a wrong folder stops the start.
  const pluginFiles = findPlugins(config.pluginsDir);
  const metrics = createProductMetrics({ clock, version: VERSION, roles: config.roles });
  const database = await openDatabase({
    url: config.databaseUrl,
    dataDir: config.dataDir,
    clock,
    onFatal,
    onWarning: (error) => logger.warn({ err: error }, 'database connection'),
    onQuery: metrics.onQuery,
  });
  const migrated = await migrate(database.db);
  if (migrated.length > 0) logger.info({ migrations: migrated }, 'database brought up to date');

  const events = createEvents({ database, onError });
  const queue = createJobQueue({ database, onError, supervise: config.roles.has('scheduler') });
  const redis = openRedis(config, clock, logger);
  const { portalUrl, mediaUrl, hlsUrl, openDataUrl, siteUrl, sourceHosts } = config;
  const hosts = createHostRule({ own: [portalUrl, mediaUrl, hlsUrl, openDataUrl, siteUrl], listed: sourceHosts });
  const pageGate = createPageGate({ rule: hosts, clock });
  const contacts = createContacts(servicesOf(config), clock);
  const onContact = (contact: Contact): void => metrics.onContact(contacts.note(contact), contact);
  const outside = { userAgent: USER_AGENT, clock, random: Math.random, hosts, onContact };
  const fetcher = createFetcher(outside);
  const relayFetcher = createFetcher({ ...outside, connectionsPerOrigin: MAX_RELAYS });
  const addresses = createPortalAddresses(config);
  const portal = createPortal({ fetcher, addresses, clock });
  const portalSource = createPortalSource({ portal, addresses, clock });
  const plugins = await startPlugins(pluginFiles, {
    settings: config.pluginSettings,
    taken: [portalSource.id, pageSource.id],
    clock,
    logger,
  });
  const sources = createSources([portalSource, pageSource, ...plugins.sources]);
  const debates = createDebates({ db: database.db, events });
  const speech = createSpeech({ db: database.db, debates, clock });
  const ingest = createIngest({
    sources: [portalSource, ...plugins.sources],
    openData: {
      downloader: createDumpDownloader({ fetcher, clock, random: Math.random }),
      addresses,
      folder: join(config.dataDir, 'open-data'),
    },
    debates,
    speech,
    db: database.db,
    clock,
    logger,
    onReport: metrics.onReport,
  });
  const storage = await openStorage(config, clock);
  const stagingFolder = stagingFolderOf(config);
  const vault = createVault({ db: database.db, storage, stagingFolder, register: debates, events, clock, logger });
  const onEnd: NonNullable<Ffmpeg['onEnd']> = ({ program, status, durationMs }) =>
    logger.info({ program, status, duration_ms: durationMs }, 'a program ended');
  const tools = {
    ffmpeg: await findFfmpeg({ configured: config.ffmpegPath, path: process.env.PATH, onEnd, clock }),
    ytDlp: await findYtDlp({
      configured: config.ytDlpPath,
      path: process.env.PATH,
      onEnd,
      admit: pageGate.admit,
      openProxy: () => openPageProxy({ rule: hosts }),
    }),
  };
  const extraction = createExtraction({
    db: database.db,
    vault,
    register: debates,
    speech,
    media: async (debateId) => candidatesOf(await debates.get(debateId), sources),
    queue,
    events,
    fetcher,
    tools,
    clock,
    random: Math.random,
    logger,
    queueLimit: config.extractionQueueLimit,
    diskFloorBytes: config.diskFloorBytes,
    observer: metrics.extraction,
  });
  const secret = config.secret ?? readOrMakeSecret(config.dataDir);
  const { publicUrl, adminToken } = config;
  const shared = { clock, logger, publicUrl, newId: randomUUID, randomBytes };
  const listening = createListeningStats({ db: database.db, clock });
  const library = createLibrary({ ...shared, db: database.db, debates, onHeard: listening.hear });
  const personalData = [library.personalData, listening.personalData, extraction.requests];
  const accounts = createAccounts({ ...shared, database, secret, adminToken, personalData });
  metrics.watchHouse({
    pool: database.pool,
    queue: queue.stats,
    redisIsReady: redis?.isReady ?? null,
    begunSittings: () => debates.begun(clock.now()),
    lastBackup: () => lastBackup(database.db),
    dataDir: config.dataDir,
  });
  return {
    config,
    clock,
    logger,
    languages,
    metrics,
    database,
    migrated,
    events,
    queue,
    redis,
    debates,
    administration: createAdministration({ db: database.db, events }),
    speech,
    ingest,
    vault,
    storage,
    extraction,
    accounts,
    library,
    listening,
    relayFetcher,
    pageGate,
    contacts,
    tools,
    secret,
    close: async () => {
      await accounts.close();
      await events.close();
      await plugins.close();
      await vault.close();
      await relayFetcher.close();
      await fetcher.close();
      await redis?.close();
      await database.close();
    },
  };
}

function servicesOf(config: Config): Record<string, string> {
  return {
    portal: config.portalUrl,
    media: config.mediaUrl,
    hls: config.hlsUrl,
    'open-data': config.openDataUrl,
    site: config.siteUrl,
  };
}

function openRedis(config: Config, clock: Clock, logger: Logger): Redis | undefined {
  if (config.redisUrl === undefined) return undefined;
  const onChange = (state: 'ready' | 'away', cause?: Error): void => {
    if (state === 'ready') logger.info('Redis is there');
    else logger.warn({ err: cause }, 'Redis is away: going on without it');
  };
  return createRedis({ url: config.redisUrl, clock, onChange });
}

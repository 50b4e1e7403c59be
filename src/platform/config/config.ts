import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { cleanEnv, EnvError, EnvMissingError, makeValidator, str } from 'envalid';
import { parseS3Address, type S3Address } from '../s3/index.ts';

export type Role = 'api' | 'worker' | 'scheduler';
const ROLES: readonly Role[] = ['api', 'worker', 'scheduler'];

/** Everything the environment decides, read once at the start. */
export interface Config {
  host: string;
  port: number;
  dataDir: string;
  databaseUrl: string | undefined;
  /** Where audio files are kept; undefined: in the data folder. */
  storage: S3Address | undefined;
  /** `redirect`: listeners fetch sound from the storage itself; `relay`: from us. */
  storageDelivery: 'relay' | 'redirect';
  roles: ReadonlySet<Role>;
  /** Address under which listeners reach this server, without a trailing slash. */
  publicUrl: string;
  /** Addresses of proxies whose X-Forwarded-* are believed. */
  trustProxy: false | string;
  /** Prefix under which the proxy in front finds stored sound, and sends it for us; undefined: we send it. */
  accelRedirect: string | undefined;
  /** Absent: every process counts and remembers for itself. */
  redisUrl: string | undefined;
  /** Origins whose scripts may read our answers; `*`: all. */
  corsOrigins: readonly string[];
  rateLimits: boolean;
  /** How long requests are still taken after the signal to stop, while readiness already says no. */
  drainSeconds: number;
  /** Memory for answers kept ready, in bytes. */
  cacheBytes: number;
  logLevel: string;
  adminToken: string | undefined;
  /** Signs links and tokens; undefined: one is made and kept in the data folder. */
  secret: string | undefined;
  portalUrl: string;
  mediaUrl: string;
  hlsUrl: string;
  openDataUrl: string;
  siteUrl: string;
  /** Hosts that an administrator may add pages of: `host`, `host:port`, `*.domain`. */
  sourceHosts: readonly string[];
  /** Where metrics and health are also answered, to whoever can reach it; undefined: nowhere. */
  metricsPort: number | undefined;
  /** Null: the scheduler does not ingest. */
  ingestEverySeconds: number | null;
  ingestDays: number;
  extractionConcurrency: number;
  /** Extractions that may wait before new ones are refused. */
  extractionQueueLimit: number;
  /** Free disk below which nothing new is fetched, in bytes. */
  diskFloorBytes: number;
  retentionDays: number | null;
  retentionBytes: number | null;
  ffmpegPath: string | undefined;
  ytDlpPath: string | undefined;
  /** Folder of sources of debates beside the product's own. */
  pluginsDir: string | undefined;
  /** Where backups are kept; undefined: `robian backup` must be told. */
  backupTo: string | undefined;
  /** When the scheduler takes one each day, in Paris; null: it does not. */
  backupAt: { hour: number; minute: number } | null;
  /** Backups older than this are removed after a new one. */
  backupKeepDays: number;
  /** Whether backups hold the sound too. */
  backupAudio: boolean;
  /** A file of age keys; undefined: backups are not encrypted. */
  backupKeyFile: string | undefined;
  /** The variables `PLUGIN_…`, for the plugins they name. */
  pluginSettings: Readonly<Record<string, string>>;
}

/** The start stops here: one line for each wrong variable, saying what is expected. */
export class ConfigError extends Error {
  readonly lines: readonly string[];
  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'ConfigError';
    this.lines = lines;
  }
}

const httpUrl = makeValidator<string>((input) => {
  if (!URL.canParse(input) || !/^https?:$/.test(new URL(input).protocol)) {
    throw new EnvError('expected an http:// or https:// address');
  }
  return input.replace(/\/+$/, '');
});
const databaseUrl = makeValidator<string>((input) => {
  if (!URL.canParse(input) || !/^postgres(ql)?:$/.test(new URL(input).protocol)) {
    throw new EnvError('expected postgresql://user:password@host:port/name');
  }
  return input;
});
const storageUrl = makeValidator<S3Address>((input) => {
  try {
    return parseS3Address(input);
  } catch (error) {
    throw new EnvError(error instanceof RangeError ? error.message : String(error));
  }
});
const roles = makeValidator<ReadonlySet<Role>>((input) => {
  const named = input.split(',').map((part) => part.trim());
  if (!named.every((part): part is Role => (ROLES as readonly string[]).includes(part))) {
    throw new EnvError(`expected some of ${ROLES.join(',')}`);
  }
  return new Set(named);
});
const interval = makeValidator<number | 'off'>((input) => {
  if (input === 'off') return 'off';
  const match = /^(\d{1,5})(s|m|h)$/.exec(input);
  const seconds = Number(match?.[1]) * ({ s: 1, m: 60, h: 3600 }[match?.[2] ?? ''] ?? Number.NaN);
  // The portal is a public service: asking more often than every 10 s would be rude and tells nothing new.
  if (!(seconds >= 10)) throw new EnvError('expected off, or a duration of at least 10s such as 30s, 10m, 1h');
  return seconds;
});
const atLeast = (minimum: number): ReturnType<typeof makeValidator<number>> =>
  makeValidator<number>((input) => {
    const value = Number(input);
    if (!Number.isInteger(value) || value < minimum) throw new EnvError(`expected a whole number from ${minimum} up`);
    return value;
  });
const HIGHEST_PORT = 65_535;
/** With what is under way and the jobs, a stop stays within the 25 s after which the process leaves anyway. */
const LONGEST_DRAIN_SECONDS = 12;
const drain = makeValidator<number>((input) => {
  const value = Number(input);
  if (!Number.isInteger(value) || value < 0 || value > LONGEST_DRAIN_SECONDS) {
    throw new EnvError(`expected whole seconds from 0 to ${LONGEST_DRAIN_SECONDS}`);
  }
  return value;
});
const port = makeValidator<number>((input) => {
  const value = Number(input);
  if (!Number.isInteger(value) || value < 1 || value > HIGHEST_PORT) {
    throw new EnvError(`expected a port from 1 to ${HIGHEST_PORT}`);
  }
  return value;
});
const timeOfDay = makeValidator<{ hour: number; minute: number }>((input) => {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(input) ?? [];
  if (hour === undefined) throw new EnvError('expected a time of day in Paris such as 03:30');
  return { hour: Number(hour), minute: Number(minute) };
});
const oneOf = (choices: readonly string[]): ReturnType<typeof makeValidator<string>> =>
  makeValidator<string>((input) => {
    if (!choices.includes(input)) throw new EnvError(`expected one of ${choices.join(', ')}`);
    return input;
  });
const size = makeValidator<number>((input) => {
  const match = /^(\d{1,12})(B|MB|GB|TB)$/.exec(input);
  const unit = { B: 1, MB: 1e6, GB: 1e9, TB: 1e12 }[match?.[2] ?? ''];
  if (!match || unit === undefined) throw new EnvError('expected a size such as 500MB or 20GB');
  return Number(match[1]) * unit;
});
/**
 * Believing every hop would believe the client, who can write any X-Forwarded-For, and so would counting hops where a client
 * can reach us without the proxy. `true`: a proxy on this machine or in its private network.
 */
const PRIVATE_PROXIES = 'loopback,linklocal,uniquelocal';
const proxies = makeValidator<false | string>((input) => {
  if (input === 'false') return false;
  if (input === 'true') return PRIVATE_PROXIES;
  if (!/^[0-9a-fA-F.:/, a-z]+$/.test(input)) {
    throw new EnvError('expected true (proxies with private addresses), false, or addresses such as 203.0.113.0/24');
  }
  return input;
});
/** Of letters and dashes, as a `location` of nginx; what listeners ask for never begins so. */
const internalPrefix = makeValidator<string>((input) => {
  const prefix = input.replace(/\/$/, '');
  if (!/^\/[a-z-]{3,60}$/.test(prefix) || ['/api', '/files', '/docs', '/health'].includes(prefix)) {
    throw new EnvError('expected a prefix that is nothing else, such as /stored-sound');
  }
  return prefix;
});
const redisUrl = makeValidator<string>((input) => {
  if (!URL.canParse(input) || !/^rediss?:$/.test(new URL(input).protocol)) {
    throw new EnvError('expected redis://host:port or rediss://user:password@host:port');
  }
  return input;
});
const origins = makeValidator<readonly string[]>((input) => {
  const named = input.split(',').map((part) => part.trim().replace(/\/$/, ''));
  if (!named.every((one) => one === '*' || (URL.canParse(one) && new URL(one).origin === one))) {
    throw new EnvError('expected * or origins such as https://app.example,http://localhost:3000');
  }
  return named;
});
const hosts = makeValidator<readonly string[]>((input) => {
  const named = input.split(',').map((part) => part.trim().toLowerCase());
  const isHost = (entry: string): boolean =>
    /^[a-z0-9.:[\]-]+$/.test(entry) && URL.canParse(`https://${entry}`) && new URL(`https://${entry}`).host === entry;
  // `*.fr` would be a list of everybody.
  const isEntry = (entry: string): boolean =>
    entry.startsWith('*.') ? isHost(entry.slice(2)) && entry.split('.').length > 2 : isHost(entry);
  if (!named.every(isEntry)) {
    throw new EnvError('expected hosts such as www.lcp.fr,*.senat.fr,media.example:8443');
  }
  return named;
});
/** A token a machine can guess in a day is none. */
const ADMIN_TOKEN_MIN = 16;
/** RFC 7518 §3.2: a key of HMAC-SHA-256 is at least as long as its output. */
const SECRET_MIN = 32;
const secretToken = makeValidator<string>((input) => {
  if (input.length < ADMIN_TOKEN_MIN) throw new EnvError(`expected at least ${ADMIN_TOKEN_MIN} characters`);
  return input;
});

const secret = makeValidator<string>((input) => {
  // A long word is not a secret: "aaaa…" and "changeme-changeme-…" are guessed first.
  if (input.length < SECRET_MIN || new Set(input).size < SECRET_MIN / 3) {
    throw new EnvError(`expected at least ${SECRET_MIN} random characters, such as from: openssl rand -base64 32`);
  }
  return input;
});

/** Every setting by its variable, with what it takes and its default. */
export const SETTINGS = {
  HOST: str({ default: '127.0.0.1' }),
  PORT: port({ default: 8000 }),
  DATA_DIR: str({ default: './data' }),
  DATABASE_URL: databaseUrl({ default: undefined }),
  STORAGE_URL: storageUrl({ default: undefined }),
  STORAGE_DELIVERY: oneOf(['relay', 'redirect'])({ default: 'relay' }),
  ROLES: roles({ default: new Set(ROLES) as ReadonlySet<Role> }),
  PUBLIC_URL: httpUrl({ default: undefined }),
  TRUST_PROXY: proxies({ default: false as false | string }),
  ACCEL_REDIRECT: internalPrefix({ default: undefined }),
  REDIS_URL: redisUrl({ default: undefined }),
  CORS_ORIGINS: origins({ default: [] as readonly string[] }),
  RATE_LIMITS: oneOf(['on', 'off'])({ default: 'on' }),
  CACHE_SIZE: size({ default: 64e6 }),
  DRAIN_SECONDS: drain({ default: 0 }),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])({ default: 'info' }),
  ADMIN_TOKEN: secretToken({ default: undefined }),
  JWT_SECRET: secret({ default: undefined }),
  METRICS_PORT: port({ default: undefined }),
  PORTAL_URL: httpUrl({ default: 'https://videos.assemblee-nationale.fr' }),
  MEDIA_URL: httpUrl({ default: 'http://anorigin.vodalys.com' }),
  HLS_URL: httpUrl({ default: 'https://videos-an.vodalys.com' }),
  OPENDATA_URL: httpUrl({ default: 'https://data.assemblee-nationale.fr' }),
  SITE_URL: httpUrl({ default: 'https://www.assemblee-nationale.fr' }),
  SOURCE_HOSTS: hosts({ default: [] as readonly string[] }),
  INGEST_EVERY: interval({ default: 600 as number | 'off' }),
  INGEST_DAYS: atLeast(1)({ default: 7 }),
  EXTRACTION_CONCURRENCY: atLeast(1)({ default: 2 }),
  EXTRACTION_QUEUE_LIMIT: atLeast(1)({ default: 100 }),
  DISK_FLOOR: size({ default: 1e9 }),
  RETENTION_DAYS: atLeast(1)({ default: undefined }),
  RETENTION_SIZE: size({ default: undefined }),
  FFMPEG_PATH: str({ default: undefined }),
  YTDLP_PATH: str({ default: undefined }),
  PLUGINS_DIR: str({ default: undefined }),
  BACKUP_TO: str({ default: undefined }),
  BACKUP_AT: timeOfDay({ default: undefined }),
  // A month, in which most losses are noticed.
  BACKUP_KEEP_DAYS: atLeast(1)({ default: 30 }),
  BACKUP_AUDIO: oneOf(['on', 'off'])({ default: 'off' }),
  BACKUP_KEY_FILE: str({ default: undefined }),
};

/**
 * Reads the environment. `NAME_FILE` names a file that holds the value of the setting NAME, as secrets of Docker and Kubernetes
 * are mounted: they then stand in no environment, no process list and no `inspect`.
 * @throws ConfigError naming every wrong variable at once.
 */
export function parseConfig(environment: NodeJS.ProcessEnv): Config {
  // An empty variable is how compose files and shells say "not set".
  const named = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const given = { ...named, ...fromFiles(named) };
  const env = cleanEnv(given, SETTINGS, { reporter: ({ errors }) => throwAll(errors) });
  const contradictions = [
    ...(env.BACKUP_AT !== undefined && env.BACKUP_TO === undefined ? ['BACKUP_TO: required with BACKUP_AT'] : []),
    // The proxy reads the folder; of a bucket it knows nothing.
    ...(env.ACCEL_REDIRECT !== undefined && env.STORAGE_URL !== undefined
      ? ['ACCEL_REDIRECT: not with STORAGE_URL, whose bucket the proxy cannot read']
      : []),
  ];
  if (contradictions.length > 0) throw new ConfigError(contradictions);
  return {
    host: env.HOST,
    port: env.PORT,
    dataDir: resolve(env.DATA_DIR),
    databaseUrl: env.DATABASE_URL,
    storage: env.STORAGE_URL,
    storageDelivery: env.STORAGE_DELIVERY === 'redirect' ? 'redirect' : 'relay',
    roles: env.ROLES,
    publicUrl: env.PUBLIC_URL ?? `http://${env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST}:${env.PORT}`,
    trustProxy: env.TRUST_PROXY,
    accelRedirect: env.ACCEL_REDIRECT,
    redisUrl: env.REDIS_URL,
    corsOrigins: env.CORS_ORIGINS,
    rateLimits: env.RATE_LIMITS === 'on',
    cacheBytes: env.CACHE_SIZE,
    drainSeconds: env.DRAIN_SECONDS,
    logLevel: env.LOG_LEVEL,
    adminToken: env.ADMIN_TOKEN,
    secret: env.JWT_SECRET,
    metricsPort: env.METRICS_PORT,
    portalUrl: env.PORTAL_URL,
    mediaUrl: env.MEDIA_URL,
    hlsUrl: env.HLS_URL,
    openDataUrl: env.OPENDATA_URL,
    siteUrl: env.SITE_URL,
    sourceHosts: env.SOURCE_HOSTS,
    ingestEverySeconds: env.INGEST_EVERY === 'off' ? null : env.INGEST_EVERY,
    ingestDays: env.INGEST_DAYS,
    extractionConcurrency: env.EXTRACTION_CONCURRENCY,
    extractionQueueLimit: env.EXTRACTION_QUEUE_LIMIT,
    diskFloorBytes: env.DISK_FLOOR,
    retentionDays: env.RETENTION_DAYS ?? null,
    retentionBytes: env.RETENTION_SIZE ?? null,
    ffmpegPath: env.FFMPEG_PATH,
    ytDlpPath: env.YTDLP_PATH,
    pluginsDir: env.PLUGINS_DIR === undefined ? undefined : resolve(env.PLUGINS_DIR),
    backupTo: env.BACKUP_TO,
    backupAt: env.BACKUP_AT ?? null,
    backupKeepDays: env.BACKUP_KEEP_DAYS,
    backupAudio: env.BACKUP_AUDIO === 'on',
    backupKeyFile: env.BACKUP_KEY_FILE === undefined ? undefined : resolve(env.BACKUP_KEY_FILE),
    pluginSettings: Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => (name.startsWith('PLUGIN_') ? [[name, value ?? '']] : [])),
    ),
  };
}

function fromFiles(named: NodeJS.ProcessEnv): Record<string, string> {
  const values: Record<string, string> = {};
  const wrong: Record<string, Error> = {};
  for (const name of Object.keys(SETTINGS)) {
    const variable = `${name}_FILE`;
    const path = named[variable];
    // Also a setting in its own right.
    if (path === undefined || variable in SETTINGS) continue;
    try {
      if (named[name] !== undefined) throw new Error(`${name} is set too: which one is meant?`);
      // Editors end a file with a new line; no setting does.
      const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      if (value !== '') values[name] = value;
    } catch (error) {
      wrong[variable] = error instanceof Error ? error : new Error(String(error));
    }
  }
  throwAll(wrong);
  return values;
}

function throwAll(errors: Partial<Record<string, Error>>): void {
  const lines = Object.entries(errors).map(([name, error]) =>
    error instanceof EnvMissingError ? `${name}: required` : `${name}: ${error?.message ?? 'wrong value'}`,
  );
  if (lines.length > 0) throw new ConfigError(lines);
}

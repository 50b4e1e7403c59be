import { Kysely, type LogEvent, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Clock } from '../clock/index.ts';
import { type EmbeddedServer, startEmbedded } from './embedded.ts';
import { type ListenHandle, listenOn } from './listen.ts';
import { sessionLock } from './session-lock.ts';
import { giveUpWhenSilent } from './silence.ts';

/** A room names its own tables: `db.withTables<{ audio_files: AudioFilesTable }>()`. */
export type Db = Kysely<object>;
export type Trx = Transaction<object>;

export interface Database {
  db: Db;
  kind: 'embedded' | 'postgresql';
  /**
   * Calls back for each NOTIFY on `channel`; `onReconnect` after a lost connection came back, when some may have been missed.
   * A notification is a hint to look sooner, never the only way to learn of something.
   */
  listen(channel: string, onPayload: (payload: string) => void, onReconnect: () => void): Promise<ListenHandle>;
  /**
   * Takes a named lock for as long as this process lives or `release` is called; null when another process has it.
   * Embedded, there is no other process.
   */
  tryLock(name: string): Promise<{ release(): Promise<void>; lost: AbortSignal } | null>;
  /** Answers in ms, or throws: for health checks. */
  ping(): Promise<number>;
  pool(): PoolState;
  /** Present where it is embedded. */
  embedded: EmbeddedParts | null;
  close(): Promise<void>;
}

export interface EmbeddedParts {
  /**
   * Copies the database, as it is at one moment, under another data folder, where `openDatabase` opens it. Every query waits
   * meanwhile, about a second for each GB by estimate.
   * @throws Error when there is no room for a copy
   */
  copyInto(dataDir: string): Promise<void>;
  /** Only this process and its user enter it, and the lock names it: for sockets. Gone with the process. */
  privateFolder: string;
}

/** Connections, and who waits for one. */
export interface PoolState {
  size: number;
  idle: number;
  waiting: number;
  limit: number;
}

/** What a statement is; those that were written as text are `raw`. */
export type StatementKind = 'select' | 'insert' | 'update' | 'delete' | 'raw';

export interface QueryNote {
  kind: StatementKind;
  /** From sending it to having its rows, without the wait for a connection. */
  durationSeconds: number;
  failed: boolean;
}

export interface DatabaseOptions {
  /** Absent: embedded under `dataDir`. */
  url: string | undefined;
  dataDir: string;
  clock: Clock;
  onFatal: (error: Error) => void;
  onWarning: (error: Error) => void;
  /** Told of every statement. */
  onQuery?: (note: QueryNote) => void;
  /** Connections to PostgreSQL. Embedded it is always 1: all connections of the embedded engine share one session. */
  poolSize?: number;
}

/** 2 cores run about this many statements at once without queueing in PostgreSQL itself. */
const DEFAULT_POOL_SIZE = 10;
/**
 * A wait for a connection longer than this means that a flow which has a transaction open asked the pool for another
 * connection (it would wait for itself), or that the database is lost: better a clear error than silence.
 */
const ACQUIRE_TIMEOUT_MS = 15_000;
/** No statement of the product needs more; a lost client must not hold locks for ever. */
const STATEMENT_TIMEOUT_MS = 30_000;
/**
 * The server ends nearly every statement before this: a connection that is silent for longer most often leads nowhere. TCP alone
 * would wait for a quarter of an hour. Both are under the minute in which we recover.
 */
const SILENCE_MS = 35_000;
/** An idle connection is asked whether anybody is there; the system gives it up about ten seconds later. */
const KEEP_ALIVE_MS = 5_000;

const INT8 = 20;
const NUMERIC = 1700;
const DATE = 1082;

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const embedded = options.url === undefined ? await startEmbedded(options) : null;
  const connection: pg.ClientConfig = embedded
    ? { host: embedded.host, port: embedded.port, user: 'postgres', database: 'postgres' }
    : {
        connectionString: options.url,
        statement_timeout: STATEMENT_TIMEOUT_MS,
        keepAlive: true,
        keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      };
  const limit = embedded ? 1 : (options.poolSize ?? DEFAULT_POOL_SIZE);
  const pool = new pg.Pool({
    ...connection,
    types: { getTypeParser: plainValues as typeof pg.types.getTypeParser },
    max: limit,
    // The embedded engine has one session: closing it would drop what the session has prepared and listened to.
    idleTimeoutMillis: embedded ? 0 : 30_000,
    connectionTimeoutMillis: ACQUIRE_TIMEOUT_MS,
    allowExitOnIdle: false,
    application_name: 'robian',
  });
  pool.on('error', options.onWarning);
  pool.on('connect', (client) => {
    // One that breaks between two statements of a transaction has no other listener, which would end the process. The pool tells
    // of idle ones, and the next statement fails on the others.
    client.on('error', () => undefined);
    if (embedded === null) giveUpWhenSilent(client, { connection, silenceMs: SILENCE_MS });
  });
  const { onQuery } = options;
  const db: Db = new Kysely<object>({
    dialect: new PostgresDialect({ pool }),
    ...(onQuery === undefined ? {} : { log: (event: LogEvent) => onQuery(noteOf(event)) }),
  });
  return {
    db,
    kind: embedded ? 'embedded' : 'postgresql',
    listen: listenOn({
      connection,
      pool,
      embedded: embedded !== null,
      clock: options.clock,
      onWarning: options.onWarning,
    }),
    tryLock: (name) => (embedded ? Promise.resolve(uncontended()) : sessionLock(connection, name)),
    ping: async () => {
      const started = options.clock.monotonicMs();
      await pool.query('select 1');
      return options.clock.monotonicMs() - started;
    },
    pool: () => ({ size: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount, limit }),
    embedded: embedded && { copyInto: embedded.copyInto, privateFolder: embedded.host },
    close: () => closeAll(db, embedded),
  };
}

const KINDS: Readonly<Record<string, StatementKind>> = {
  SelectQueryNode: 'select',
  InsertQueryNode: 'insert',
  UpdateQueryNode: 'update',
  DeleteQueryNode: 'delete',
};

function noteOf({ level, query, queryDurationMillis }: LogEvent): QueryNote {
  const kind = KINDS[query.query.kind] ?? 'raw';
  return { kind, durationSeconds: queryDurationMillis / 1000, failed: level === 'error' };
}

async function closeAll(db: Db, embedded: EmbeddedServer | null): Promise<void> {
  await db.destroy();
  await embedded?.close();
}

function uncontended(): { release(): Promise<void>; lost: AbortSignal } {
  return { release: () => Promise.resolve(), lost: new AbortController().signal };
}

/**
 * Counts, sizes and ids of ours stay far below 2^53, and a number is what JSON and arithmetic need.
 * A date has no hour and no zone: it stays the text it is, where the driver would make it midnight somewhere.
 */
function plainValues(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if ((oid === INT8 || oid === NUMERIC) && format !== 'binary') return Number;
  if (oid === DATE) return String;
  return pg.types.getTypeParser(oid, format as 'text') as (value: string) => unknown;
}

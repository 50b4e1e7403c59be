import { createHash } from 'node:crypto';
import { createClient, RESP_TYPES } from '@redis/client';
import type { Clock } from '../clock/index.ts';

/** Redis is not there, or does not answer in time. Whoever asks has a way to go on without it. */
export class RedisAwayError extends Error {
  constructor(cause?: unknown) {
    super('Redis is away', { cause });
    this.name = 'RedisAwayError';
  }
}

/** A Lua script, known to the server by the hash of its text. */
export interface Script {
  text: string;
  sha1: string;
}

/**
 * What processes share to be faster or fairer together, never the truth: it may be empty, wiped or away at any moment.
 * Every operation answers within `COMMAND_TIMEOUT_MS` or throws RedisAwayError; while Redis is away it throws at once.
 */
export interface Redis {
  get(key: string): Promise<Buffer | null>;
  set(key: string, value: Buffer, ttlSeconds: number): Promise<void>;
  /** Runs a script atomically; `keys` are the keys it touches. */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /** Whether it was there when it was last heard of; asks nothing. */
  isReady(): boolean;
  /** Round trip in ms, or throws: for health checks. */
  ping(): Promise<number>;
  close(): Promise<void>;
}

export interface RedisOptions {
  /** `redis://` or `rediss://`. */
  url: string;
  clock: Clock;
  /** Told once when Redis goes away and once when it is back, not at every attempt. */
  onChange: (state: 'ready' | 'away', cause?: Error) => void;
}

/** A local round trip takes under 1 ms. Waiting longer than this for help that is optional costs more than it gives. */
const COMMAND_TIMEOUT_MS = 100;
/** After a command that failed or was late nothing is asked for this long, so that a sick Redis slows one request a second. */
const PAUSE_MS = 1_000;
/** A connection that says nothing for this long although it is pinged is dead, whatever TCP believes. */
const SILENCE_MS = 3_000;
const PING_EVERY_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_MAX_MS = 1_000;
/** More commands than this waiting means that nothing comes back. */
const QUEUE_LIMIT = 10_000;

export function script(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

/** Connects at the first use, in the background. */
export function createRedis(options: RedisOptions): Redis {
  const { clock, onChange } = options;
  const client = createClient({
    url: options.url,
    // A command is sent now or not at all: what it would have told is old by the time Redis is back.
    disableOfflineQueue: true,
    commandsQueueMaxLength: QUEUE_LIMIT,
    pingInterval: PING_EVERY_MS,
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENCE_MS,
      // The jitter keeps the processes of a cluster from coming back all at once.
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, RECONNECT_MAX_MS) * (0.5 + Math.random() / 2),
    },
  });
  const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  let state: 'ready' | 'away' | null = null;
  let connecting = false;
  let pausedUntilMs = 0;

  const become = (next: 'ready' | 'away', cause?: Error): void => {
    if (state === next) return;
    state = next;
    onChange(next, cause);
  };
  client.on('ready', () => become('ready'));
  client.on('error', (error: Error) => become('away', error));

  /** One command, in time or not at all. */
  async function ask<T>(command: () => Promise<T>): Promise<T> {
    if (!connecting) {
      connecting = true;
      // Failures arrive as 'error', and the strategy above goes on trying.
      client.connect().catch(() => undefined);
    }
    if (!client.isReady || clock.monotonicMs() < pausedUntilMs) throw new RedisAwayError();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`no answer in ${COMMAND_TIMEOUT_MS} ms`)), COMMAND_TIMEOUT_MS);
    try {
      return await Promise.race([command(), late.promise]);
    } catch (error) {
      pausedUntilMs = clock.monotonicMs() + PAUSE_MS;
      throw new RedisAwayError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    get: (key) => ask(() => binary.get(key)),
    set: async (key, value, ttlSeconds) => {
      await ask(() => client.set(key, value, { expiration: { type: 'EX', value: ttlSeconds } }));
    },
    run: ({ text, sha1 }, keys, args) =>
      ask(() => {
        const given = { keys: [...keys], arguments: [...args] };
        return client.evalSha(sha1, given).catch((error: unknown) => {
          // A Redis that was restarted or wiped does not know the script any more.
          if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
          return client.eval(text, given);
        });
      }),
    isReady: () => client.isReady,
    ping: async () => {
      const startedMs = clock.monotonicMs();
      await ask(() => client.ping());
      return clock.monotonicMs() - startedMs;
    },
    close: async () => {
      if (client.isOpen) client.destroy();
    },
  };
}

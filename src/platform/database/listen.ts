import pg from 'pg';
import type { Clock } from '../clock/index.ts';

export interface ListenHandle {
  close(): Promise<void>;
}

type Listen = (channel: string, onPayload: (payload: string) => void, onReconnect: () => void) => Promise<ListenHandle>;

/** A connection that fell is tried again after this long, in ms; polling bridges the gap. */
const RECONNECT_MS = 1_000;

/**
 * LISTEN on a connection of its own where there is a server, on the pool's only connection where the engine is embedded
 * (all its connections are one session).
 */
export function listenOn(options: {
  connection: pg.ClientConfig;
  pool: pg.Pool;
  embedded: boolean;
  clock: Clock;
  onWarning: (error: Error) => void;
}): Listen {
  return options.embedded ? listenEmbedded(options.pool) : listenDedicated(options);
}

function listenEmbedded(pool: pg.Pool): Listen {
  return async (channel, onPayload) => {
    const onNotification = (message: pg.Notification): void => {
      if (message.channel === channel) onPayload(message.payload ?? '');
    };
    const attach = (client: pg.PoolClient): void => {
      client.on('notification', onNotification);
      client.query(`listen ${pg.escapeIdentifier(channel)}`).catch(() => undefined);
    };
    const client = await pool.connect();
    client.on('notification', onNotification);
    await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    client.release();
    pool.on('connect', attach);
    return {
      close: async () => {
        pool.off('connect', attach);
        client.off('notification', onNotification);
      },
    };
  };
}

function listenDedicated(options: Parameters<typeof listenOn>[0]): Listen {
  return async (channel, onPayload, onReconnect) => {
    const closed = new AbortController();
    let current: pg.Client | null = null;

    const connect = async (): Promise<void> => {
      const client = new pg.Client({ ...options.connection, application_name: 'robian listen' });
      client.on('notification', (message) => onPayload(message.payload ?? ''));
      client.on('error', options.onWarning);
      client.on('end', () => {
        if (!closed.signal.aborted) void reconnect();
      });
      await client.connect();
      await client.query(`listen ${pg.escapeIdentifier(channel)}`);
      current = client;
    };
    const reconnect = async (): Promise<void> => {
      while (!closed.signal.aborted) {
        try {
          await options.clock.sleep(RECONNECT_MS, closed.signal);
          await connect();
          onReconnect();
          return;
        } catch (error) {
          if (!closed.signal.aborted) options.onWarning(error instanceof Error ? error : new Error(String(error)));
        }
      }
    };

    await connect();
    return {
      close: async () => {
        closed.abort();
        await current?.end();
      },
    };
  };
}

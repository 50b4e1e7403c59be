import type { Socket } from 'node:net';
import pg from 'pg';

/** A server that is there answers in milliseconds; both waits together stay under what a failover may take. */
const ASK_TIMEOUT_MS = 5_000;

/**
 * Breaks a connection whose server says nothing for `silenceMs` while an answer is waited for, as after a failover in which
 * nobody said goodbye; the driver has no such limit. A server that, asked anew, says that it is still at work is waited for:
 * migrations and restores may be long.
 */
export function giveUpWhenSilent(
  client: pg.ClientBase,
  options: { connection: pg.ClientConfig; silenceMs: number },
): void {
  const { silenceMs } = options;
  const { connection, processID } = client as unknown as { connection: { stream: Socket }; processID: number };
  const { stream } = connection;
  const isWaiting = (): boolean => Reflect.get(client, 'readyForQuery') === false;
  stream.setTimeout(silenceMs);
  stream.on('timeout', async () => {
    if (!isWaiting()) return;
    const { bytesRead } = stream;
    if (await isAtWork(options.connection, processID)) {
      stream.setTimeout(silenceMs);
    } else if (isWaiting() && stream.bytesRead === bytesRead) {
      stream.destroy(new Error(`the database server said nothing for ${silenceMs / 1000} s`));
    }
  });
}

/** Whether the server runs a statement for another connection of ours; false too when it cannot be asked. */
async function isAtWork(connection: pg.ClientConfig, processId: number): Promise<boolean> {
  const asking = new pg.Client({
    ...connection,
    connectionTimeoutMillis: ASK_TIMEOUT_MS,
    query_timeout: ASK_TIMEOUT_MS,
    application_name: 'robian',
  });
  asking.on('error', () => undefined);
  try {
    await asking.connect();
    const { rowCount } = await asking.query("select from pg_stat_activity where pid = $1 and state = 'active'", [
      processId,
    ]);
    return rowCount === 1;
  } catch {
    return false;
  } finally {
    // Whoever did not answer does not hear a goodbye either.
    Reflect.get(Reflect.get(asking, 'connection'), 'stream').destroy();
  }
}

import pg from 'pg';

/**
 * A PostgreSQL advisory lock held by a session of its own: it is freed by the server when this process dies, however it dies.
 * Null when another session has it. `lost` fires when the session breaks, and with it the lock.
 */
export async function sessionLock(
  connection: pg.ClientConfig,
  name: string,
): Promise<{ release(): Promise<void>; lost: AbortSignal } | null> {
  const lost = new AbortController();
  const client = new pg.Client({
    ...connection,
    application_name: `robian lock ${name}`,
    // A server that does not hear from a frozen holder frees the lock after about 10 s.
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
  });
  client.on('error', () => lost.abort());
  client.on('end', () => lost.abort());
  await client.connect();
  const { rows } = await client.query<{ taken: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken',
    [`robian:${name}`],
  );
  if (rows[0]?.taken !== true) {
    await client.end();
    return null;
  }
  return { release: () => client.end(), lost: lost.signal };
}

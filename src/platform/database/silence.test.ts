import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { giveUpWhenSilent } from './silence.ts';

const url = process.env.TEST_DATABASE_URL;
const SILENCE_MS = 200;

/** Between a client and the database; `hush` keeps everything that is said from then on, also on new connections. */
async function startRelay(target: URL): Promise<{ url: string; hush(): void }> {
  let isHushed = false;
  const sockets = new Set<Socket>();
  const relay = createServer((near) => {
    const far = connect(Number(target.port || 5432), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        if (!isHushed) to.write(bytes);
      });
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
    }
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    relay.close();
  });
  const through = new URL(target);
  through.hostname = '127.0.0.1';
  through.port = String((relay.address() as AddressInfo).port);
  return {
    url: through.href,
    hush: () => {
      isHushed = true;
    },
  };
}

async function openWatched(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => void client.end().catch(() => undefined));
  giveUpWhenSilent(client, { connection: { connectionString }, silenceMs: SILENCE_MS });
  return client;
}

describe.skipIf(url === undefined)('a connection that says nothing', () => {
  it('is waited for while its server says elsewhere that it works for it', async () => {
    const client = await openWatched(url ?? '');
    const { rows } = await client.query('select 1 as done from pg_sleep($1)', [(5 * SILENCE_MS) / 1000]);
    expect(rows).toEqual([{ done: 1 }]);
    expect((await client.query('select 2 as next')).rows).toEqual([{ next: 2 }]);
  });

  it('is left alone while nothing is asked of it', async () => {
    const client = await openWatched(url ?? '');
    await new Promise((resolve) => setTimeout(resolve, 3 * SILENCE_MS));
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('is broken when the answer was lost on the way', async () => {
    const relay = await startRelay(new URL(url ?? ''));
    const client = await openWatched(relay.url);
    relay.hush();
    await expect(client.query('select 1')).rejects.toThrow();
  }, 20_000);
});

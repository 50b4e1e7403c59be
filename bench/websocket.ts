/**
 * 2,000 WebSocket clients of the whole application on one core: how long after the first the last one hears of an event, and
 * what memory each takes. The clients run on the other core, and their own work is in the times.
 * usage: scripts/with-postgresql.sh node bench/websocket.ts        (needs taskset and two cores; about half a minute)
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { systemClock } from '../src/platform/clock/index.ts';
import { migrate, openDatabase } from '../src/platform/database/index.ts';
import { createEvents } from '../src/platform/events/index.ts';
import { LOAD_CORE, median, startOnOneCore } from './support/one-core.ts';

const CLIENTS = 2_000;
const EVENTS = 9;
/** Below what one address may hold open, and may ask for in a minute. */
const CLIENTS_PER_ADDRESS = 80;
/** Until what connecting left behind is collected. */
const SETTLE_MS = 5_000;

const url = process.env.TEST_DATABASE_URL;
if (url === undefined) throw new Error('needs TEST_DATABASE_URL: scripts/with-postgresql.sh node bench/websocket.ts');
execFileSync('taskset', ['-cp', LOAD_CORE, String(process.pid)]);
const dataDir = mkdtempSync(join(tmpdir(), 'robian-bench-'));
const database = await openDatabase({ url, dataDir, clock: systemClock, onFatal: fail, onWarning: fail });
await migrate(database.db);
const events = createEvents({ database, onError: fail });
const target = await startOnOneCore('product', [], { DATABASE_URL: url, DATA_DIR: dataDir });

/** When each client heard of the event that is under way. */
let arrivals: number[] = [];
const clients: WebSocket[] = [];
try {
  const memory = [await target.usage('memory')];
  for (let number = 0; number < CLIENTS; number += 1) {
    await connect(number);
    if ((number + 1) % (CLIENTS / 2) !== 0) continue;
    await sleep(SETTLE_MS);
    memory.push(await target.usage('memory'));
  }
  const [idle, half, full] = memory;

  const spreadsMs: number[] = [];
  const delaysMs: number[] = [];
  for (let count = 0; count < EVENTS; count += 1) {
    arrivals = [];
    const startedMs = performance.now();
    await database.db.transaction().execute((trx) =>
      events.append(trx, {
        type: 'debate_updated',
        channel: 'debates',
        data: { debate_id: '19_a', title: 'x'.repeat(100) },
      }),
    );
    while (arrivals.length < clients.length) await sleep(5);
    const [first = 0, last = 0] = [Math.min(...arrivals), Math.max(...arrivals)];
    spreadsMs.push(last - first);
    delaysMs.push(first - startedMs);
  }
  console.log(`${clients.length} clients, ${EVENTS} events`);
  console.log(
    `the last hears ${median(spreadsMs).toFixed(0)} ms after the first (worst ${Math.max(...spreadsMs).toFixed(0)})`,
  );
  console.log(`the first hears ${median(delaysMs).toFixed(0)} ms after the change is written`);
  const used = ((full?.usedBytes ?? 0) - (idle?.usedBytes ?? 0)) / CLIENTS / 1000;
  // The first thousand live in what starting left behind; the second thousand show what the system really gives.
  const resident = ((full?.residentBytes ?? 0) - (half?.residentBytes ?? 0)) / (CLIENTS / 2) / 1000;
  console.log(`each uses ${used.toFixed(1)} kB, and ${resident.toFixed(1)} kB of the system's memory`);
} finally {
  for (const client of clients) client.terminate();
  await target.stop();
  await events.close();
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
}

async function connect(number: number): Promise<void> {
  const localAddress = `127.0.1.${2 + Math.floor(number / CLIENTS_PER_ADDRESS)}`;
  const client = new WebSocket(`ws://127.0.0.1:${target.port}/ws`, { localAddress });
  await once(client, 'open');
  const subscribed = once(client, 'message');
  client.send('{"type":"subscribe","channel":"debates"}');
  await subscribed;
  client.on('message', () => arrivals.push(performance.now()));
  clients.push(client);
}

function fail(error: unknown): void {
  throw error;
}

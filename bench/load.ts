/**
 * Listeners of one instance on one core, with PostgreSQL and Redis beside it on the other, where the listeners are too. Each comes from
 * an address of its own, looks at the list, a sitting and what is known of its sound once a minute, plays the sitting in ranges of
 * 64 kB as fast as 128 kbit/s is heard, and holds a WebSocket. Limits count, log lines are written.
 *
 *   scripts/with-postgresql.sh node bench/load.ts                                   500 listeners, then 2,000, five minutes each
 *   LISTENERS=300 DURATION_SECONDS=1800 scripts/with-postgresql.sh node bench/load.ts        half an hour, to see what grows
 *
 * Promises: no error; p95 of what the API reads < 50 ms, measured by those who ask; more than 95 % of answers that may be kept come
 * from memory; memory, handles and database connections at the end are those of the beginning. Exits 1 otherwise.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import { percentile } from '../tests/support/random-speech.ts';
import { startRedisServer } from '../tests/support/redis-server.ts';
import { LOAD_CORE, startOnOneCore, type Target } from './support/one-core.ts';
import { type StagedSitting, stageSittings } from './support/stage-sittings.ts';

const CROWDS = process.env.LISTENERS === undefined ? [500, 2_000] : [Number(process.env.LISTENERS)];
const DURATION_SECONDS = Number(process.env.DURATION_SECONDS ?? 300);
/** The evening's sittings; a quarter of an hour each, together twice what the instance keeps in memory. */
const SITTINGS = 12;
const FRAMES = 35_000;
const RANGE_BYTES = 65_536;
/** 128 kbit/s. */
const HEARD_BYTES_PER_SECOND = 16_000;
const RANGE_EVERY_MS = (RANGE_BYTES / HEARD_BYTES_PER_SECOND) * 1_000;
/** Somebody looks for something else. */
const LOOK_EVERY_MS = 60_000;
/** Listeners come over this time, not at once. */
const ARRIVAL_MS = 30_000;
/** After the last came: what connecting left behind is collected, and what is asked for is in memory. */
const SETTLE_MS = 20_000;
const P95_MS = 50;
const HIT_RATE = 0.95;
/** Of what the process holds; beyond, it grows. A collection never finds exactly the same. */
const GROWTH = 1.1;

const url = process.env.TEST_DATABASE_URL;
if (url === undefined) throw new Error('needs TEST_DATABASE_URL: scripts/with-postgresql.sh node bench/load.ts');
execFileSync('taskset', ['-cp', LOAD_CORE, String(process.pid)], { stdio: 'ignore' });

interface Seen {
  errors: string[];
  readsMs: number[];
  rangesMs: number[];
}

interface State {
  usedBytes: number;
  residentBytes: number;
  handles: number;
  connections: number;
}

let kept = true;
const promise = (holds: boolean, text: string): void => {
  kept &&= holds;
  console.log(`${holds ? 'kept' : 'BROKEN'}: ${text}`);
};

const dataDir = await mkdtemp(join(tmpdir(), 'robian-bench-'));
const redis = await startRedisServer();
const database = new Client({ connectionString: url });
await database.connect();
try {
  const sittings = await stageSittings({ url, dataDir, count: SITTINGS, frames: FRAMES });
  for (const listeners of CROWDS) await measure(listeners, sittings);
} finally {
  await database.end();
  await redis.close();
  await rm(dataDir, { recursive: true });
}
process.exitCode = kept ? 0 : 1;

async function measure(listeners: number, sittings: readonly StagedSitting[]): Promise<void> {
  const target = await startOnOneCore('product', ['limited'], {
    DATABASE_URL: url,
    DATA_DIR: dataDir,
    REDIS_URL: redis.url,
  });
  const seen: Seen = { errors: [], readsMs: [], rangesMs: [] };
  const leaving = new AbortController();
  const crowd = Array.from({ length: listeners }, (_, number) =>
    listen({ number, of: listeners, target, sittings, seen, leaving: leaving.signal }),
  );
  try {
    await sleep(ARRIVAL_MS + SETTLE_MS);
    const before = await stateOf(target);
    const counted = await cacheCounts(target);
    seen.readsMs.length = 0;
    seen.rangesMs.length = 0;
    const usedBefore = (await target.usage('time')).cpuMicroseconds;
    await sleep(DURATION_SECONDS * 1_000);
    const usage = (await target.usage('time')).cpuMicroseconds - usedBefore;
    const after = await stateOf(target);
    report(
      listeners,
      seen,
      usage / (DURATION_SECONDS * 1e6),
      { before, after },
      hitRate(counted, await cacheCounts(target)),
    );
  } finally {
    leaving.abort();
    await Promise.all(crowd);
    await target.stop();
  }
}

function report(
  listeners: number,
  seen: Seen,
  core: number,
  { before, after }: { before: State; after: State },
  hits: number,
): void {
  const [reads, ranges] = [percentile(seen.readsMs, 0.95), percentile(seen.rangesMs, 0.95)];
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  console.log(
    `${listeners} listeners, ${DURATION_SECONDS} s: ${seen.readsMs.length} reads, ${seen.rangesMs.length} ranges (p95 ${ranges.toFixed(1)} ms), ${Math.round(core * 100)} % of a core`,
  );
  promise(
    seen.errors.length === 0,
    `no error (${seen.errors.length}: ${[...new Set(seen.errors)].slice(0, 3).join('; ')})`,
  );
  promise(reads < P95_MS, `p95 of reads ${reads.toFixed(1)} ms < ${P95_MS} ms`);
  promise(hits > HIT_RATE, `${(hits * 100).toFixed(1)} % of answers from memory > ${HIT_RATE * 100} %`);
  const grown = after.usedBytes / before.usedBytes;
  promise(
    grown < GROWTH,
    `used memory ${megabytes(before.usedBytes)} to ${megabytes(after.usedBytes)}; the system's ${megabytes(before.residentBytes)} to ${megabytes(after.residentBytes)}`,
  );
  // A pool may open what it closed while nobody asked.
  promise(after.handles <= before.handles * GROWTH, `handles ${before.handles} to ${after.handles}`);
  promise(
    after.connections <= before.connections + 2,
    `database connections ${before.connections} to ${after.connections}`,
  );
}

async function listen(options: {
  number: number;
  of: number;
  target: Target;
  sittings: readonly StagedSitting[];
  seen: Seen;
  leaving: AbortSignal;
}): Promise<void> {
  const { number, of, target, sittings, seen, leaving } = options;
  const localAddress = `127.1.${Math.floor(number / 250)}.${1 + (number % 250)}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress });
  const sitting = sittings[number % sittings.length] ?? { id: '', sizeBytes: 1 };
  const ask = (path: string, headers = {}): Promise<number> => answered({ agent, port: target.port, path, headers });
  const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal: leaving });
  let socket: WebSocket | null = null;
  try {
    await pause((number / of) * ARRIVAL_MS);
    socket = new WebSocket(`ws://127.0.0.1:${target.port}/ws`, { localAddress });
    socket.on('close', (code) => leaving.aborted || seen.errors.push(`WebSocket closed: ${code}`));
    await once(socket, 'open');
    socket.send('{"type":"subscribe","channel":"debates"}');
    let position = (number * 7_368_787) % (sitting.sizeBytes - RANGE_BYTES);
    for (let lookedMs = Number.NEGATIVE_INFINITY; ; ) {
      const startedMs = performance.now();
      if (startedMs - lookedMs >= LOOK_EVERY_MS) {
        lookedMs = startedMs;
        for (const path of [
          '/api/debates/?per_page=20',
          `/api/debates/${sitting.id}`,
          `/api/streaming/${sitting.id}/info`,
        ]) {
          seen.readsMs.push(await ask(path));
        }
      }
      if (position + RANGE_BYTES > sitting.sizeBytes) position = 0;
      const range = `bytes=${position}-${position + RANGE_BYTES - 1}`;
      seen.rangesMs.push(await ask(`/api/streaming/${sitting.id}/stream`, { range }));
      position += RANGE_BYTES;
      await pause(Math.max(0, RANGE_EVERY_MS - (performance.now() - startedMs)));
    }
  } catch (error) {
    if (!leaving.aborted) seen.errors.push(String(error));
  } finally {
    socket?.removeAllListeners('close').terminate();
    agent.destroy();
  }
}

/** Until the last byte is here, in ms. @throws when it is no success */
function answered(options: { agent: Agent; port: number; path: string; headers: object }): Promise<number> {
  const { agent, port, path, headers } = options;
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const asking = request({ agent, host: '127.0.0.1', port, path, headers: { ...headers } }, (answer) => {
      answer.resume();
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200 || answer.statusCode === 206) resolve(performance.now() - startedMs);
        else reject(new Error(`${answer.statusCode} ${path}`));
      });
    });
    asking.on('error', reject);
    asking.end();
  });
}

async function stateOf(target: Target): Promise<State> {
  const { usedBytes, residentBytes } = await target.usage('memory');
  const { rows } = await database.query(
    "select count(*)::integer as count from pg_stat_activity where datname = current_database() and backend_type = 'client backend'",
  );
  return {
    usedBytes,
    residentBytes,
    handles: readdirSync(`/proc/${target.pid}/fd`).length,
    connections: rows[0]?.count,
  };
}

interface CacheCounts {
  hits: number;
  misses: number;
}

/** Of the answers that are kept, in the tier of the process. */
async function cacheCounts(target: Target): Promise<CacheCounts> {
  const text = await (await fetch(`http://127.0.0.1:${target.port}/metrics`)).text();
  const sum = (name: string): number =>
    [...text.matchAll(new RegExp(`^${name}\\{[^}]*cache="answers"[^}]*\\} (\\S+)$`, 'gm'))].reduce(
      (total, [line, value]) => (line.includes('tier="redis"') ? total : total + Number(value)),
      0,
    );
  return { hits: sum('robian_cache_hits_total'), misses: sum('robian_cache_misses_total') };
}

function hitRate(before: CacheCounts, after: CacheCounts): number {
  const hits = after.hits - before.hits;
  return hits / (hits + after.misses - before.misses);
}

/**
 * The list and one debate, all hooks on (ids, limits, log line, headers, cache), beside a bare node:http server that says the
 * same bytes; and the list computed each time, beside its SQL alone. One core serves, the other asks with 50 connections.
 * usage: scripts/with-postgresql.sh node bench/http-vs-bare.ts        (needs wrk, taskset and two cores; about two minutes)
 * With REDIS_URL set, requests are counted through Redis.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { systemClock } from '../src/platform/clock/index.ts';
import { migrate, openDatabase } from '../src/platform/database/index.ts';
import { DEBATES, fillWithDebates } from './support/fifty-thousand-debates.ts';
import { type Load, load, median, onServerCore, startOnOneCore, type Target } from './support/one-core.ts';

const ROUNDS = 3;
const SECONDS = 5;
/** Until the code that is measured is compiled and everything asked for is kept. */
const WARM_UP_SECONDS = 5;
const CONNECTIONS = 50;

const databaseUrl = process.env.TEST_DATABASE_URL;
if (databaseUrl === undefined)
  throw new Error('needs TEST_DATABASE_URL: scripts/with-postgresql.sh node bench/http-vs-bare.ts');
const folder = mkdtempSync(join(tmpdir(), 'robian-bench-'));
const env = { DATABASE_URL: databaseUrl, DATA_DIR: folder };
const debateId = await fill(databaseUrl);
const cases = [
  { name: 'list', path: '/api/debates/', encoding: '' },
  { name: 'list, gzip', path: '/api/debates/', encoding: 'gzip' },
  { name: 'debate', path: `/api/debates/${debateId}`, encoding: '' },
  { name: 'debate, gzip', path: `/api/debates/${debateId}`, encoding: 'gzip' },
];
try {
  await warm();
  await cold();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function warm(): Promise<void> {
  const product = await startOnOneCore('product', [], env);
  const bare = await startOnOneCore('bare', [await copyAnswers(product)], env);
  console.log(
    'answered from memory   bytes   bare/s  product/s  ratio  p99 ms bare  product  CPU µs bare  product  ratio',
  );
  for (const { name, path, encoding } of cases) {
    const headers = encoding === '' ? [] : [`accept-encoding: ${encoding}`];
    for (const target of [bare, product]) await load(at(target, path), { seconds: WARM_UP_SECONDS, headers });
    const rounds: { bare: Measured; product: Measured }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({ bare: await measure(bare, path, headers), product: await measure(product, path, headers) });
    }
    const of = (pick: (round: { bare: Measured; product: Measured }) => number): number => median(rounds.map(pick));
    const bytes = (await fetchAnswer(product, path, encoding)).body.length;
    console.log(
      name.padEnd(20),
      String(bytes).padStart(7),
      of((round) => round.bare.requestsPerSecond)
        .toFixed(0)
        .padStart(8),
      of((round) => round.product.requestsPerSecond)
        .toFixed(0)
        .padStart(10),
      of((round) => round.product.requestsPerSecond / round.bare.requestsPerSecond)
        .toFixed(2)
        .padStart(6),
      of((round) => round.bare.p99Ms)
        .toFixed(1)
        .padStart(12),
      of((round) => round.product.p99Ms)
        .toFixed(1)
        .padStart(8),
      of((round) => round.bare.cpuMicroseconds)
        .toFixed(1)
        .padStart(13),
      of((round) => round.product.cpuMicroseconds)
        .toFixed(1)
        .padStart(8),
      of((round) => round.bare.cpuMicroseconds / round.product.cpuMicroseconds)
        .toFixed(2)
        .padStart(6),
    );
  }
  await bare.stop();
  await product.stop();
}

/** With the processor time of one request: on a machine that does other work too, the rate says more of that work. */
interface Measured extends Load {
  cpuMicroseconds: number;
}

async function measure(target: Target, path: string, headers: string[]): Promise<Measured> {
  const before = await target.usage('time');
  const measured = await load(at(target, path), { seconds: SECONDS, headers });
  const after = await target.usage('time');
  return { ...measured, cpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / measured.requests };
}

/** Pages never asked for before, on a cache too small to keep one. */
async function cold(): Promise<void> {
  const product = await startOnOneCore('product', [], { ...env, CACHE_SIZE: '1B' });
  const script = join(folder, 'pages.lua');
  writeFileSync(
    script,
    'local n = 0\nrequest = function() n = n + 1\nreturn wrk.format("GET", "/api/debates/?page=" .. n % 100 + 1) end\n',
  );
  const rounds: { sql: number; product: Load }[] = [];
  await load(at(product, '/'), { seconds: WARM_UP_SECONDS, script });
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({
      sql: Number(await onServerCore('raw-sql.ts', [String(SECONDS), String(CONNECTIONS)], env)),
      product: await load(at(product, '/'), { seconds: SECONDS, script }),
    });
  }
  const sql = median(rounds.map((round) => round.sql));
  const rate = median(rounds.map((round) => round.product.requestsPerSecond));
  const ratio = median(rounds.map((round) => round.product.requestsPerSecond / round.sql));
  console.log(
    `computed each time: ${sql.toFixed(0)} pages/s by SQL alone, ${rate.toFixed(0)} by the product, ratio ${ratio.toFixed(2)}`,
  );
  await product.stop();
}

async function fill(url: string): Promise<string> {
  const database = await openDatabase({
    url,
    dataDir: folder,
    clock: systemClock,
    onFatal: console.error,
    onWarning: console.error,
  });
  await migrate(database.db);
  await database.close();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await fillWithDebates(client);
  const { rows } = await client.query<{ id: string }>('select id from debates order by id offset $1 limit 1', [
    DEBATES / 2,
  ]);
  await client.end();
  return rows[0]?.id ?? '';
}

/** What the product says, for the bare server to say as well: same body, same type. */
async function copyAnswers(product: Target): Promise<string> {
  const answers: Record<string, { headers: string[]; body: string }> = {};
  for (const { path, encoding } of cases) {
    const { type, body } = await fetchAnswer(product, path, encoding);
    const headers = ['content-type', type, 'content-length', String(body.length)];
    if (encoding !== '') headers.push('content-encoding', encoding);
    answers[`${encoding} ${path}`] = { headers, body: body.toString('base64') };
  }
  const file = join(folder, 'answers.json');
  writeFileSync(file, JSON.stringify(answers));
  return file;
}

/** The bytes as they are sent: `fetch` would undo the compression. */
async function fetchAnswer(target: Target, path: string, encoding: string): Promise<{ type: string; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = encoding === '' ? {} : { 'accept-encoding': encoding };
    get(at(target, path), { headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ type: response.headers['content-type'] ?? '', body: Buffer.concat(chunks) });
    }).on('error', reject);
  });
}

function at(target: Target, path: string): string {
  return `http://127.0.0.1:${target.port}${path}`;
}

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createReplay, type Replay } from '../../src/demo/index.ts';
import { extractionJob } from '../../src/extraction/index.ts';
import { type House, openHouse } from '../../src/house.ts';
import { parisDay, systemClock } from '../../src/platform/clock/index.ts';
import { parseConfig } from '../../src/platform/config/index.ts';
import type { App } from '../../src/platform/http/index.ts';
import { createLogger } from '../../src/platform/telemetry/index.ts';
import { ADMIN_TOKEN, bearer, signUp } from '../support/accounts.ts';
import { SITTINGS } from '../support/demo-sittings.ts';
import { type Installation, makeInstallation } from '../support/installation.ts';
import { portalAt } from '../support/stage.ts';
import type { Context, Schema } from './arbitraries.ts';
import { type Case, casesOf, type Operation } from './cases.ts';

/** Cases an operation. */
const CASES = Number(process.env.FUZZ_CASES ?? 200);
/** The same cases at each run, so that what fails can be found again; another seed asks other questions. */
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_008);
/** Fetching from a source may fail, and the queue or the disk be full: nobody's defect, where it is documented. */
const EXPECTED_5XX = new Set([502, 503, 504, 507]);
/** What only our inside knows: stacks, statements, drivers, paths. */
const LEAKS =
  /\n\s+at |node_modules|\.ts:\d|\bselect "|\binsert into\b|pgboss|pg_catalog|SQLSTATE|syntax error|relation "|ECONN|Kysely/;

const JSON_TYPES = new Set(['application/json', 'application/problem+json']);

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const contract = JSON.parse(readFileSync(new URL('../../contracts/openapi.json', import.meta.url), 'utf8')) as Document;
const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    method,
    path,
    operation,
  })),
);

let installation: Installation;
let replay: Replay;
let house: House;
let app: App;
let server: { host: string; port: number };
let secrets: string[];
const cursors: string[] = ['bm9uZQ'];
const collections: string[] = ['none'];
const shared: string[] = ['none'];
let debates: string[] = [];
let speakers: string[] = [];
const known: Context['known'] = {
  debate_id: () => debates,
  id: () => debates,
  speaker_id: () => speakers,
  collection_id: () => collections,
  token: () => shared,
  cursor: () => cursors,
  q: () => ['agriculture', 'sénat "projet de loi"', 'budget -santé', 'eau'],
};

beforeAll(async () => {
  installation = await makeInstallation();
  replay = await createReplay({ sittings: SITTINGS });
  house = await openHouse({
    config: parseConfig({
      ...installation.environment,
      ...portalAt(replay.url),
      ADMIN_TOKEN,
      RATE_LIMITS: 'off',
      DISK_FLOOR: '1MB',
    }),
    clock: systemClock,
    // FUZZ_LOG=error says what is behind a 500.
    logger: createLogger({ level: process.env.FUZZ_LOG ?? 'silent' }),
    onFatal: (error) => {
      throw error;
    },
  });
  await house.queue.start([extractionJob]);
  const days = SITTINGS.map(({ startsAtMs }) => parisDay(new Date(startsAtMs))).sort();
  await house.ingest.observeLive();
  await house.ingest.run({ since: days.at(0) ?? '', until: days.at(-1) ?? '' });
  await house.ingest.takeWords();
  app = await createApp(house, { isDraining: () => false });
  await app.listen({ host: '127.0.0.1', port: 0 });
  server = { host: '127.0.0.1', port: (app.server.address() as AddressInfo).port };
  const ids = (answer: { json(): unknown }): string[] => (answer.json() as { id: string }[]).map(({ id }) => id);
  debates = ids(await app.inject('/api/debates/?per_page=100'));
  speakers = ids(await app.inject('/api/speakers?per_page=100'));
  secrets = [
    installation.dataDir,
    process.cwd(),
    ADMIN_TOKEN,
    house.secret,
    ...Object.values(installation.environment),
  ];
}, 120_000);

afterAll(async () => {
  app.server.closeAllConnections();
  await app.close();
  await house.queue.stop(0);
  await house.close();
  await replay.close();
  await installation.remove();
});

const ajv = addFormats.default(new Ajv2020.default({ strict: false, allErrors: false, validateFormats: true }));
ajv.addSchema({ $id: 'contract', components: contract.components });
const compiled = new Map<Schema, ValidateFunction>();
/** What of an answer its schema does not allow; null when nothing. */
function violation(schema: Schema, body: unknown): string | null {
  const known = compiled.get(schema);
  const local = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"contract#/components')) as object;
  const check = known ?? ajv.compile(local);
  compiled.set(schema, check);
  return check(body) ? null : ajv.errorsText(check.errors);
}

interface Answer {
  statusCode: number;
  headers: Record<string, unknown>;
  body: string;
}

async function send(method: string, one: Case): Promise<Answer> {
  const { url, headers, payload } = one;
  // What sits beneath a relayed sound is a real connection.
  if (/\/(stream|download)(\?|$)/.test(url)) return sendOverTcp(method, one);
  const asked = { method: method.toUpperCase() as 'GET', url, headers, ...(payload === undefined ? {} : { payload }) };
  const answer = await app.inject({ ...asked, payloadAsStream: true });
  const { statusCode, headers: said } = answer;
  const pieces: Buffer[] = [];
  // News never end: that they began as they should is all there is to check.
  if (String(said['content-type']).startsWith('text/event-stream')) answer.stream().destroy();
  else for await (const piece of answer.stream()) pieces.push(piece as Buffer);
  return { statusCode, headers: said, body: Buffer.concat(pieces).toString() };
}

async function sendOverTcp(method: string, { url, headers, payload = '' }: Case): Promise<Answer> {
  const framed = { ...headers, 'content-length': Buffer.byteLength(payload) };
  const asked = request({ ...server, method: method.toUpperCase(), path: url, headers: framed, agent: false });
  asked.end(payload);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  return { statusCode: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces).toString() };
}

/** Null when the answer is one that the contract allows. */
function complaint(operation: Operation, answer: Answer): string | null {
  const { statusCode, headers, body } = answer;
  if (statusCode >= 500 && !EXPECTED_5XX.has(statusCode)) return `${statusCode}: ${body.slice(0, 300)}`;
  // More than 16 kB of headers are refused by Node itself, before there is an operation.
  if (statusCode === 431) return null;
  const documented = operation.responses[String(statusCode)];
  if (documented === undefined) return `${statusCode} is not documented: ${body.slice(0, 300)}`;
  const leaked = LEAKS.exec(body)?.[0] ?? secrets.find((secret) => body.includes(secret));
  if (leaked !== undefined) return `"${leaked}" is told: ${body.slice(0, 300)}`;
  if (statusCode === 204 || statusCode === 304) return body === '' ? null : `${statusCode} has a body`;
  const encoded = headers['content-encoding'] !== undefined;
  const type = String(headers['content-type'] ?? '').split(';')[0] ?? '';
  const content = documented.content ?? {};
  const media = content[type];
  if (media === undefined) return `${statusCode} as "${type}", documented: ${Object.keys(content).join()}`;
  if (encoded || !JSON_TYPES.has(type) || media.schema === undefined) return null;
  const wrong = violation(media.schema, JSON.parse(body));
  return wrong === null ? null : `${statusCode}: ${wrong}: ${body.slice(0, 300)}`;
}

/** What an answer names is asked for by later cases. */
function remember({ statusCode, headers, body }: Answer): void {
  const cursor = /[?&]cursor=([\w-]+)/.exec(String(headers.link ?? ''))?.[1];
  if (cursor !== undefined) cursors.push(cursor);
  if (statusCode === 201 && /"debate_count"|"entries"/.test(body)) collections.push(String(JSON.parse(body).id));
  const token = /\/api\/shared\/collections\/([\w-]+)/.exec(body)?.[1];
  if (token !== undefined) shared.push(token);
}

describe('whatever is sent, the answer is one that the contract knows', () => {
  it.each(operations.map((one) => [one.name, one] as const))(
    '%s',
    async (_, { method, path, operation }) => {
      // Of its own: some operations end their session or erase their account.
      const listener = (await signUp(app)).access_token;
      const context = { components: contract.components.schemas, known, tokens: [listener, ADMIN_TOKEN] };
      const mine = await app.inject({
        method: 'POST',
        url: '/api/collections',
        headers: bearer(listener),
        payload: { name: 'à moi' },
      });
      collections.push((mine.json() as { id: string }).id);
      const seen = new Map<number, number>();
      await fc.assert(
        fc.asyncProperty(casesOf(path, operation, context), async (one) => {
          const answer = await send(method, one);
          seen.set(answer.statusCode, (seen.get(answer.statusCode) ?? 0) + 1);
          remember(answer);
          expect(complaint(operation, answer)).toBeNull();
        }),
        { numRuns: CASES, seed: SEED },
      );
      if (process.env.FUZZ_SHOW !== undefined) console.log(method, path, Object.fromEntries(seen));
    },
    60_000,
  );
});

import { get, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { createManualClock } from '../../../tests/support/manual-clock.ts';
import { createLimit, type Limit } from '../limits/index.ts';
import { createLogger } from '../telemetry/index.ts';
import { type App, type Asked, createAnswerCache, createHttpServer, type HttpServerOptions } from './index.ts';

const clock = createManualClock('2026-10-06T12:00:00Z');
const QUOTA = 1_000;
let app: App;
/** Requests that came to the framework. */
let led: string[];
let shown: { asked: Asked; id: string | undefined }[];
let lines: Record<string, unknown>[];
let counted: string[];
afterEach(async () => {
  app.server.closeAllConnections();
  await app.close();
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Listens: what a test injects never meets the server. */
async function open({ limit, ...options }: Partial<HttpServerOptions> & { limit?: Limit } = {}) {
  const cache = createAnswerCache({ maxBytes: 1e6, clock });
  [led, shown, lines, counted] = [[], [], [], []];
  const things = limit ?? createLimit({ name: 'things', quota: QUOTA, windowSeconds: 60 }, { clock });
  app = await createHttpServer({
    logger: createLogger({ level: 'info', destination: { write: (line) => void lines.push(JSON.parse(line)) } }),
    publicUrl: 'https://robian.example',
    trustProxy: false,
    version: 'test',
    corsOrigins: ['https://app.example'],
    limits: { byName: { things }, fallback: 'things' },
    observer: { answered: (...told) => void counted.push(told.slice(0, 3).join(' ')), refused: () => undefined },
    cache,
    ...options,
  });
  app.addHook('onRequest', async (request) => void led.push(request.originalUrl));
  app.get(
    '/api/things/:id',
    {
      config: {
        cache: { tags: ({ id }) => [`thing:${id}`], ttlSeconds: 300 },
        onShown: (asked, { id }) => {
          if (id === 'broken') throw new Error('nobody is told');
          shown.push({ asked, id });
        },
      },
      schema: { querystring: { type: 'object', properties: { x: { type: 'string' } } } },
    },
    async (request, reply) => {
      reply.header('x-total-count', '3');
      return { id: (request.params as { id: string }).id, text: 'séance '.repeat(500) };
    },
  );
  const base = await app.listen({ host: '127.0.0.1', port: 0 });
  const ask = (url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const asked = get(base + url, { headers: { 'x-request-id': 'mine', ...headers }, method }, (response) => {
        const { statusCode: status = 0, headers: told } = response;
        buffer(response).then((body) => resolve({ status, headers: { ...told, date: '' }, body }), reject);
      });
      asked.on('error', reject);
    });
  return { ask, cache, port: (app.server.address() as AddressInfo).port };
}

const withoutCount = ({ headers, ...rest }: Answer) => ({ ...rest, headers: { ...headers, ratelimit: '' } });

it.each([
  ['plain', {}, 200],
  ['compressed', { 'accept-encoding': 'gzip, br' }, 200],
  ['to a listed origin', { origin: 'https://app.example' }, 200],
  ['to another origin', { origin: 'https://evil.example' }, 200],
  ['as the client has it', { 'if-none-match': '*' }, 304],
  ['as an old client asks', { connection: 'close' }, 200],
])('the third answer comes before the framework, and is the second: %s', async (_name, headers, status) => {
  const { ask } = await open();
  const answers: Answer[] = [];
  for (let count = 0; count < 3; count += 1) answers.push(await ask('/api/v1/things/a?x=1', headers));
  const [, second, third] = answers;
  if (!second || !third) throw new Error('not answered');
  expect(third.status).toBe(status);
  expect(withoutCount(third)).toEqual(withoutCount(second));
  expect(led, 'the first computes, the second shows the way').toHaveLength(2);
  expect(third.headers.ratelimit).toBe(`"things";r=${QUOTA - 3};t=60`);
  expect(counted).toEqual(Array(3).fill(`GET /api/things/:id ${status}`));
  expect(lines.at(-1)).toMatchObject({ request_id: 'mine', route: '/api/things/:id', status });
  expect(shown.map(({ id, asked }) => [id, asked.ip])).toEqual(Array(3).fill(['a', '127.0.0.1']));
});

it.each([
  ['a token', { authorization: 'Bearer x' }, 'GET'],
  ['a range', { range: 'bytes=0-1' }, 'GET'],
  ['the head alone', {}, 'HEAD'],
  ['an encoding that nobody asked for yet', { 'accept-encoding': 'br' }, 'GET'],
])('the framework answers a request with %s', async (_name, headers, method) => {
  const { ask } = await open();
  for (let count = 0; count < 3; count += 1) await ask('/api/things/a');
  expect((await ask('/api/things/a', headers, method)).status).toBe(200);
  expect(led).toHaveLength(3);
});

it('what changed, and what is too old, is computed again', async () => {
  const { ask, cache } = await open();
  for (let count = 0; count < 3; count += 1) await ask('/api/things/a');
  cache.evict(['thing:a'], 1);
  await ask('/api/things/a');
  expect(led).toHaveLength(3);
  await ask('/api/things/a');
  expect(led).toHaveLength(3);
  clock.advance(300_000);
  await ask('/api/things/a');
  expect(led).toHaveLength(4);
});

it('who asks too much is refused as ever, by the address that a trusted proxy saw', async () => {
  const limit = createLimit({ name: 'things', quota: 4, windowSeconds: 60 }, { clock });
  const { ask } = await open({ limit, trustProxy: 'loopback' });
  const from = async (address: string): Promise<number> =>
    (await ask('/api/things/a', { 'x-forwarded-for': `6.6.6.6, ${address}` })).status;
  const statuses: number[] = [];
  for (let count = 0; count < 5; count += 1) statuses.push(await from('192.0.2.1'));
  expect(statuses).toEqual([200, 200, 200, 200, 429]);
  expect(await from('192.0.2.2')).toBe(200);
  expect(shown.at(-1)?.asked.ip).toBe('192.0.2.2');
});

it('waits for a count that is shared, and leaves what goes wrong with it to the framework', async () => {
  const local = createLimit({ name: 'things', quota: 4, windowSeconds: 60 }, { clock });
  let broken = 0;
  const limit: Limit = {
    ...local,
    take: async (client) => {
      if (broken > 0) {
        broken -= 1;
        throw new Error('no count');
      }
      return local.take(client);
    },
  };
  const { ask } = await open({ limit });
  const statuses: number[] = [];
  for (let count = 0; count < 3; count += 1) statuses.push((await ask('/api/things/a')).status);
  expect(led).toHaveLength(2);
  broken = 1;
  for (let count = 0; count < 2; count += 1) statuses.push((await ask('/api/things/a')).status);
  expect(statuses).toEqual([200, 200, 200, 200, 429]);
});

it('what fails after an answer ends neither it nor the process, and is written down', async () => {
  const { ask } = await open();
  for (let count = 0; count < 4; count += 1)
    expect((await ask('/api/things/broken')).body.length).toBeGreaterThan(1_000);
  expect(led, 'two of them came before the framework').toHaveLength(2);
  expect(lines.filter(({ msg }) => msg === 'an answer from memory failed')).toHaveLength(2);
});

it('what fails before an answer is left to the framework', async () => {
  let broken = false;
  const local = createLimit({ name: 'things', quota: QUOTA, windowSeconds: 60 }, { clock });
  const take: Limit['take'] = (client) => {
    if (!broken) return local.take(client);
    broken = false;
    throw new Error('no count');
  };
  const { ask } = await open({ limit: { ...local, take } });
  for (let count = 0; count < 3; count += 1) await ask('/api/things/a');
  expect(led).toHaveLength(2);
  broken = true;
  expect((await ask('/api/things/a')).status).toBe(200);
  expect(led).toHaveLength(3);
});

it('remembers no address that is long', async () => {
  const { ask } = await open();
  const long = `/api/things/a?x=${'x'.repeat(300)}`;
  for (let count = 0; count < 3; count += 1) expect((await ask(long)).status).toBe(200);
  expect(led).toHaveLength(3);
});

import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineErrors } from '../errors/index.ts';
import { createLogger } from '../telemetry/index.ts';
import { type App, createHttpServer } from './index.ts';

const errors = defineErrors('tests', {
  gone: {
    status: 410,
    retryable: false,
    title: { fr: 'Retiré', en: 'Withdrawn' },
    detail: { fr: 'La séance {id} a été retirée.', en: 'The sitting {id} was withdrawn.' },
  },
});

describe('every operation', () => {
  let app: App;
  const lines: string[] = [];
  beforeAll(async () => {
    app = await createHttpServer({
      logger: createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } }),
      publicUrl: 'https://robian.example',
      trustProxy: false,
      version: '1.0.0',
    });
    app.get('/api/list', async () => Array.from({ length: 200 }, (_, number) => ({ number })));
    app.get('/api/gone/:id', async (request) => {
      throw errors.error('gone', { params: request.params as { id: string }, retryAfterSeconds: 1.2 });
    });
    app.get('/api/broken', async () => {
      throw new Error('secret: postgresql://user:password@host');
    });
    app.post('/api/bodiless', async () => 'done');
    app.post(
      '/api/things',
      { schema: { body: Type.Object({ name: Type.String(), size: Type.Integer() }, { additionalProperties: false }) } },
      async (request) => request.body,
    );
  });
  afterAll(() => app.close());

  it.each(['/api/list', '/api/list/', '/api/v1/list', '/api/v1/list/'])('answers the same at %s', async (url) => {
    const answer = await app.inject(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toHaveLength(200);
  });

  it('does not take v10 or version 2 for the current version', async () => {
    expect((await app.inject('/api/v10/list')).statusCode).toBe(404);
    expect((await app.inject('/api/v2/list')).statusCode).toBe(404);
  });

  it('carries a request id in and out, and replaces one that could forge log lines', async () => {
    const kept = await app.inject({ url: '/api/list', headers: { 'x-request-id': 'phone-42' } });
    expect(kept.headers['x-request-id']).toBe('phone-42');
    const replaced = await app.inject({ url: '/api/list', headers: { 'x-request-id': 'a b{"level":' } });
    expect(replaced.headers['x-request-id']).toMatch(/^[\w-]{12}\.\d+$/);
  });

  it('explains errors in French by default, in English on demand, as problem+json', async () => {
    const french = await app.inject('/api/gone/12');
    expect(french.statusCode).toBe(410);
    expect(french.headers['content-type']).toContain('application/problem+json');
    expect(french.headers['retry-after']).toBe('2');
    expect(french.json()).toMatchObject({
      type: 'https://robian.example/docs/errors/tests/gone',
      title: 'Retiré',
      detail: 'La séance 12 a été retirée.',
      code: 'tests/gone',
      instance: french.headers['x-request-id'],
    });
    const english = await app.inject({ url: '/api/gone/12', headers: { 'accept-language': 'de, en;q=0.8' } });
    expect(english.json()).toMatchObject({ title: 'Withdrawn' });
    expect(english.headers['content-language']).toBe('en');
  });

  it('never shows internals', async () => {
    const answer = await app.inject('/api/broken');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret');
    expect(answer.json().code).toBe('http/internal');
    expect(lines.some((line) => line.includes('http/internal') && line.includes(answer.json().instance))).toBe(true);
  });

  it('names every wrong field, unknown ones too', async () => {
    const answer = await app.inject({ method: 'POST', url: '/api/things', payload: { size: 'big', colour: 'red' } });
    expect(answer.statusCode).toBe(400);
    const fields = (answer.json().errors as { field: string }[]).map((one) => one.field).sort();
    expect(fields).toEqual(['body.colour', 'body.name', 'body.size']);
    const query = await app.inject('/api/list?surprise=1');
    expect(query.json()).toMatchObject({ code: 'http/invalid-request', errors: [{ field: 'query.surprise' }] });
  });

  it.each([
    ['unreadable JSON', { payload: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['another format', { payload: 'a=1', headers: { 'content-type': 'text/csv' } }, 415],
    ['a body that is too large', { payload: { name: 'x'.repeat(300_000), size: 1 } }, 413],
  ])('refuses %s', async (_, request, status) => {
    const answer = await app.inject({ method: 'POST', url: '/api/things', ...request });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('problem+json');
  });

  it('takes an empty body for none, whatever it is said to be', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await app.inject({ method: 'POST', url: '/api/bodiless', headers })).statusCode).toBe(200);
    const needed = await app.inject({ method: 'POST', url: '/api/things', headers });
    expect(needed.json()).toMatchObject({ status: 400, code: 'http/invalid-request' });
  });

  it('tells an unknown address from a method that an address does not take', async () => {
    expect((await app.inject('/nothing')).json().code).toBe('http/not-found');
    const refused = await app.inject({ method: 'DELETE', url: '/api/things' });
    expect(refused.statusCode).toBe(405);
    expect(refused.headers.allow).toBe('POST');
    expect((await app.inject(`/api/list?${'x'.repeat(9_000)}`)).statusCode).toBe(400);
  });

  it('answers 304 to a client that has the representation, and another ETag in another encoding', async () => {
    const plain = await app.inject('/api/list');
    const { etag } = plain.headers;
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect(plain.headers['cache-control']).toBe('no-cache');
    const again = await app.inject({ url: '/api/list', headers: { 'if-none-match': `"x", W/${etag}` } });
    expect(again.statusCode).toBe(304);
    expect(again.body).toBe('');
    const brotli = await app.inject({ url: '/api/list', headers: { 'accept-encoding': 'gzip, br' } });
    expect(brotli.headers['content-encoding']).toBe('br');
    expect(brotli.headers.vary).toContain('accept-encoding');
    expect(brotli.headers.etag).not.toBe(etag);
    expect(JSON.parse(brotliDecompressSync(brotli.rawPayload).toString())).toEqual(plain.json());
    const gzip = await app.inject({ url: '/api/list', headers: { 'accept-encoding': 'gzip, br;q=0' } });
    expect(JSON.parse(gunzipSync(gzip.rawPayload).toString())).toEqual(plain.json());
  });

  it('writes one line a request with the route, not the address', async () => {
    lines.length = 0;
    await app.inject('/api/gone/secret-id');
    const line = lines.map((one) => JSON.parse(one)).find((one) => one.msg === 'request');
    expect(line).toMatchObject({ method: 'GET', route: '/api/gone/:id', status: 410 });
    expect(JSON.stringify(line)).not.toContain('127.0.0.1');
  });

  it('describes itself in OpenAPI 3.1', async () => {
    const document = (await app.inject('/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/api/things');
  });
});

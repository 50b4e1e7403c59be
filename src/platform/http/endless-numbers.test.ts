import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../telemetry/index.ts';
import { findEndless } from './endless-numbers.ts';
import { type App, createHttpServer } from './index.ts';

it.each([
  [null, null],
  ['Infinity', null],
  [{ a: [1, { b: 'x' }], c: 1e308 }, null],
  [{ a: [1, { b: Number.POSITIVE_INFINITY }] }, ['a', '1', 'b']],
  [[Number.NaN], ['0']],
])('in %j the number without end is at %j', (value, path) => {
  expect(findEndless(value)).toEqual(path);
});

it('reads what is nested as deeply as a body may be', () => {
  expect(findEndless(JSON.parse(`${'['.repeat(100_000)}1e309${']'.repeat(100_000)}`))).toHaveLength(100_000);
});

describe('requests that the framework would answer its own way', () => {
  let app: App;
  const refused: string[] = [];
  beforeAll(async () => {
    app = await createHttpServer({
      logger: createLogger({ level: 'silent' }),
      publicUrl: 'https://robian.example',
      trustProxy: false,
      version: '1',
      observer: { answered: () => undefined, refused: (code) => refused.push(code) },
    });
    const size = Type.Object({ size: Type.Integer({ minimum: 1, maximum: 10 }) });
    app.get('/things/:id', { schema: { querystring: size } }, async (request) => request.query);
    app.post('/things', { schema: { body: size } }, async (request) => request.body);
  });
  afterAll(() => app.close());

  it.each(['1e309', '-1e309'])('a number without end is beyond every bound: %s', async (text) => {
    const asked = await app.inject(`/things/1?size=${text}`);
    expect(asked.statusCode).toBe(400);
    expect(asked.json().errors[0].field).toBe('query.size');
    const sent = await app.inject({ method: 'POST', url: '/things', payload: { size: text } });
    expect(sent.statusCode).toBe(400);
    expect(sent.json().errors[0].field).toBe('body.size');
    expect((await app.inject('/things/1?size=9')).statusCode).toBe(200);
  });

  it.each(['/things/%ff', '/things/%', `/things/${'x'.repeat(400)}`])(
    '%s is refused as any request is',
    async (url) => {
      refused.length = 0;
      const answer = await app.inject({ url, headers: { 'accept-language': 'en', 'x-request-id': 'phone-1' } });
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-request-id': 'phone-1' });
      expect(answer.json()).toMatchObject({ code: expect.stringMatching(/^http\//), instance: 'phone-1' });
      expect(answer.json().detail).toMatch(/^(The request|There is)/);
      expect(refused).toHaveLength(1);
    },
  );
});

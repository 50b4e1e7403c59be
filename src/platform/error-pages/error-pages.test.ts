import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineErrors } from '../errors/index.ts';
import { type App, createHttpServer, problemResponse } from '../http/index.ts';
import { createLanguages, ENGLISH, FRENCH, type Language } from '../i18n/index.ts';
import { createLogger } from '../telemetry/index.ts';
import { errorPages, operationsByCode, registerErrorPages } from './index.ts';

const definition = (status: number, retryable = false) => ({
  status,
  retryable,
  title: { fr: 'Titre', en: 'Title' },
  detail: { fr: 'Au plus {limit, number} <b>.', en: 'At most {limit, number} <b>.' },
});
const errors = defineErrors('tests', {
  gone: definition(410),
  busy: definition(503, true),
  broken: definition(500, true),
  'who-are-you': definition(401),
  'not-you': definition(403),
  changed: definition(409),
  wrong: definition(422),
  'no-room': definition(507),
});
const PUBLIC_URL = 'https://robian.example';

describe('the page of an error', () => {
  const pages = errorPages([errors], [FRENCH, ENGLISH], new Map([['tests/gone', ['GET /x']]]));

  it('says what it means in each language, with the names of what varies', () => {
    expect(pages.get('tests/gone')).toMatchObject({
      code: 'tests/gone',
      status: 410,
      operations: ['GET /x'],
      sections: [
        { tag: 'fr', language: 'Français', title: 'Titre', detail: 'Au plus {limit} <b>.' },
        { tag: 'en', language: 'English', title: 'Title', detail: 'At most {limit} <b>.' },
      ],
    });
  });

  it.each([
    ['gone', /no use/],
    ['busy', /Retry-After/],
    ['broken', /"instance"/],
    ['who-are-you', /refresh/],
    ['not-you', /another one/],
    ['changed', /present state/],
    ['wrong', /change it/],
    ['no-room', /not in your request/],
  ])('of %s says what to do', (reason, advice) => {
    expect(pages.get(`tests/${reason}`)?.sections[1]?.advice).toMatch(advice);
  });

  it('is written in a language that has part of its texts, the rest in the one it names', () => {
    const breton: Language = {
      tag: 'br',
      own: (texts) => (texts === errors.definitions.gone.title ? 'Aet' : undefined),
      fallback: ENGLISH,
    };
    const page = errorPages([errors], [breton], new Map()).get('tests/gone');
    expect(page?.sections).toMatchObject([
      { tag: 'br', language: 'br', title: 'Aet', detail: 'At most {limit} <b>.', whatToDo: 'What to do' },
    ]);
  });

  it('names the operations whose document shows the error', () => {
    const found = operationsByCode({
      paths: {
        '/a': { get: { responses: { 410: problemResponse(errors.error('gone', { params: { limit: 2 } })) } } },
        '/b': {
          delete: { responses: { 204: {}, 410: problemResponse(errors.error('gone', { params: { limit: 2 } })) } },
        },
      },
    });
    expect(found).toEqual(new Map([['tests/gone', ['GET /a', 'DELETE /b']]]));
    expect(operationsByCode({})).toEqual(new Map());
  });
});

describe('at the address that a problem names', () => {
  let app: App;
  beforeAll(async () => {
    const languages = createLanguages();
    const logger = createLogger({ level: 'silent' });
    app = await createHttpServer({ logger, publicUrl: PUBLIC_URL, trustProxy: false, version: '1', languages });
    app.get(
      '/gone',
      { schema: { response: { 410: problemResponse(errors.error('gone', { params: { limit: 2 } })) } } },
      () => {
        throw errors.error('gone', { params: { limit: 2 } });
      },
    );
    for (let number = 0; number < 20; number += 1) {
      app.get(
        `/busy/${number}`,
        { schema: { response: { 503: problemResponse(errors.error('busy', { params: { limit: 2 } })) } } },
        () => '',
      );
    }
    registerErrorPages(app, { catalogues: [errors], languages, publicUrl: PUBLIC_URL });
    await app.ready();
  });
  afterAll(() => app.close());
  const get = (url: string, accept?: string) => app.inject({ url, headers: accept === undefined ? {} : { accept } });

  it('stands its page: for a browser as HTML, with everything that means something to HTML escaped', async () => {
    const problem = (await get('/gone')).json();
    const page = await get(problem.type.slice(PUBLIC_URL.length), 'text/html,application/xhtml+xml,*/*;q=0.8');
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      vary: expect.stringContaining('accept'),
    });
    expect(page.body).toContain('<section lang="fr"><h2>Titre</h2><p>Au plus {limit} &#60;b&#62;.</p>');
    expect(page.body).toContain('<code>GET /gone</code>');
    expect(page.body).not.toContain('<b>');
  });

  it.each([undefined, '*/*', 'text/markdown', 'application/json'])('as Markdown for who accepts %s', async (accept) => {
    const page = await get('/docs/errors/tests/gone', accept);
    expect(page.headers['content-type']).toBe('text/markdown; charset=utf-8');
    expect(page.body).toContain('**Title.** At most {limit} \\<b\\>.');
    expect(page.body).toContain('- `GET /gone`');
  });

  it('tells a long list of operations by their number', async () => {
    expect((await get('/docs/errors/tests/busy')).body).toContain('- 20 opérations / 20 operations');
    expect((await get('/docs/errors/tests/busy', 'text/html')).body).toContain(
      '<li>20 opérations / 20 operations</li>',
    );
  });

  it('stands the list of all, at the address without a code', async () => {
    const markdown = await get('/docs/errors');
    expect(markdown.body).toContain(
      `| [\`tests/wrong\`](${PUBLIC_URL}/docs/errors/tests/wrong) | 422 | Titre / Title |`,
    );
    const html = await get('/docs/errors/', 'text/html');
    expect(html.body.match(/<li>/g)).toHaveLength(8);
  });

  it.each(['/docs/errors/tests/none', '/docs/errors/none/gone'])('stands nothing at %s', async (url) => {
    expect((await get(url, 'text/html')).json()).toMatchObject({ status: 404, code: 'http/not-found' });
  });
});

import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHouseFor } from '../scripts/openapi.ts';
import { createApp } from '../src/app.ts';
import { ERROR_CATALOGUES, TEXTS } from '../src/catalogues.ts';
import type { House } from '../src/house.ts';
import type { App } from '../src/platform/http/index.ts';
import { createLanguages, loadLocales } from '../src/platform/i18n/index.ts';
import { type Installation, makeInstallation } from './support/installation.ts';

let installation: Installation;
let house: House;
let app: App;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'robian-locales-'));
  const texts = {
    'http/not-found.title': 'Chomlec’h dianav',
    'debates/not-found.title': 'Tabut dianav',
    'debates/not-found.detail': 'N’eus tabut ebet anvet « {id} ».',
    'http/field-maximum': 'd’ar muiañ {limit}',
    'error-pages/language': 'Brezhoneg',
  };
  writeFileSync(join(folder, 'br.json'), JSON.stringify({ texts }));
  installation = await makeInstallation();
  house = await openHouseFor(installation.environment);
  app = await createApp(
    { ...house, languages: createLanguages(loadLocales(folder, TEXTS)) },
    { isDraining: () => false },
  );
});

afterAll(async () => {
  await app.close();
  await house.close();
  await installation.remove();
  rmSync(folder, { recursive: true, force: true });
});

const get = (url: string, language: string) => app.inject({ url, headers: { 'accept-language': language } });

test('a third language is one file: who asks for it is answered in it, and in French where it has no words', async () => {
  const unknown = await get('/api/debates/nope', 'br, en;q=0.5');
  expect(unknown.headers['content-language']).toBe('br');
  expect(unknown.json()).toMatchObject({ title: 'Tabut dianav', detail: 'N’eus tabut ebet anvet « nope ».' });
  const half = await get('/nowhere', 'br');
  expect(half.headers['content-language']).toBe('fr');
  expect(half.json()).toMatchObject({ title: 'Chomlec’h dianav', detail: 'Rien ne se trouve à cette adresse.' });
  expect((await get('/api/debates/nope', 'en, br;q=0.5')).json()).toMatchObject({ title: 'Unknown debate' });
  expect((await get('/docs/errors/debates/not-found', 'br')).body).toContain('## Brezhoneg\n\n**Tabut dianav.**');
});

test('what is wrong with a value is told in it too', async () => {
  const messages = async (language: string) => (await get('/api/debates?per_page=101', language)).json().errors;
  expect(await messages('br')).toEqual([{ field: 'query.per_page', message: 'd’ar muiañ 100' }]);
  expect(await messages('fr')).toEqual([{ field: 'query.per_page', message: 'au plus 100' }]);
  expect(await messages('en')).toEqual([{ field: 'query.per_page', message: 'at most 100' }]);
});

test('every problem names a page that is there', async () => {
  const { type } = (await get('/nowhere', 'fr')).json();
  const page = await get(new URL(type).pathname, 'fr');
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('Adresse inconnue');
});

test('every room that defines errors is in the list of catalogues', () => {
  const defined = globSync('src/**/errors.ts')
    .map((path) => /defineErrors\('([^']+)'/.exec(readFileSync(path, 'utf8'))?.[1])
    .filter((room) => room !== undefined);
  expect(ERROR_CATALOGUES.map(({ room }) => room).sort()).toEqual(defined.sort());
});

test('every room that defines fixed words is in it too, and no two keys share one text', () => {
  const firstKeys = globSync('src/**/*.ts')
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => /= defineTexts\('([^']+)', \{\s*'?([\w-]+)/.exec(readFileSync(path, 'utf8')))
    .flatMap((found) => (found ? [`${found[1]}/${found[2]}`] : []));
  expect(firstKeys.length).toBeGreaterThan(0);
  expect(firstKeys.filter((key) => !TEXTS.has(key))).toEqual([]);
  expect(new Set(TEXTS.values()).size).toBe(TEXTS.size);
});

test('the languages that come with the product can be read', () => {
  expect(() => loadLocales('src/locales', TEXTS)).not.toThrow();
});

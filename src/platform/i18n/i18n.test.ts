import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineErrors } from '../errors/index.ts';
import {
  createLanguages,
  defineTexts,
  ENGLISH,
  FRENCH,
  LocaleError,
  loadLocales,
  spokenIn,
  textsByKey,
  translate,
} from './index.ts';

const errors = defineErrors('tests', {
  gone: {
    status: 410,
    retryable: false,
    title: { fr: 'Retiré', en: 'Withdrawn' },
    detail: { fr: '{id} : {count, number} débats', en: '{id}: {count, number} debates' },
  },
});
const words = defineTexts('words', { yes: { fr: 'oui', en: 'yes' } });
const known = textsByKey([errors], [words]);
const { title, detail } = errors.definitions.gone;

describe('texts', () => {
  it('have a key each', () => {
    expect([...known.keys()]).toEqual(['tests/gone.title', 'tests/gone.detail', 'words/yes']);
  });

  it('are written with their parameters as the language writes them', () => {
    const params = { id: 'a', count: 1_234 };
    expect(translate(detail, FRENCH, params)).toBe('a : 1\u202f234 débats');
    expect(translate(detail, ENGLISH, params)).toBe('a: 1,234 debates');
  });
});

describe('the language of an answer', () => {
  const breton = { tag: 'br', own: () => undefined, fallback: FRENCH };
  it.each([
    [undefined, 'fr'],
    ['', 'fr'],
    ['*', 'fr'],
    ['de', 'fr'],
    ['en', 'en'],
    ['en-GB, fr;q=0.5', 'en'],
    ['de, en;q=0.8', 'en'],
    ['br, fr;q=0.9', 'br'],
    ['br-FR', 'br'],
    ['br;q=0, en;q=0.1', 'en'],
    ['\u0000;;q=x,,', 'fr'],
  ])('for Accept-Language: %s is %s', (header, tag) => {
    expect(createLanguages([breton]).negotiate(header).tag).toBe(tag);
  });

  it('is never one that this installation has not', () => {
    expect(createLanguages().negotiate('br').tag).toBe('fr');
  });
});

describe('a folder of languages', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'robian-locales-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, content: unknown): void =>
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  const faults = (): readonly string[] => {
    try {
      loadLocales(folder, known);
      return [];
    } catch (error) {
      if (error instanceof LocaleError) return error.lines;
      throw error;
    }
  };

  it('may be empty, or hold what is no language', () => {
    write('README.md', '');
    expect(loadLocales(folder, known)).toEqual([]);
  });

  it('gives one language a file; what a file leaves out is read in the language it names', () => {
    write('br.json', { fallback: 'en', texts: { 'tests/gone.title': 'Aet', 'words/yes': 'ya' } });
    write('oc.json', { texts: { 'tests/gone.detail': '{count} : {id}' } });
    const [breton, occitan] = loadLocales(folder, known);
    if (!breton || !occitan) throw new Error('two languages');
    expect(translate(title, breton)).toBe('Aet');
    expect(translate(words.texts.yes, breton)).toBe('ya');
    expect(translate(detail, breton, { id: 'a', count: 2 })).toBe('a: 2 debates');
    expect([spokenIn(title, breton).tag, spokenIn(detail, breton).tag]).toEqual(['br', 'en']);
    expect(translate(detail, occitan, { id: 'a', count: 2 })).toBe('2 : a');
    expect(translate(title, occitan)).toBe('Retiré');
  });

  it.each<[string, string, unknown, RegExp]>([
    ['a key that does not exist', 'br.json', { texts: { 'tests/none.title': 'x' } }, /no text "tests\/none.title"/],
    ['what is no text', 'br.json', { texts: { 'words/yes': 1 } }, /"words\/yes" is not a text/],
    ['a text that is not ICU', 'br.json', { texts: { 'tests/gone.detail': '{id' } }, /cannot be read/],
    ['a placeholder nobody fills', 'br.json', { texts: { 'words/yes': '{who}' } }, /placeholders/],
    [
      'one inside a plural',
      'br.json',
      { texts: { 'tests/gone.detail': '{count, plural, other {# {who}}}' } },
      /placeh/,
    ],
    ['a fallback that is none', 'br.json', { fallback: 'de', texts: {} }, /"fallback"/],
    ['no texts', 'br.json', {}, /object "texts"/],
    ['a list of texts', 'br.json', { texts: [] }, /object "texts"/],
    ['null', 'br.json', null, /object "texts"/],
    ['no JSON', 'br.json', '{', /object "texts"/],
    ['too much of it', 'br.json', ' '.repeat(1_000_001), /larger/],
    ['French again', 'fr.json', { texts: {} }, /language tag/],
    ['a name that is no tag', 'br_FR.json', { texts: {} }, /language tag/],
  ])('is refused with a line for %s', (_, name, content, line) => {
    write(name, content);
    expect(faults()).toEqual([expect.stringMatching(line)]);
    expect(faults()[0]).toMatch(new RegExp(`^${name}: `));
  });

  it('takes plurals, which the original need not have', () => {
    write('br.json', { texts: { 'tests/gone.detail': '{count, plural, one {# ({id})} other {# ({id})}}' } });
    const [breton] = loadLocales(folder, known);
    if (!breton) throw new Error('one language');
    expect(translate(detail, breton, { id: 'a', count: 2 })).toBe('2 (a)');
  });
});

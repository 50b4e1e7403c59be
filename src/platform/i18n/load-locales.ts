import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import type { Texts } from '../errors/index.ts';
import { ENGLISH, FRENCH, type Language } from './language.ts';

/** What is wrong in the files of languages, a line each. */
export class LocaleError extends Error {
  readonly lines: readonly string[];
  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'LocaleError';
    this.lines = lines;
  }
}

/** A file of all texts has some 60 kB; what is far larger is not one. */
const FILE_MAX_BYTES = 1_000_000;

/**
 * The languages of a folder, one file each: `br.json` holds `{ "fallback": "fr", "texts": { "debates/not-found.title": "…" } }`.
 * Texts it leaves out are read in `fallback`, which is `fr` or `en`.
 * @param known every text there is, by its key
 * @throws LocaleError a line for each key that does not exist and each text that cannot stand for the original
 */
export function loadLocales(folder: string, known: ReadonlyMap<string, Texts>): Language[] {
  const faults: string[] = [];
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
  const languages = names.map((name) =>
    readLocale(join(folder, name), known, (fault) => faults.push(`${name}: ${fault}`)),
  );
  if (faults.length > 0) throw new LocaleError(faults);
  return languages;
}

function readLocale(path: string, known: ReadonlyMap<string, Texts>, fault: (line: string) => void): Language {
  const tag = basename(path, '.json');
  if (!isLanguageTag(tag)) fault('the name of the file is not a language tag (BCP 47) beside fr and en');
  const { fallback, texts } = parseLocale(path, fault);
  const own = new Map<Texts, string>();
  for (const [key, text] of Object.entries(texts)) {
    const original = known.get(key);
    if (original === undefined) fault(`there is no text "${key}"`);
    else if (typeof text !== 'string') fault(`"${key}" is not a text`);
    else if (!fits(text, original)) fault(`"${key}" cannot be read, or has other placeholders than the French text`);
    else own.set(original, text);
  }
  return { tag, own: (one) => own.get(one), fallback };
}

function parseLocale(path: string, fault: (line: string) => void): { fallback: Language; texts: object } {
  const content = readFileSync(path);
  const nothing = { fallback: FRENCH, texts: {} };
  if (content.length > FILE_MAX_BYTES) {
    fault(`larger than ${FILE_MAX_BYTES} bytes`);
    return nothing;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(content.toString('utf8'));
  } catch {
    parsed = null;
  }
  const { fallback = 'fr', texts } = (parsed ?? {}) as { fallback?: unknown; texts?: unknown };
  const language = [FRENCH, ENGLISH].find((one) => one.tag === fallback);
  if (language === undefined) fault('"fallback" is "fr" or "en"');
  if (typeof texts !== 'object' || texts === null || Array.isArray(texts)) {
    fault('expected JSON with an object "texts"');
    return nothing;
  }
  return { fallback: language ?? FRENCH, texts };
}

function isLanguageTag(tag: string): boolean {
  if (tag === FRENCH.tag || tag === ENGLISH.tag) return false;
  try {
    return Intl.getCanonicalLocales(tag)[0] === tag;
  } catch {
    return false;
  }
}

/** Whether a text says no more than the original is given to say. */
function fits(text: string, original: Texts): boolean {
  try {
    const given = placeholdersOf(original.fr);
    return [...placeholdersOf(text)].every((name) => given.has(name));
  } catch {
    return false;
  }
}

interface Element {
  type: number;
  value?: unknown;
  options?: Record<string, { value: Element[] }>;
}
/** Of ICU MessageFormat's elements, the one that is only text, and `#` in a plural. */
const LITERAL = 0;
const POUND = 7;

/** @throws SyntaxError when the text is not ICU MessageFormat */
function placeholdersOf(text: string): Set<string> {
  const names = new Set<string>();
  const visit = (elements: readonly Element[]): void => {
    for (const { type, value, options = {} } of elements) {
      if (type !== LITERAL && type !== POUND) names.add(String(value));
      for (const option of Object.values(options)) visit(option.value);
    }
  };
  visit(new IntlMessageFormat(text, FRENCH.tag, undefined, { ignoreTag: true }).getAst() as Element[]);
  return names;
}

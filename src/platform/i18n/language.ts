import { IntlMessageFormat } from 'intl-messageformat';
import type { ErrorParams, Texts } from '../errors/index.ts';

/** A language that texts are written in. */
export interface Language {
  /** BCP 47, as in `Accept-Language`. */
  tag: string;
  /** A text in this language itself; undefined where it has none. */
  own(texts: Texts): string | undefined;
  /** What is read where it has none; null: it has all. */
  fallback: Language | null;
}

export const FRENCH: Language = { tag: 'fr', own: (texts) => texts.fr, fallback: null };
export const ENGLISH: Language = { tag: 'en', own: (texts) => texts.en, fallback: null };

/** Texts are constants of the product, so this holds as many formatters as there are texts. */
const formatters = new Map<string, IntlMessageFormat>();

/** Writes a text in a language; placeholders (`{id}`) take `params`. */
export function translate(texts: Texts, language: Language, params: ErrorParams = {}): string {
  const spoken = spokenIn(texts, language);
  const pattern = spoken.own(texts) ?? texts.fr;
  const key = `${spoken.tag}:${pattern}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new IntlMessageFormat(pattern, spoken.tag, undefined, { ignoreTag: true });
    formatters.set(key, formatter);
  }
  return String(formatter.format({ ...params }));
}

/** The language that `translate` finds a text in. */
export function spokenIn(texts: Texts, language: Language): Language {
  if (language.own(texts) !== undefined) return language;
  return language.fallback === null ? FRENCH : spokenIn(texts, language.fallback);
}

import { IntlMessageFormat } from 'intl-messageformat';
import Negotiator from 'negotiator';
import type { ErrorParams, Texts } from '../errors/index.ts';

export type Language = keyof Texts;

/** French first: what is served when the client says nothing, or nothing that we speak. */
const LANGUAGES: readonly Language[] = ['fr', 'en'];

/** The language to answer in, for an `Accept-Language` header (RFC 9110 §12.5.4). */
export function negotiateLanguage(acceptLanguage: string | undefined): Language {
  const negotiator = new Negotiator({ headers: { 'accept-language': acceptLanguage ?? '*' } });
  return (negotiator.language([...LANGUAGES]) as Language | undefined) ?? 'fr';
}

/** Texts are constants of the product, so this holds as many formatters as there are texts. */
const formatters = new Map<string, IntlMessageFormat>();

/** Writes a text in a language; placeholders (`{id}`) take `params`. */
export function translate(texts: Texts, language: Language, params: ErrorParams = {}): string {
  const key = `${language}:${texts[language]}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new IntlMessageFormat(texts[language], language, undefined, { ignoreTag: true });
    formatters.set(key, formatter);
  }
  return String(formatter.format({ ...params }));
}

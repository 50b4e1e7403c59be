import Negotiator from 'negotiator';
import { ENGLISH, FRENCH, type Language } from './language.ts';

/** The languages of an installation. */
export interface Languages {
  /** French first, English, then those that files add. */
  all: readonly Language[];
  /** The one to answer in, for an `Accept-Language` header (RFC 9110 §12.5.4); French when none fits. */
  negotiate(acceptLanguage: string | undefined): Language;
}

export function createLanguages(added: readonly Language[] = []): Languages {
  const all = [FRENCH, ENGLISH, ...added];
  const tags = all.map(({ tag }) => tag);
  return {
    all,
    negotiate: (acceptLanguage) => {
      const chosen = new Negotiator({ headers: { 'accept-language': acceptLanguage ?? '*' } }).language(tags);
      return all.find(({ tag }) => tag === chosen) ?? FRENCH;
    },
  };
}

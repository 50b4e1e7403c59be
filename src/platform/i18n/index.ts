export { ENGLISH, FRENCH, type Language, spokenIn, translate } from './language.ts';
export { createLanguages, type Languages } from './languages.ts';
export { LocaleError, loadLocales } from './load-locales.ts';
export { defineTexts, type TextCatalogue, textsByKey } from './texts.ts';

import type { ErrorParams, Texts } from '../errors/index.ts';
import { defineTexts, type Language, translate } from '../i18n/index.ts';

/** What is wrong with a value, by the keyword of JSON Schema that refused it. */
export const fieldTexts = defineTexts('http', {
  'field-required': { fr: 'obligatoire', en: 'required' },
  'field-additionalProperties': { fr: 'inconnu', en: 'unknown' },
  'field-type': { fr: 'attendu : {type}', en: 'expected: {type}' },
  'field-enum': { fr: 'attendu : {allowedValues}', en: 'expected: {allowedValues}' },
  'field-const': { fr: 'attendu : {allowedValue}', en: 'expected: {allowedValue}' },
  'field-minimum': { fr: 'au moins {limit}', en: 'at least {limit}' },
  'field-maximum': { fr: 'au plus {limit}', en: 'at most {limit}' },
  'field-minLength': {
    fr: 'au moins {limit, plural, one {# caractère} other {# caractères}}',
    en: 'at least {limit, plural, one {# character} other {# characters}}',
  },
  'field-maxLength': {
    fr: 'au plus {limit, plural, one {# caractère} other {# caractères}}',
    en: 'at most {limit, plural, one {# character} other {# characters}}',
  },
  'field-minItems': { fr: 'au moins {limit} valeurs', en: 'at least {limit} values' },
  'field-maxItems': { fr: 'au plus {limit} valeurs', en: 'at most {limit} values' },
  'field-minProperties': { fr: 'au moins {limit} champs', en: 'at least {limit} fields' },
  'field-uniqueItems': { fr: 'deux valeurs sont égales', en: 'two values are the same' },
  'field-format': { fr: 'n’est pas au format {format}', en: 'not of the format {format}' },
  'field-pattern': { fr: 'n’a pas la forme attendue', en: 'not of the expected form' },
  'field-refused': { fr: 'refusé', en: 'refused' },
});

/** What the validator (Ajv) says of a value it refuses. */
export interface Refusal {
  keyword?: string;
  params?: Readonly<Record<string, unknown>>;
}

/** Says what is wrong with a value, in the reader's language. */
export function fieldMessage({ keyword, params = {} }: Refusal, language: Language): string {
  const texts: Readonly<Record<string, Texts>> = fieldTexts.texts;
  const text = texts[`field-${keyword}`] ?? fieldTexts.texts['field-refused'];
  return translate(text, language, readable(params));
}

function readable(params: Readonly<Record<string, unknown>>): ErrorParams {
  const entries = Object.entries(params).map(([name, value]) => {
    if (typeof value === 'number') return [name, value] as const;
    return [name, Array.isArray(value) ? value.join(', ') : String(value)] as const;
  });
  return Object.fromEntries(entries);
}

import { expect, it } from 'vitest';
import { ENGLISH, FRENCH } from '../i18n/index.ts';
import { fieldMessage, type Refusal } from './field-messages.ts';

it.each<[Refusal, string, string]>([
  [{ keyword: 'required', params: { missingProperty: 'x' } }, 'obligatoire', 'required'],
  [{ keyword: 'additionalProperties', params: { additionalProperty: 'x' } }, 'inconnu', 'unknown'],
  [{ keyword: 'type', params: { type: ['string', 'null'] } }, 'attendu : string, null', 'expected: string, null'],
  [{ keyword: 'enum', params: { allowedValues: ['a', 'b'] } }, 'attendu : a, b', 'expected: a, b'],
  [{ keyword: 'const', params: { allowedValue: null } }, 'attendu : null', 'expected: null'],
  [{ keyword: 'minimum', params: { comparison: '>=', limit: 1 } }, 'au moins 1', 'at least 1'],
  [{ keyword: 'maxLength', params: { limit: 1 } }, 'au plus 1 caractère', 'at most 1 character'],
  [{ keyword: 'minLength', params: { limit: 10 } }, 'au moins 10 caractères', 'at least 10 characters'],
  [{ keyword: 'format', params: { format: 'date' } }, 'n’est pas au format date', 'not of the format date'],
  [{ keyword: 'uniqueItems', params: { i: 1, j: 0 } }, 'deux valeurs sont égales', 'two values are the same'],
  [{ keyword: 'anyOf' }, 'refusé', 'refused'],
  [{}, 'refusé', 'refused'],
])('%j is said in words', (refusal, french, english) => {
  expect([fieldMessage(refusal, FRENCH), fieldMessage(refusal, ENGLISH)]).toEqual([french, english]);
});

import { expect, it } from 'vitest';
import { namedPerson } from './named-person.ts';

it.each([
  ['Mme Clarisse Montaudouin', null, { id: 'nom-clarisse-montaudouin', civility: 'Mme', name: 'Clarisse Montaudouin' }],
  ['M.Bastien Corvoisier', 'PA9', { id: 'PA9', civility: 'M.', name: 'Bastien Corvoisier' }],
  ['Dr Zoé Œuvrard-Lœss', null, { id: 'nom-dr-zoe-oeuvrard-loess', civility: null, name: 'Dr Zoé Œuvrard-Lœss' }],
])('%s (%s)', (name, personId, expected) => {
  expect(namedPerson({ name, personId, role: 'invitée' })).toEqual({ ...expected, role: 'invitée' });
});

it('nobody is named by punctuation, and a name of any length makes an id that fits an address', () => {
  expect(namedPerson({ name: 'M. …', personId: null, role: null })).toBeNull();
  expect(namedPerson({ name: 'a'.repeat(500), personId: null, role: null })?.id).toMatch(/^nom-[a-z0-9-]{1,80}$/);
});

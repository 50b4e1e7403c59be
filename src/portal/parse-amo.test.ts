import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SAMPLES, sample } from '../../tests/support/samples.ts';
import { parseMandate, parseOrgan, parsePerson } from './parse-amo.ts';

describe('parsePerson', () => {
  it('reads a deputy with one mandate (an object, not a list)', () => {
    expect(parsePerson(personJson({ mandats: { mandat: MANDATE } }))).toEqual({
      id: 'PA100002',
      civility: 'M.',
      firstName: 'Gaspard',
      lastName: 'Lampe',
      sortName: 'Lampe',
      trigram: 'GLA',
      diedOn: null,
      mandates: [
        {
          id: 'PM1',
          personId: 'PA100002',
          organType: 'ASSEMBLEE',
          organIds: ['PO838901'],
          legislature: 17,
          startsOn: '2024-07-07',
          endsOn: null,
          role: 'membre',
          constituency: { department: 'Finistère', departmentCode: '29', number: 8, region: 'Bretagne' },
        },
      ],
    });
  });

  it.each([
    ['no mandates at all', undefined],
    ['null', null],
    ['nil', { '@xsi:nil': 'true' }],
    ['an empty list', { mandat: [] }],
  ])('has no mandates: %s', (_, mandats) => {
    expect(parsePerson(personJson({ mandats })).mandates).toEqual([]);
  });

  it.each([
    ['an object with attributes', { '@xsi:type': 'IdActeur_type', '#text': 'PA100002' }],
    ['a plain string', 'PA100002'],
  ])('uid: %s', (_, uid) => {
    expect(parsePerson(personJson({ uid })).id).toBe('PA100002');
  });

  it('lets no contact, no staff, no birth through', () => {
    const person = parsePerson(
      personJson({
        adresses: { adresse: [{ '@xsi:type': 'AdresseMail_Type', valElec: 'secret@example.org' }] },
        uri_hatvp: 'https://example.org/secret',
        mandats: { mandat: [{ ...MANDATE, collaborateurs: { collaborateur: [{ nom: 'secret', prenom: 'secret' }] } }] },
      }),
    );
    expect(JSON.stringify(person)).not.toMatch(/secret|1970|Brest/);
  });

  it('reads the day of a death', () => {
    const etatCivil = { ident: { nom: 'Lampe', prenom: 'Gaspard' }, dateDeces: '2029-12-01' };
    expect(parsePerson(personJson({ etatCivil })).diedOn).toBe('2029-12-01');
  });

  it.each([
    ['nothing', null],
    ['text', 'PA1'],
    ['an organ', { organe: { uid: 'PO1', libelle: 'x' } }],
    ['no name', personJson({ etatCivil: null })],
    ['an organ’s id', personJson({ uid: 'PO1' })],
    ['a mandate without an id', personJson({ mandats: { mandat: { ...MANDATE_FIELDS, uid: null } } })],
  ])('refuses %s with a coded error', (_, json) => {
    expect(() => parsePerson(json)).toThrow(expect.objectContaining({ code: 'portal/malformed' }));
  });
});

describe('parseMandate', () => {
  it('reads a mandate that stands alone, of several organs', () => {
    const mandate = parseMandate({
      mandat: { ...MANDATE_FIELDS, organes: { organeRef: ['PO1', 'PO2'] }, dateFin: '2025-01-02' },
    });
    expect(mandate).toMatchObject({ id: 'PM1', organIds: ['PO1', 'PO2'], endsOn: '2025-01-02', constituency: null });
  });

  it('needs to say whose it is', () => {
    expect(() => parseMandate({ mandat: { uid: 'PM1' } })).toThrow(
      expect.objectContaining({ code: 'portal/malformed' }),
    );
  });

  it.each([
    [{ libQualite: 'Président', libQualiteSex: 'Présidente' }, 'Présidente'],
    [{ libQualite: 'Président', libQualiteSex: null }, 'Président'],
    [null, null],
  ])('role of %o is %s', (infosQualite, role) => {
    expect(parseMandate({ mandat: { ...MANDATE_FIELDS, infosQualite } }).role).toBe(role);
  });
});

describe('parseOrgan', () => {
  it('reads a political group with its colour, and no secretary', () => {
    const organ = parseOrgan({
      organe: {
        uid: 'PO900001',
        codeType: 'GP',
        libelle: 'Marée haute',
        libelleAbrege: 'MH',
        libelleAbrev: 'MH',
        viMoDe: { dateDebut: '2024-07-18', dateFin: null },
        organeParent: null,
        legislature: '17',
        secretariat: { secretaire01: 'M. Secret', secretaire02: null },
        couleurAssociee: '#313567',
      },
    });
    expect(organ).toEqual({
      id: 'PO900001',
      type: 'GP',
      name: 'Marée haute',
      shortName: 'MH',
      abbreviation: 'MH',
      parentId: null,
      legislature: 17,
      startsOn: '2024-07-18',
      endsOn: null,
      color: '#313567',
    });
  });

  it.each([
    ['red', null],
    ['#12', null],
    [null, null],
    ['#ABCDEF', '#ABCDEF'],
  ])('colour %s is %s: only what can stand in a style sheet', (couleurAssociee, color) => {
    expect(parseOrgan({ organe: { uid: 'PO1', libelle: 'x', couleurAssociee } }).color).toBe(color);
  });

  it('refuses an organ without a name', () => {
    expect(() => parseOrgan({ organe: { uid: 'PO1' } })).toThrow(expect.objectContaining({ code: 'portal/malformed' }));
  });
});

describe.skipIf(SAMPLES === null)('real AMO records', () => {
  const read = (folder: string): unknown[] =>
    globSync(sample(`${folder}/*.json`)).map((path) => JSON.parse(readFileSync(path, 'utf8')) as unknown);

  it('every person, organ and mandate parses', () => {
    const people = read('acteur').map(parsePerson);
    expect(people).toHaveLength(15);
    expect(people.filter(({ mandates }) => mandates.length === 0).map(({ id }) => id)).toEqual(['PA1327']);
    expect(people.reduce((sum, { mandates }) => sum + mandates.length, 0)).toBe(388);
    expect(read('mandat').map(parseMandate)).toHaveLength(3);
    const organs = read('organe').map(parseOrgan);
    expect(organs).toHaveLength(32);
    expect(organs.filter(({ color }) => color !== null).every(({ type }) => type === 'GP')).toBe(true);
  });

  it('each deputy has one constituency and one political group that lasts', () => {
    for (const person of read('acteur')
      .map(parsePerson)
      .filter(({ mandates }) => mandates.length > 0)) {
      const groups = person.mandates.filter(({ organType, endsOn }) => organType === 'GP' && endsOn === null);
      expect(groups.length, person.id).toBeGreaterThanOrEqual(1);
      expect(
        person.mandates.some(({ constituency }) => constituency?.number != null),
        person.id,
      ).toBe(true);
    }
  });
});

const MANDATE_FIELDS = {
  uid: 'PM1',
  acteurRef: 'PA100002',
  legislature: '17',
  typeOrgane: 'ASSEMBLEE',
  dateDebut: '2024-07-07',
  dateFin: null,
  infosQualite: { codeQualite: 'membre', libQualite: 'membre', libQualiteSex: 'membre' },
  organes: { organeRef: 'PO838901' },
};

const MANDATE = {
  ...MANDATE_FIELDS,
  election: { lieu: { region: 'Bretagne', departement: 'Finistère', numDepartement: '29', numCirco: '8' } },
};

function personJson(change: Record<string, unknown>): unknown {
  return {
    acteur: {
      uid: { '@xsi:type': 'IdActeur_type', '#text': 'PA100002' },
      etatCivil: {
        ident: { civ: 'M.', prenom: 'Gaspard', nom: 'Lampe', alpha: 'Lampe', trigramme: 'GLA' },
        infoNaissance: { dateNais: '1970-01-01', villeNais: 'Brest' },
        dateDeces: { '@xsi:nil': 'true' },
      },
      adresses: null,
      ...change,
    },
  };
}

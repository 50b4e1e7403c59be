import { malformed } from './errors.ts';
import { dayOf, type JsonRecord, listOf, numberOf, objectOf, textOf, textsOf } from './json-from-xml.ts';

/** A person of the directory. Postal addresses, telephones, e-mail, staff and birth never leave this parser. */
export interface Person {
  /** `PA…` */
  id: string;
  /** `M.`, `Mme` */
  civility: string | null;
  firstName: string;
  lastName: string;
  /** Name under which the Assembly sorts the person; the last name when it gives none. */
  sortName: string;
  /** Three letters, as in `SCE`. */
  trigram: string | null;
  /** `YYYY-MM-DD` */
  diedOn: string | null;
  /** Empty when the file has none at all, as some do. */
  mandates: Mandate[];
}

/** What a person was, where, from when to when. */
export interface Mandate {
  /** `PM…` */
  id: string;
  personId: string;
  /** `GP` political group, `ASSEMBLEE`, `COMPER`, `GOUVERNEMENT`, … */
  organType: string;
  /** `PO…`; usually one. */
  organIds: string[];
  legislature: number | null;
  /** `YYYY-MM-DD` */
  startsOn: string | null;
  /** Null: it lasts. */
  endsOn: string | null;
  /** `Président`, `Membre`, in the person's gender where the source knows it. */
  role: string | null;
  constituency: Constituency | null;
}

interface Constituency {
  department: string | null;
  /** `59`, `2A`, `099`. */
  departmentCode: string | null;
  number: number | null;
  region: string | null;
}

export interface Organ {
  /** `PO…` */
  id: string;
  /** `GP`, `COMPER`, `CNPE`, … */
  type: string;
  name: string;
  /** `Finances`, `RN` */
  shortName: string | null;
  /** `CION_FIN` */
  abbreviation: string | null;
  parentId: string | null;
  legislature: number | null;
  startsOn: string | null;
  endsOn: string | null;
  /** `#313567`, of political groups. */
  color: string | null;
}

/** The longest career on record has a few hundred mandates. */
const MAX_MANDATES = 5_000;

/**
 * Reads `json/acteur/PA….json`.
 * @throws AppError `portal/malformed` when it is no person with an id and a name.
 */
export function parsePerson(json: unknown): Person {
  const person = objectOf(objectOf(json).acteur);
  const id = idOf(person.uid, 'PA');
  const civil = objectOf(person.etatCivil);
  const identity = objectOf(civil.ident);
  const lastName = textOf(identity.nom);
  if (id === null || lastName === null) throw malformed(`acteur ${id ?? '?'}`, 'no id or no name');
  const mandates = listOf(objectOf(person.mandats).mandat).slice(0, MAX_MANDATES);
  return {
    id,
    civility: textOf(identity.civ),
    firstName: textOf(identity.prenom) ?? '',
    lastName,
    sortName: textOf(identity.alpha) ?? lastName,
    trigram: textOf(identity.trigramme),
    diedOn: dayOf(civil.dateDeces),
    mandates: mandates.map((mandate) => toMandate(objectOf(mandate), id)),
  };
}

/**
 * Reads `json/mandat/PM….json`, where a dump keeps mandates apart from people.
 * @throws AppError `portal/malformed` when it is no mandate with an id and a person.
 */
export function parseMandate(json: unknown): Mandate {
  return toMandate(objectOf(objectOf(json).mandat), null);
}

/**
 * Reads `json/organe/PO….json`.
 * @throws AppError `portal/malformed` when it is no organ with an id and a name.
 */
export function parseOrgan(json: unknown): Organ {
  const organ = objectOf(objectOf(json).organe);
  const id = idOf(organ.uid, 'PO');
  const name = textOf(organ.libelle);
  if (id === null || name === null) throw malformed(`organe ${id ?? '?'}`, 'no id or no name');
  const life = objectOf(organ.viMoDe);
  const color = textOf(organ.couleurAssociee);
  return {
    id,
    type: textOf(organ.codeType) ?? '',
    name,
    shortName: textOf(organ.libelleAbrege),
    abbreviation: textOf(organ.libelleAbrev),
    parentId: idOf(organ.organeParent, 'PO'),
    legislature: numberOf(organ.legislature),
    startsOn: dayOf(life.dateDebut),
    endsOn: dayOf(life.dateFin),
    color: color !== null && /^#[0-9a-f]{6}$/i.test(color) ? color : null,
  };
}

function toMandate(mandate: JsonRecord, owner: string | null): Mandate {
  const id = idOf(mandate.uid, 'PM');
  const personId = idOf(mandate.acteurRef, 'PA') ?? owner;
  if (id === null || personId === null) throw malformed(`mandat ${id ?? '?'}`, 'no id or no person');
  const quality = objectOf(mandate.infosQualite);
  return {
    id,
    personId,
    organType: textOf(mandate.typeOrgane) ?? '',
    organIds: textsOf(objectOf(mandate.organes).organeRef),
    legislature: numberOf(mandate.legislature),
    startsOn: dayOf(mandate.dateDebut),
    endsOn: dayOf(mandate.dateFin),
    role: textOf(quality.libQualiteSex) ?? textOf(quality.libQualite),
    constituency: constituencyOf(objectOf(objectOf(mandate.election).lieu)),
  };
}

function constituencyOf(place: JsonRecord): Constituency | null {
  const constituency = {
    department: textOf(place.departement),
    departmentCode: textOf(place.numDepartement),
    number: numberOf(place.numCirco),
    region: textOf(place.region),
  };
  return Object.values(constituency).every((value) => value === null) ? null : constituency;
}

/** The `uid` of a person is an object with attributes, that of an organ a plain string. */
function idOf(value: unknown, prefix: 'PA' | 'PO' | 'PM'): string | null {
  const id = textOf(value);
  return id?.startsWith(prefix) && /^\w{3,32}$/.test(id) ? id : null;
}

import { type FilmedSitting, filmedSittings, type Sitting, type SittingSpeaker } from '../sitting.ts';
import { parisTime } from './paris-time.ts';
import { zipOf } from './zip.ts';

/** Organs of the invented house, numbered where no real one is. */
const ASSEMBLY = 'PO838901';
const GROUPS = [
  { id: 'PO9900101', name: 'Groupe des Sources', short: 'SRC', color: '#2266AA' },
  { id: 'PO9900102', name: 'Groupe des Rivages', short: 'RIV', color: '#AA6622' },
] as const;
/** Mandates of the invented deputies last since the legislature began. */
const SINCE = '2024-07-07';

/** The Agenda dump: one member a meeting. */
export function renderAgendaZip(sittings: readonly Sitting[]): Buffer {
  const meetings = new Map(sittings.map((sitting) => [sitting.meetingId, sitting]));
  return zipOf(
    [...meetings.values()].map((sitting) => ({
      name: `json/reunion/${sitting.meetingId}.json`,
      text: JSON.stringify({ reunion: meetingOf(sitting) }),
    })),
  );
}

function meetingOf(sitting: Sitting): object {
  const { meetingId, startsAtMs, commission, place, agenda } = sitting;
  const plenary = commission === null;
  return {
    '@xsi:type': plenary ? 'seance_type' : 'reunionCommission_type',
    uid: meetingId,
    timeStampDebut: timeStamp(startsAtMs),
    lieu: { lieuRef: place.ref, libelleLong: place.label },
    cycleDeVie: { etat: 'Confirmé', chrono: null },
    organeReuniRef: plenary ? ASSEMBLY : `PO${commission.organId}`,
    captationVideo: 'true',
    ODJ: plenary
      ? {
          pointsODJ: {
            pointODJ: agenda.map((objet) => ({ objet, cycleDeVie: { etat: 'Confirmé' }, comiteSecret: 'false' })),
          },
        }
      : { convocationODJ: { item: agenda.length === 1 ? agenda[0] : agenda } },
  };
}

function timeStamp(timeMs: number): string {
  const { year, month, day, hour, minute, second, zone } = parisTime(timeMs);
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.000${zone === 'CEST' ? '+02:00' : '+01:00'}`;
}

/** The directory of people, mandates and organs, in the form of AMO10 and AMO30. Ministers are in no dump of deputies. */
export function renderDirectoryZip(sittings: readonly Sitting[]): Buffer {
  const films = filmedSittings(sittings);
  const organs = [
    ...GROUPS.map(({ id, name, short, color }) => ({
      uid: id,
      codeType: 'GP',
      libelle: name,
      libelleAbrege: short,
      libelleAbrev: short,
      couleurAssociee: color,
    })),
    ...commissions(sittings),
  ];
  return zipOf([
    ...deputies(films).map((person, index) => ({
      name: `json/acteur/PA${person.deputyNumber}.json`,
      text: JSON.stringify({ acteur: personOf(person, index) }),
    })),
    ...organs.map((organe) => ({ name: `json/organe/${organe.uid}.json`, text: JSON.stringify({ organe }) })),
  ]);
}

function commissions(sittings: readonly Sitting[]) {
  const found = new Map(sittings.flatMap(({ commission }) => (commission ? [[commission.organId, commission]] : [])));
  return [...found.values()].map(({ organId, label, shortLabel }) => ({
    uid: `PO${organId}`,
    codeType: 'COMPER',
    libelle: label,
    libelleAbrege: label,
    libelleAbrev: shortLabel,
  }));
}

function deputies(films: readonly FilmedSitting[]): SittingSpeaker[] {
  const people = films.flatMap(({ speakers }) => speakers);
  const numbered = people.filter(({ deputyNumber, role }) => deputyNumber !== '' && role === null);
  return [...new Map(numbered.map((person) => [person.deputyNumber, person])).values()];
}

function personOf({ name, deputyNumber }: SittingSpeaker, index: number): object {
  const [civ = '', prenom = '', ...rest] = name.split(' ');
  const number = Number(deputyNumber);
  const group = GROUPS[number % GROUPS.length];
  const mandate = (offset: number, typeOrgane: string, organeRef: string, libQualite: string) => ({
    uid: `PM${deputyNumber}${offset}`,
    acteurRef: `PA${deputyNumber}`,
    legislature: '17',
    typeOrgane,
    dateDebut: SINCE,
    dateFin: null,
    infosQualite: { codeQualite: 'Membre', libQualite, libQualiteSex: libQualite },
    organes: { organeRef },
  });
  return {
    uid: { '@xsi:type': 'IdActeur_type', '#text': `PA${deputyNumber}` },
    etatCivil: { ident: { civ, prenom, nom: rest.join(' '), alpha: rest.join(' '), trigramme: null } },
    // Real files hold addresses here: whoever reads them must leave these behind.
    adresses: { adresse: { typeLibelle: 'Mèl', valElec: `${deputyNumber}@exemple.invalid` } },
    mandats: {
      mandat: [
        {
          ...mandate(1, 'ASSEMBLEE', ASSEMBLY, 'membre'),
          election: {
            lieu: {
              region: 'Région inventée',
              departement: 'Vaucourt',
              numDepartement: '099',
              numCirco: String(index + 1),
            },
          },
        },
        mandate(2, 'GP', group?.id ?? ASSEMBLY, 'Membre'),
      ],
    },
  };
}

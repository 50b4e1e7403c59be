import { malformed } from './errors.ts';
import {
  booleanOf,
  dayOf,
  instantOf,
  type JsonRecord,
  listOf,
  numberOf,
  objectOf,
  textOf,
  textsOf,
} from './json-from-xml.ts';

/** A record of the Agenda dump: a meeting that is planned, held, cancelled or withdrawn. */
export interface AgendaMeeting {
  /** `RUANR…`; `RUSN…` for the Senate. */
  id: string;
  /** `initiative` are study groups and the like, never filmed. */
  kind: 'sitting' | 'commission' | 'initiative' | 'unknown';
  /** The Assembly's dump also holds the sittings of the Senate. */
  chamber: 'assemblee' | 'senat';
  state: AgendaState;
  /** ISO 8601 with offset. */
  startsAt: string;
  /** Missing for many: cancelled or still to come. */
  endsAt: string | null;
  /** `SLANPBS6242` and `Salle 6242 – Palais Bourbon`. */
  placeId: string | null;
  place: string | null;
  /** `PO…` of the organ that meets; may be in no dump of organs. */
  organId: string | null;
  sessionId: string | null;
  /** `CRSANR…` or `CRCANR…` */
  reportId: string | null;
  filmed: boolean;
  openToPress: boolean;
  remote: boolean;
  /** Of a sitting: number within the session, rank within the day (null when unknown), Paris day. */
  sittingNumber: number | null;
  dayRank: number | null;
  sittingDay: string | null;
  /** One subject a line, each once; withdrawn points are not among them. */
  subjects: string[];
  points: AgendaPoint[];
  /** Members of the organ and whether they came; empty for sittings. */
  participants: { personId: string; presence: 'present' | 'absent' | 'excused' }[];
}

type AgendaState = 'confirmed' | 'tentative' | 'cancelled' | 'withdrawn' | 'unknown';

interface AgendaPoint {
  id: string | null;
  subject: string | null;
  /** `Questions au Gouvernement`, `Suite de la discussion`, `Audition`, … as published. */
  type: string | null;
  /** A point may be withdrawn from a sitting that stands. */
  state: AgendaState;
  /** Held behind closed doors. */
  secret: boolean;
  /** `DLR…` */
  fileIds: string[];
}

const SENATE_ORGAN = 'PO78718';

/** Lists far beyond any real record are cut there: the largest meeting has some 140 members and 40 points. */
const MAX_ITEMS = 2_000;

const STATES: Readonly<Record<string, AgendaState>> = {
  Confirmé: 'confirmed',
  Eventuel: 'tentative',
  Éventuel: 'tentative',
  Annulé: 'cancelled',
  Supprimé: 'withdrawn',
};

const PRESENCES: Readonly<Record<string, 'present' | 'absent' | 'excused'>> = {
  présent: 'present',
  absent: 'absent',
  excusé: 'excused',
};

const DAY_RANKS: Readonly<Record<string, number>> = { Unique: 1, Première: 1, Deuxième: 2, Troisième: 3, Quatrième: 4 };

/**
 * Reads one member of the Agenda dump, `json/reunion/<uid>.json`, already through `JSON.parse`.
 * @throws AppError `portal/malformed` when it is no meeting with an id and a start.
 */
export function parseAgendaMeeting(json: unknown): AgendaMeeting {
  const meeting = objectOf(objectOf(json).reunion);
  const id = textOf(meeting.uid);
  const startsAt = instantOf(meeting.timeStampDebut);
  if (id === null || !/^RU[A-Z0-9]{3,60}$/.test(id) || startsAt === null) {
    throw malformed(`réunion ${id ?? '?'}`, 'no id or no start');
  }
  const organId = textOf(meeting.organeReuniRef);
  const place = objectOf(meeting.lieu);
  const agenda = objectOf(meeting.ODJ);
  const identifiers = objectOf(meeting.identifiants);
  const points = listOf(objectOf(agenda.pointsODJ).pointODJ).slice(0, MAX_ITEMS).map(parsePoint);
  return {
    id,
    kind: kindOf(meeting, id),
    chamber: organId === SENATE_ORGAN || id.startsWith('RUSN') ? 'senat' : 'assemblee',
    state: stateOf(meeting),
    startsAt,
    endsAt: instantOf(meeting.timeStampFin),
    placeId: textOf(place.lieuRef),
    place: textOf(place.libelleLong),
    organId,
    sessionId: textOf(meeting.sessionRef),
    reportId: textOf(meeting.compteRenduRef),
    filmed: booleanOf(meeting.captationVideo) ?? false,
    openToPress: booleanOf(meeting.ouverturePresse) ?? false,
    remote: booleanOf(meeting.visioConference) ?? false,
    sittingNumber: numberOf(identifiers.numSeanceJO),
    dayRank: DAY_RANKS[textOf(identifiers.quantieme) ?? ''] ?? null,
    sittingDay: dayOf(identifiers.DateSeance),
    subjects: subjectsOf(agenda, points),
    points,
    participants: parseParticipants(meeting),
  };
}

function parsePoint(json: unknown): AgendaPoint {
  const point = objectOf(json);
  return {
    id: textOf(point.uid),
    subject: textOf(point.objet)?.replaceAll('\n', ' ') ?? null,
    type: textOf(point.typePointODJ),
    state: stateOf(point),
    secret: booleanOf(point.comiteSecret) ?? false,
    fileIds: textsOf(objectOf(point.dossiersLegislatifsRefs).dossierRef),
  };
}

function stateOf(record: JsonRecord): AgendaState {
  return STATES[textOf(objectOf(record.cycleDeVie).etat) ?? ''] ?? 'unknown';
}

function kindOf(meeting: JsonRecord, id: string): AgendaMeeting['kind'] {
  const type = textOf(meeting['@xsi:type']);
  if (type === 'seance_type') return 'sitting';
  if (type === 'reunionCommission_type') return 'commission';
  if (type === 'reunionInitParlementaire_type') return 'initiative';
  // Mixed exports drop the type; the id says it too.
  if (/\dIDS\d/.test(id)) return 'sitting';
  if (/\dIDC\d/.test(id)) return 'commission';
  return /\dIDFL\d/.test(id) ? 'initiative' : 'unknown';
}

/**
 * The convocation; without one the summary, which is the same text reworded; without either (sittings) the points that
 * stand. The points of a commission only repeat its lines in general terms (`Examen du texte`).
 */
function subjectsOf(agenda: JsonRecord, points: readonly AgendaPoint[]): string[] {
  const items = [agenda.convocationODJ, agenda.resumeODJ]
    .map((part) => textsOf(objectOf(part).item))
    .find((texts) => texts.length > 0);
  const standing = points.filter(({ state }) => state !== 'withdrawn' && state !== 'cancelled');
  const lines = (items ?? standing.map(({ subject }) => subject ?? '')).flatMap((text) => text.split('\n'));
  const subjects = lines.map((line) => line.replace(/^[\s\-–—•*]+/, '').replace(/[\s;]+$/, ''));
  return [...new Set(subjects)].filter((subject) => subject !== '').slice(0, MAX_ITEMS);
}

function parseParticipants(meeting: JsonRecord): AgendaMeeting['participants'] {
  const members = listOf(objectOf(objectOf(meeting.participants).participantsInternes).participantInterne);
  return members.slice(0, MAX_ITEMS).flatMap((json) => {
    const member = objectOf(json);
    const personId = textOf(member.acteurRef);
    const presence = PRESENCES[textOf(member.presence) ?? ''];
    return personId === null || presence === undefined ? [] : [{ personId, presence }];
  });
}

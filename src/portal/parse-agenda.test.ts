import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SAMPLES, sample } from '../../tests/support/samples.ts';
import { announceMeeting } from './announce-meeting.ts';
import { type AgendaMeeting, parseAgendaMeeting } from './parse-agenda.ts';

describe('parseAgendaMeeting', () => {
  it('reads a commission meeting whose lists are strings', () => {
    expect(parseAgendaMeeting(meetingJson({}))).toEqual({
      id: 'RUANR5L17S2030IDC900001',
      kind: 'commission',
      chamber: 'assemblee',
      state: 'confirmed',
      startsAt: '2030-01-15T09:30:00.000+01:00',
      endsAt: null,
      placeId: 'SLANPBS6242',
      place: 'Salle 6242 – Palais Bourbon',
      organId: 'PO59048',
      sessionId: null,
      reportId: null,
      filmed: true,
      openToPress: true,
      remote: false,
      sittingNumber: null,
      dayRank: null,
      sittingDay: null,
      subjects: ['Examen de la proposition de loi relative aux dunes'],
      points: [],
      participants: [],
    });
  });

  it.each([
    ['Confirmé', 'confirmed'],
    ['Eventuel', 'tentative'],
    ['Annulé', 'cancelled'],
    ['Supprimé', 'withdrawn'],
    ['Reporté', 'unknown'],
    [null, 'unknown'],
  ] as const)('state %s is %s', (etat, state) => {
    expect(parseAgendaMeeting(meetingJson({ cycleDeVie: { etat } })).state).toBe(state);
  });

  it.each([
    ['seance_type', 'RUANR5L17S2030IDS90001', 'sitting'],
    ['reunionCommission_type', 'RUANR5L17S2030IDC900001', 'commission'],
    ['reunionInitParlementaire_type', 'RUANR5L17S2030IDFL900001', 'initiative'],
    [undefined, 'RUANR5L17S2030IDS90001', 'sitting'],
    [undefined, 'RUANR5L17S2030IDC900001', 'commission'],
    [undefined, 'RUANR5L17S2030IDFL900001', 'initiative'],
    [undefined, 'RUANR5L17S2030X1', 'unknown'],
  ] as const)('type %s of %s is %s: mixed exports drop the type', (type, uid, kind) => {
    expect(parseAgendaMeeting(meetingJson({ '@xsi:type': type, uid })).kind).toBe(kind);
  });

  it.each([
    [{ organeReuniRef: 'PO78718' }, 'senat'],
    [{ uid: 'RUSNR5L17S2030IDS90001', organeReuniRef: null }, 'senat'],
    [{ organeReuniRef: 'PO838901' }, 'assemblee'],
  ] as const)('chamber of %o is %s', (change, chamber) => {
    expect(parseAgendaMeeting(meetingJson(change)).chamber).toBe(chamber);
  });

  it.each([
    [
      'a string with \\r line ends',
      { convocationODJ: { item: '- Un sujet ;\r\n- Un autre.\r' } },
      ['Un sujet', 'Un autre.'],
    ],
    ['a list', { convocationODJ: { item: ['Un sujet', 'Un autre'] } }, ['Un sujet', 'Un autre']],
    ['the same text twice', { convocationODJ: { item: 'Un sujet' }, resumeODJ: { item: 'un sujet.' } }, ['Un sujet']],
    ['twice in one list', { convocationODJ: { item: ['Un sujet', '- Un sujet'] } }, ['Un sujet']],
    ['only a summary', { convocationODJ: { '@xsi:nil': 'true' }, resumeODJ: { item: 'un sujet' } }, ['un sujet']],
    ['nothing', { convocationODJ: null, resumeODJ: null, pointsODJ: null }, []],
  ])('subjects: %s', (_, ODJ, subjects) => {
    expect(parseAgendaMeeting(meetingJson({ ODJ })).subjects).toEqual(subjects);
  });

  it.each([
    ['object', pointJson({})],
    ['list', [pointJson({})]],
  ])('points as an %s', (_, pointODJ) => {
    const { points, subjects } = parseAgendaMeeting(meetingJson({ ODJ: { pointsODJ: { pointODJ } } }));
    expect(points).toEqual([
      {
        id: 'PT1',
        subject: 'Questions au Gouvernement',
        type: 'Questions au Gouvernement',
        state: 'confirmed',
        secret: false,
        fileIds: [],
      },
    ]);
    expect(subjects).toEqual(['Questions au Gouvernement']);
  });

  it('keeps a withdrawn point of a standing sitting among the points, and out of the subjects', () => {
    const withdrawn = pointJson({ objet: 'Vote solennel', cycleDeVie: { etat: 'Supprimé' }, comiteSecret: 'true' });
    const meeting = parseAgendaMeeting(meetingJson({ ODJ: { pointsODJ: { pointODJ: [pointJson({}), withdrawn] } } }));
    expect(meeting.points.map(({ state, secret }) => [state, secret])).toEqual([
      ['confirmed', false],
      ['withdrawn', true],
    ]);
    expect(meeting.subjects).toEqual(['Questions au Gouvernement']);
  });

  it.each([
    ['one', { dossierRef: 'DLR1' }, ['DLR1']],
    ['many', { dossierRef: ['DLR1', 'DLR2'] }, ['DLR1', 'DLR2']],
    ['none', null, []],
  ])('legislative files: %s', (_, dossiersLegislatifsRefs, fileIds) => {
    const pointODJ = pointJson({ dossiersLegislatifsRefs });
    expect(parseAgendaMeeting(meetingJson({ ODJ: { pointsODJ: { pointODJ } } })).points[0]?.fileIds).toEqual(fileIds);
  });

  it.each([
    ['no place', { lieu: undefined }, { place: null, placeId: null }],
    [
      'a place without a reference',
      { lieu: { lieuRef: null, libelleLong: 'salle 4075' } },
      { place: 'salle 4075', placeId: null },
    ],
    ['nil end', { timeStampFin: { '@xsi:nil': 'true' } }, { endsAt: null }],
    ['unfilmed', { captationVideo: 'false' }, { filmed: false }],
    ['no word on filming (study groups)', { captationVideo: undefined }, { filmed: false }],
    ['remote', { visioConference: 'true' }, { remote: true }],
    [
      'a sitting',
      { identifiants: { numSeanceJO: '25', quantieme: 'Deuxième', DateSeance: '2030-01-15+01:00' } },
      { sittingNumber: 25, dayRank: 2, sittingDay: '2030-01-15' },
    ],
    [
      'a single sitting',
      { identifiants: { numSeanceJO: null, quantieme: 'Unique' } },
      { sittingNumber: null, dayRank: 1 },
    ],
  ])('%s', (_, change, expected) => {
    expect(parseAgendaMeeting(meetingJson(change))).toMatchObject(expected);
  });

  it('reads who was there, one or many, and drops what it does not understand', () => {
    const one = { acteurRef: 'PA1', presence: 'présent' };
    const read = (participantInterne: unknown) =>
      parseAgendaMeeting(meetingJson({ participants: { participantsInternes: { participantInterne } } })).participants;
    expect(read(one)).toEqual([{ personId: 'PA1', presence: 'present' }]);
    expect(read([one, { acteurRef: 'PA2', presence: 'excusé' }, { acteurRef: 'PA3', presence: '?' }, null])).toEqual([
      { personId: 'PA1', presence: 'present' },
      { personId: 'PA2', presence: 'excused' },
    ]);
  });

  it.each([
    ['nothing', null],
    ['a list', []],
    ['another record', { organe: { uid: 'PO1' } }],
    ['no id', { reunion: { timeStampDebut: '2030-01-15T09:30:00.000+01:00' } }],
    ['no start', meetingJson({ timeStampDebut: null })],
    ['a start that is no instant', meetingJson({ timeStampDebut: '2030-13-45T99:99:99.000+01:00' })],
  ])('refuses %s with a coded error', (_, json) => {
    expect(() => parseAgendaMeeting(json)).toThrow(expect.objectContaining({ code: 'portal/malformed' }));
  });
});

describe('announceMeeting', () => {
  it.each([
    ['a confirmed commission', {}, { announced: true, certain: true, type: 'commission' }],
    ['a tentative one is uncertain', { state: 'tentative' }, { announced: true, certain: false, type: 'commission' }],
    ['cancelled', { state: 'cancelled' }, { announced: false, reason: 'cancelled' }],
    ['withdrawn', { state: 'withdrawn' }, { announced: false, reason: 'withdrawn' }],
    ['a state nobody has seen', { state: 'unknown' }, { announced: false, reason: 'unknown-state' }],
    ['the Senate, though filmed', { chamber: 'senat', kind: 'sitting' }, { announced: false, reason: 'senate' }],
    ['not filmed', { filmed: false }, { announced: false, reason: 'not-filmed' }],
    ['a sitting', { kind: 'sitting' }, { announced: true, certain: true, type: 'seance_publique' }],
    ['a filmed study group', { kind: 'initiative' }, { announced: true, certain: true, type: 'autre' }],
    [
      'a hearing by its wording',
      { subjects: ['A 10h : auditions de M. X'] },
      { announced: true, certain: true, type: 'audition' },
    ],
    [
      'not a hearing',
      { subjects: ['Préauditionner les candidats'] },
      { announced: true, certain: true, type: 'commission' },
    ],
    [
      'a hearing by its point',
      {
        points: [
          { id: null, subject: null, type: 'Audition ministre', state: 'confirmed', secret: false, fileIds: [] },
        ],
      },
      { announced: true, certain: true, type: 'audition' },
    ],
  ] as const)('%s', (_, change, expected) => {
    const meeting: AgendaMeeting = { ...parseAgendaMeeting(meetingJson({})), ...(change as Partial<AgendaMeeting>) };
    expect(announceMeeting(meeting)).toEqual(expected);
  });
});

describe.skipIf(SAMPLES === null)('real Agenda records', () => {
  const meetings = () =>
    globSync(sample('reunion/*/*.json')).map((path) => parseAgendaMeeting(JSON.parse(readFileSync(path, 'utf8'))));

  it('every one parses, and what is announced is what the day really offered', () => {
    const counts = Map.groupBy(meetings(), (meeting) => {
      const announcement = announceMeeting(meeting);
      return announcement.announced ? announcement.type : announcement.reason;
    });
    expect(Object.fromEntries([...counts].map(([key, list]) => [key, list.length]))).toEqual({
      seance_publique: 19,
      commission: 25,
      audition: 14,
      'not-filmed': 42,
      cancelled: 11,
      withdrawn: 2,
      senate: 3,
    });
  });

  it('two meetings never share an id, and each announced one says what it is about', () => {
    const all = meetings();
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const mute = all.filter((meeting) => announceMeeting(meeting).announced && meeting.subjects.length === 0);
    expect(mute.map(({ id }) => id)).toEqual([]);
  });

  it('joins the record of 27 November 2024', () => {
    expect(meetings().find(({ id }) => id === 'RUANR5L17S2025IDS28723')).toMatchObject({
      kind: 'sitting',
      reportId: 'CRSANR5L17S2025O1N053',
    });
  });
});

function meetingJson(change: Record<string, unknown>): unknown {
  return {
    reunion: {
      '@xsi:type': 'reunionCommission_type',
      uid: 'RUANR5L17S2030IDC900001',
      timeStampDebut: '2030-01-15T09:30:00.000+01:00',
      lieu: { lieuRef: 'SLANPBS6242', libelleLong: 'Salle 6242 – Palais Bourbon' },
      cycleDeVie: { etat: 'Confirmé' },
      organeReuniRef: 'PO59048',
      participants: null,
      visioConference: 'false',
      sessionRef: null,
      ouverturePresse: 'true',
      captationVideo: 'true',
      ODJ: {
        convocationODJ: { item: 'Examen de la proposition de loi relative aux dunes' },
        resumeODJ: { item: 'examen de la proposition de loi relative aux dunes' },
        pointsODJ: null,
      },
      compteRenduRef: null,
      ...change,
    },
  };
}

function pointJson(change: Record<string, unknown>): Record<string, unknown> {
  return {
    uid: 'PT1',
    cycleDeVie: { etat: 'Confirmé' },
    objet: 'Questions au Gouvernement',
    dossiersLegislatifsRefs: null,
    typePointODJ: 'Questions au Gouvernement',
    comiteSecret: 'false',
    ...change,
  };
}

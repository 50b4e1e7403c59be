import { describe, expect, it } from 'vitest';
import { type AgendaMeeting, createPortalAddresses } from '../portal/index.ts';
import { decideMeeting } from './announce-agenda.ts';

const NOW = new Date('2026-10-06T12:00:00Z');
const url = 'https://an.example';
const context = {
  now: NOW,
  organNames: new Map([['PO59048', 'Commission des finances']]),
  addresses: createPortalAddresses({ portalUrl: url, mediaUrl: url, hlsUrl: url, openDataUrl: url, siteUrl: url }),
  provenance: { url, fetchedAt: NOW, etag: null, lastModified: null, sha256: null },
};

function meeting(change: Partial<AgendaMeeting> = {}): AgendaMeeting {
  return {
    id: 'RUANR5L17S2027IDC1',
    kind: 'commission',
    chamber: 'assemblee',
    state: 'confirmed',
    startsAt: '2026-10-07T09:30:00.000+02:00',
    endsAt: null,
    placeId: null,
    place: 'Salle 6350',
    organId: 'PO59048',
    sessionId: null,
    reportId: null,
    filmed: true,
    openToPress: true,
    remote: false,
    sittingNumber: null,
    dayRank: null,
    sittingDay: null,
    subjects: ['Crédits', 'Questions diverses'],
    points: [],
    participants: [],
    ...change,
  };
}
const sitting = (change: Partial<AgendaMeeting>) =>
  meeting({ kind: 'sitting', organId: 'PO838901', id: 'RUANR5L17S2027IDS1', ...change });

describe('decideMeeting', () => {
  it('announces a filmed meeting to come, under its first subject', () => {
    expect(decideMeeting(meeting(), context)).toMatchObject({
      kind: 'announce',
      announcement: {
        meetingId: 'RUANR5L17S2027IDC1',
        title: 'Crédits',
        description: 'Crédits\nQuestions diverses',
        commission: 'Commission des finances',
        startsAt: '2026-10-07T09:30:00+02:00',
        isCertain: true,
        thumbnailUrl: `${url}/live/images/59048.jpg`,
      },
    });
  });

  it.each([
    ['the first sitting of its day', sitting({ dayRank: 1 }), '1ère séance : Crédits'],
    ['the third', sitting({ dayRank: 3 }), '3ème séance : Crédits'],
    ['of unknown rank and subject', sitting({ subjects: [] }), 'Séance publique'],
    ['a commission without a subject', meeting({ subjects: [] }), 'Commission des finances'],
    ['of an organ in no dump', meeting({ subjects: [], organId: 'PO1' }), 'Réunion'],
  ])('titles %s', (_case, given, title) => {
    expect(decideMeeting(given, context)).toMatchObject({ announcement: { title } });
  });

  it.each([
    ['tentative: uncertain', { state: 'tentative' }, { kind: 'announce', announcement: { isCertain: false } }],
    ['cancelled', { state: 'cancelled' }, { kind: 'cancel', meetingId: 'RUANR5L17S2027IDC1' }],
    ['struck from the agenda', { state: 'withdrawn' }, { kind: 'cancel' }],
    ['in a state nobody knows', { state: 'unknown' }, { kind: 'leave' }],
    ['of the Senate', { chamber: 'senat' }, { kind: 'leave' }],
    ['not filmed', { filmed: false }, { kind: 'leave' }],
    ['over since yesterday', { startsAt: '2026-10-05T09:30:00.000+02:00' }, { kind: 'leave' }],
    ['begun this morning', { startsAt: '2026-10-06T09:30:00.000+02:00' }, { kind: 'announce' }],
  ] as const)('%s', (_case, change, expected) => {
    expect(decideMeeting(meeting(change), context)).toMatchObject(expected);
  });
});

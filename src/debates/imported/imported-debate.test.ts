import { expect, test } from 'vitest';
import { readImported } from './imported-debate.ts';

const SAID = { id: 'a-1', title: 'Audition', type: 'audition', date: '2025-06-05' };
const VIDEO = '17023620_6841ecc048526';
const read = (change: object) => readImported({ ...SAID, ...change });

test('a debate with every field is taken in the words of a source', () => {
  const reading = read({
    description: 'Un\u0000 sujet ',
    status: 'disponible',
    start_time: '2025-06-05T15:00:00+02:00',
    source_url: `https://videos.assemblee-nationale.fr/video.${VIDEO}.3eme-seance`,
    thumbnail_url: 'https://example.org/a.jpg',
    commission: 'Finances',
    salle: '6242',
    legislature: 17,
    session: null,
    meeting_id: 'RUANR5L17S2025IDC1',
    speakers: ['M. Un', { id: 'PA1', name: 'Mme Deux', role: 'rapporteure' }, { name: 'M. Un' }],
    ministers: ['Mme Trois'],
    tags: ['Budget'],
    keywords: ['Budget', 'Eau'],
    view_count: 12,
    duration_minutes: 120,
    audio_files: [{ any: 'thing' }],
    metadata: { any: 'thing' },
  });
  expect(reading).toMatchObject({
    kind: 'debate',
    imported: {
      ids: ['a-1', VIDEO],
      hasHour: true,
      viewCount: 12,
      observed: {
        ref: { source: 'portal', id: VIDEO },
        description: 'Un  sujet',
        state: 'ended',
        startsAt: '2025-06-05T15:00:00+02:00',
        commission: 'Finances',
        place: '6242',
        session: null,
        meetingId: 'RUANR5L17S2025IDC1',
        tags: ['Budget', 'Eau'],
        speakers: [
          { name: 'M. Un', personId: null, role: null },
          { name: 'Mme Deux', personId: 'PA1', role: 'rapporteure' },
          { name: 'Mme Trois', role: 'ministre' },
        ],
      },
    },
  });
});

test.each<[string, object, object]>([
  [
    'the least',
    {},
    { ids: ['a-1'], hasHour: false, observed: { ref: { source: 'page', id: 'a-1', url: '' }, state: 'ended' } },
  ],
  [
    'a page of elsewhere',
    { source_url: 'https://lcp.example/1' },
    { observed: { ref: { source: 'page', url: 'https://lcp.example/1' } } },
  ],
  ['an id of the portal', { id: VIDEO }, { ids: [VIDEO], observed: { ref: { source: 'portal', id: VIDEO } } }],
  [
    'a day written as an instant',
    { date: '2025-06-05T00:00:00' },
    { observed: { startsAt: '2025-06-05T00:00:00+02:00' } },
  ],
  ['a status of the past', { status: 'en_cours' }, { observed: { state: 'ended' } }],
  [
    'a meeting to come',
    { status: 'programme', meeting_id: 'RUANR5L17S2025IDC1' },
    { observed: { state: 'announced', ref: { source: 'portal' } } },
  ],
])('%s is taken', (_what, change, imported) => {
  expect(read(change)).toMatchObject({ kind: 'debate', imported });
});

test.each<[string, object, string]>([
  ['no id', { id: undefined }, 'id'],
  ['an id with a slash', { id: 'a/1' }, 'id'],
  ['a number for an id', { id: 7 }, 'id'],
  ['an empty title', { title: '' }, 'title'],
  ['a type of its own', { type: 'podcast' }, 'type'],
  ['a day of no calendar', { date: '2025-02-30' }, 'date'],
  ['a day before the Assembly', { date: '1900-01-01' }, 'date'],
  ['an hour without an offset', { start_time: '2025-06-05T15:00:00' }, 'date, start_time'],
  ['an hour of another day', { start_time: '2025-06-07T15:00:00Z' }, 'date, start_time'],
  ['an address that is none', { source_url: 'javascript:alert(1)' }, 'source_url: expected'],
  ['an address with a password', { video_url: 'https://a:b@example.org/' }, 'video_url: expected'],
  ['a field that nobody knows', { titre: 'x' }, 'titre: unknown field'],
  ['a speaker with a field that nobody knows', { speakers: [{ name: 'x', email: 'x@example.org' }] }, 'speakers.0'],
  ['a count below zero', { view_count: -1 }, 'view_count'],
  ['an announcement of no meeting', { status: 'programme' }, 'meeting_id'],
])('%s is refused, and the reason names the field', (_what, change, reason) => {
  const reading = read(change);
  expect(reading.kind === 'refused' && reading.reasons.join('; ')).toContain(reason);
});

test.each([null, 7, 'text', [], [SAID]])('%j is no object', (value) => {
  expect(readImported(value)).toEqual({ kind: 'refused', reasons: ['not an object'] });
});

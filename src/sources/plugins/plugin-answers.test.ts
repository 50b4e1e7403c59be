import { describe, expect, test } from 'vitest';
import { readCaptions, readDebate, readEntries, readMedia } from './plugin-answers.ts';

const READING = { plugin: 'radio', hosts: ['radio.example'] };
const REF = { source: 'radio', id: 'radio_7', url: 'https://radio.example/7' };
const PERIOD = { since: '2026-10-05', until: '2026-10-06' };
const DEBATE = {
  title: 'Débat du soir',
  type: 'autre',
  state: 'ended',
  startsAt: '2026-10-06T19:00:00Z',
  media: [{ kind: 'mp3', url: 'https://radio.example/7.mp3', durationAtLeastSeconds: 60 }],
};
const debateWith = (change: object): string => JSON.stringify({ ...DEBATE, ...change });
const unusable = expect.objectContaining({ code: 'sources/plugin-answer' });

describe('a list', () => {
  const entry = (change: object = {}) => ({ id: '7', url: 'https://radio.example/7', day: '2026-10-06', ...change });
  const read = (entries: unknown) => readEntries(READING, JSON.stringify(entries), PERIOD);

  test('gives refs by day, under ids that no other source can give', () => {
    expect(read([entry(), entry({ id: '8', day: '2026-10-05' })])).toEqual({
      days: new Map([
        ['2026-10-06', [REF]],
        ['2026-10-05', [{ ...REF, id: 'radio_8' }]],
      ]),
      rejected: [],
    });
  });

  test.each<[string, unknown, string]>([
    ['a day outside', entry({ day: '2026-10-07' }), 'its day is not within'],
    ['no day', entry({ day: '2026-13-40' }), 'its day is not within'],
    ['another host', entry({ url: 'https://evil.example/7' }), 'none of the plugin’s hosts'],
    ['an id with a slash', entry({ id: '../7' }), '/id'],
    ['an id with the mark that ends the plugin’s name', entry({ id: '7_8' }), '/id'],
    ['a number for an id', entry({ id: 7 }), '/id'],
    ['nothing', null, 'the answer'],
  ])('one with %s is rejected with the reason, and the others are taken', (_what, wrong, reason) => {
    const { days, rejected } = read([wrong, entry()]);
    expect([...days.keys()]).toEqual(['2026-10-06']);
    expect(rejected).toEqual([{ entry: expect.any(String), reason: expect.stringContaining(reason) }]);
  });

  test.each<[string, unknown]>([
    ['no list', { items: [] }],
    ['more entries than a house has', Array.from({ length: 2_001 }, () => entry())],
  ])('%s is refused whole', (_what, answer) => {
    expect(() => read(answer)).toThrowError(unusable);
  });
});

describe('a debate', () => {
  test('is read in the product’s words', () => {
    const read = readDebate(
      READING,
      debateWith({
        description: 'Un\u0000 \t sujet \r\n Un autre',
        tags: ['Eau', 'Eau'],
        speakers: [{ name: 'Mme Vautrain', role: 'rapporteure', personId: 'PA12' }, { name: 'Mme Vautrain' }],
        chapters: [{ label: 'Ouverture', startsAtMs: 5_000, speakers: ['Mme Vautrain'] }, { label: 'Suite' }],
      }),
      REF,
    );
    expect(read?.debate).toEqual({
      ref: REF,
      title: 'Débat du soir',
      description: 'Un sujet\nUn autre',
      type: 'autre',
      sourceType: null,
      state: 'ended',
      startsAt: '2026-10-06T21:00:00+02:00',
      durationAtLeastSeconds: null,
      place: null,
      commission: null,
      legislature: null,
      session: null,
      meetingId: null,
      reportUrl: null,
      thumbnailUrl: null,
      liveUrl: null,
      tags: ['Eau'],
      media: [{ kind: 'mp3', url: 'https://radio.example/7.mp3', durationAtLeastSeconds: 60 }],
      chapters: [
        {
          id: 'chapter-1',
          label: 'Ouverture',
          typedLabel: 'Ouverture',
          kind: null,
          speakerIds: ['Mme Vautrain'],
          children: [],
        },
        { id: 'chapter-2', label: 'Suite', typedLabel: 'Suite', kind: null, speakerIds: [], children: [] },
      ],
      speakers: [{ id: 'Mme Vautrain', name: 'Mme Vautrain', role: 'rapporteure', personId: 'PA12' }],
    });
    expect(read?.synchros).toEqual([{ id: 'chapter-1', startsAtMs: 5_000 }]);
  });

  test('that is withdrawn says so by null', () => {
    expect(readDebate(READING, 'null', REF)).toBeNull();
  });

  test('has no sound before it has ended, and no live picture after', () => {
    const live = { liveUrl: 'https://elsewhere.example/live.m3u8' };
    expect(readDebate(READING, debateWith({ ...live, state: 'live' }), REF)?.debate).toMatchObject({
      liveUrl: live.liveUrl,
      media: [],
    });
    expect(readDebate(READING, debateWith(live), REF)?.debate).toMatchObject({ liveUrl: null });
  });

  test.each<[string, object]>([
    ['a field that nobody knows', { meetingId: 'RUANR5L17S2027IDS99001' }],
    ['no title', { title: '' }],
    ['a title longer than a screen', { title: 'a'.repeat(501) }],
    ['a type of its own', { type: 'podcast' }],
    ['no instant', { startsAt: '2026-10-06' }],
    ['an instant of no calendar', { startsAt: '2026-13-45T99:00:00Z' }],
    ['sound from elsewhere', { media: [{ kind: 'mp3', url: 'http://169.254.169.254/latest' }] }],
    ['sound in a file', { media: [{ kind: 'mp3', url: 'file:///etc/passwd' }] }],
    ['sound of a kind that nobody knows', { media: [{ kind: 'exe', url: 'https://radio.example/7' }] }],
    ['a chapter after the longest day', { chapters: [{ label: 'x', startsAtMs: 90_000_000 }] }],
    ['more chapters than anyone keys', { chapters: Array.from({ length: 2_001 }, () => ({ label: 'x' })) }],
    ['a number for a description', { description: 7 }],
  ])('with %s is refused', (_what, change) => {
    expect(() => readDebate(READING, debateWith(change), REF)).toThrowError(unusable);
  });

  test.each(['javascript:alert(1)', 'https://user:pass@radio.example/', 'nonsense'])(
    'whose picture is %j is shown without one',
    (thumbnailUrl) => {
      expect(readDebate(READING, debateWith({ thumbnailUrl }), REF)?.debate.thumbnailUrl).toBeNull();
    },
  );
});

test('media and captions are read under the same rules', () => {
  expect(readMedia(READING, '[{"kind":"page","url":"https://radio.example/7"}]')).toEqual([
    { kind: 'page', url: 'https://radio.example/7', durationAtLeastSeconds: null },
  ]);
  expect(() => readMedia(READING, '"no"')).toThrowError(unusable);
  expect(readCaptions(READING, 'null')).toBeNull();
  expect(readCaptions(READING, '[{"startsAtMs":0,"endsAtMs":900,"text":"Bonjour\\u0000 à tous"}]')).toEqual([
    { startsAtMs: 0, endsAtMs: 900, text: 'Bonjour à tous' },
  ]);
  expect(() => readCaptions(READING, '[{"startsAtMs":-1,"endsAtMs":900,"text":""}]')).toThrowError(unusable);
});

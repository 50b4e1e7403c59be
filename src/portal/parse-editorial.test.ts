import { describe, expect, test } from 'vitest';
import { fixture } from '../../tests/support/portal-fixtures.ts';
import { parseEditorial } from './parse-editorial.ts';

describe("the day's programme", () => {
  test('may hold no diffusion', () => {
    expect(parseEditorial(fixture('editorial/no-diffusion.xml'))).toEqual({
      day: '2026-10-04',
      title: 'Dimanche 4 octobre 2026',
      introduction: '',
      diffusions: [],
    });
  });

  test('a single diffusion is a list of one; AN is the plenary sitting', () => {
    const { day, diffusions } = parseEditorial(fixture('editorial/single-diffusion.xml'));
    expect(day).toBe('2026-10-06');
    expect(diffusions).toEqual([
      {
        id: '7',
        meetingId: 'RUANR5L17S2027IDS99001',
        organId: null,
        label: 'Séance publique',
        shortLabel: 'AN',
        type: 'seance_publique',
        startsAt: new Date('2026-10-06T19:30:00Z'),
        flux: '36',
        title: '2ème séance',
        subject: '- Jardins partagés\n- Haies & bocages',
        place: 'Hémicycle',
        placeRef: 'SLANHEMI',
        removedAt: null,
      },
    ]);
  });

  test('hours have two or four digits; the small hours are those of the next day, also when clocks change', () => {
    const { day, diffusions } = parseEditorial(fixture('editorial/hours-in-two-digits-and-after-midnight.xml'));
    expect(day).toBe('2026-10-24');
    expect(diffusions.map(({ label, startsAt }) => [label, startsAt?.toISOString()])).toEqual([
      ['Commission des haies', '2026-10-24T13:00:00.000Z'],
      ['Séance publique', '2026-10-24T22:30:00.000Z'],
      ['Séance publique', '2026-10-25T02:15:00.000Z'],
      ['Bureau', undefined],
      ['Retirée', '2026-10-24T07:30:00.000Z'],
    ]);
  });

  test('types, organs, removals and ids that are none', () => {
    const [hearing, , , office, removed] = parseEditorial(
      fixture('editorial/hours-in-two-digits-and-after-midnight.xml'),
    ).diffusions;
    expect(hearing).toMatchObject({ type: 'audition', organId: 'PO59047', subject: 'Audition de Mme Odile Vannier' });
    expect(office).toMatchObject({ type: 'commission', meetingId: null, subject: '' });
    expect(removed?.removedAt).toEqual(new Date(1_792_821_600_000));
  });

  test('HTML entities and bare tags, which are no XML, are read as a browser would', () => {
    const { day, diffusions } = parseEditorial(fixture('editorial/html-entities-and-bare-tags.xml'));
    expect(day).toBe('2026-12-01');
    expect(diffusions.map(({ label, subject }) => [label, subject])).toEqual([
      ['Défense', 'Premier point\nDeuxième point'],
      [null, 'Un\nDeux & trois'],
    ]);
    expect(diffusions[0]?.startsAt).toEqual(new Date('2026-12-01T08:30:00Z'));
  });

  test('without a date in a title, the creation tells the day', () => {
    const { day, diffusions } = parseEditorial(fixture('editorial/day-only-in-the-creation-date.xml'));
    expect(day).toBe('2026-10-07');
    expect(diffusions[0]?.startsAt).toEqual(new Date('2026-10-07T07:00:00Z'));
  });

  test.each(['2460', '31', '9999', '', '6h', '05', '2930', '12345'])('the hour %j never throws', (heure) => {
    const xml = `<editorial><titre>6 octobre 2026</titre><diffusion><heure>${heure}</heure></diffusion></editorial>`;
    const expected: Record<string, string> = {
      '6h': '2026-10-06T04:00:00.000Z',
      '05': '2026-10-07T03:00:00.000Z',
      '2930': '2026-10-07T03:30:00.000Z',
    };
    expect(parseEditorial(Buffer.from(xml)).diffusions[0]?.startsAt?.toISOString()).toBe(expected[heure]);
  });

  test.each([
    ['cut before its end', fixture('editorial/cut.xml')],
    ['another root', Buffer.from('<edito/>')],
    ['nothing', Buffer.alloc(0)],
    ['tags nested without end', Buffer.from(`<editorial>${'<a>'.repeat(100)}`)],
    ['too many diffusions', Buffer.from(`<editorial>${'<diffusion/>'.repeat(1001)}</editorial>`)],
  ])('refuses with portal/malformed: %s', (_case, bytes) => {
    expect(() => parseEditorial(bytes)).toThrowError(expect.objectContaining({ code: 'portal/malformed' }));
  });

  test('a web page in its place is named as such', () => {
    expect(() => parseEditorial(fixture('html-instead.html'))).toThrowError(
      expect.objectContaining({ code: 'portal/html-instead' }),
    );
  });
});

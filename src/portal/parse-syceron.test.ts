import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLES, sample } from '../../tests/support/samples.ts';
import { parseSyceron } from './parse-syceron.ts';
import { plainText } from './record-text.ts';
import type { SittingRecord } from './sitting-record.ts';

const FIXTURE = new URL('fixtures/syceron/sitting-with-suspension.xml', import.meta.url);

describe('parseSyceron: the invented sitting', () => {
  const record = parseSyceron(readFileSync(FIXTURE));

  it('reads what the record says of itself', () => {
    const { points, paragraphs, ...about } = record;
    expect(about).toEqual({
      id: 'CRSANR5L17S2030O1N042',
      meetingId: 'RUANR5L17S2030IDS90042',
      sessionId: 'SCR5A2030O1',
      startsAt: new Date('2030-01-15T15:00:00+01:00'),
      dayLabel: 'mardi 15 janvier 2030',
      dayRank: 'Unique',
      sittingNumber: 42,
      legislature: 17,
      session: 'Session ordinaire 2029-2030',
      state: 'complet',
      version: 'avant_JO',
      generatedAt: '2030-01-23T10:21:30.000+01:00',
    });
    expect(points).toHaveLength(8);
    expect(paragraphs).toHaveLength(26);
  });

  it('makes a tree of points that are siblings in the file, by nivpoint', () => {
    expect(record.points.map(({ title, level, parent }) => [title, level, titleAt(record, parent)])).toEqual([
      ['Questions au gouvernement', 1, null],
      ['Éclairage des phares', 2, 'Questions au gouvernement'],
      ['Suspension et reprise de la séance', 99, 'Éclairage des phares'],
      ['Protection des dunes', 1, null],
      ['Discussion des articles (suite)', 2, 'Protection des dunes'],
      ['Après l’article 9 terdecies', 3, 'Discussion des articles (suite)'],
      [null, 4, 'Après l’article 9 terdecies'],
      ['Ordre du jour de la prochaine séance', 1, null],
    ]);
  });

  it('returns to the interrupted point after a suspension (nivpoint 99 and 100)', () => {
    const resumed = record.paragraphs.find(({ id }) => id === '16');
    expect(titleAt(record, resumed?.point ?? null)).toBe('Éclairage des phares');
  });

  it('reads superscripts and places in attributes', () => {
    expect(record.points[6]).toMatchObject({ amendment: '494', article: 'Après 9', textNumber: null });
    expect(record.points[5]).toMatchObject({ amendment: null, textNumber: 'n° 2250 rectifié' });
  });

  it('tells the kinds of paragraph apart', () => {
    expect(record.paragraphs.map(({ kind, id }) => `${id} ${kind}`)).toEqual([
      '1 heading',
      '2 speech',
      '3 stage-direction',
      '4 heading',
      '5 speech',
      '6 heading',
      '7 speech',
      '8 speech',
      '9 interruption',
      '10 speech',
      '11 heading',
      '12 suspension',
      '13 suspension',
      '14 heading',
      '15 suspension',
      '16 speech',
      '20 heading',
      '21 heading',
      '22 heading',
      '23 speech',
      '24 speech',
      '25 vote',
      '26 stage-direction',
      '30 heading',
      '31 speech',
      '32 stage-direction',
    ]);
  });

  it('marks stage directions inside a speech, joined where the file cuts them, and keeps the line ends of the writers', () => {
    expect(record.paragraphs.find(({ id }) => id === '8')?.pieces).toEqual([
      {
        text: 'Monsieur le ministre, les phares de nos côtes s’éteignent l’un après l’autre, et personne ne sait qui paiera les ampoules. ',
        style: 'plain',
      },
      { text: '(Applaudissements sur les bancs du groupe Marée haute.)', style: 'stage-direction' },
      { text: '\nLe 1er mars, le phare de Pierre-Noire sera vendu. Que comptez-vous faire ? ', style: 'plain' },
      { text: '(Mêmes mouvements. – Mme Barbe (Finistère) se lève.)', style: 'stage-direction' },
    ]);
  });

  it('reads superscripts in the text as one writes them', () => {
    expect(textOf(record, '10')).toBe(
      'Monsieur le député, la loi n° 2250 et les décrets nos 12 et 14 y pourvoient déjà.',
    );
  });

  it('gives times in milliseconds and null where the record has none', () => {
    expect(record.paragraphs.slice(0, 3).map(({ startsAtMs }) => startsAtMs)).toEqual([null, 900_500, null]);
  });
});

describe('parseSyceron: one trap each', () => {
  it.each([
    ['id_acteur wins', { actor: 'PA12', id: '12' }, 'PA12'],
    ['PA0 is anonymous though id is positive', { actor: 'PA0', id: '765' }, null],
    ['a collective voice', { id: '0' }, null],
    ['a pseudo-actor', { actor: 'PA-125', id: '-125' }, null],
    ['a bare id alone', { id: '77' }, 'PA77'],
    ['legislature 15: acteurRef', { acteurRef: 'PA88' }, 'PA88'],
  ])('joins the directory: %s', (_, given, personId) => {
    const record = parseSyceron(recordOf(paragraphOf({ name: 'Mme Inventée', ...given })));
    expect(record.paragraphs[0]?.speaker).toMatchObject({ name: 'Mme Inventée', personId });
  });

  it('knows the chair by its name where roledebat is missing, and by roledebat whatever its name', () => {
    const record = parseSyceron(
      recordOf(
        paragraphOf({ name: 'Mme la présidente', id: '1' }),
        paragraphOf({ name: 'Mme Odette Chaire', id: '1', role: 'president' }),
        paragraphOf({ name: 'M. le président de la commission', id: '2' }),
      ),
    );
    expect(record.paragraphs.map(({ speaker }) => speaker?.chair)).toEqual([true, true, false]);
  });

  it('keeps the printed name of each paragraph where two names have one id', () => {
    const record = parseSyceron(
      recordOf(paragraphOf({ name: 'Mme la présidente', id: '5' }), paragraphOf({ name: 'Mme X', id: '5' })),
    );
    expect(record.paragraphs.map(({ speaker }) => [speaker?.name, speaker?.personId])).toEqual([
      ['Mme la présidente', 'PA5'],
      ['Mme X', 'PA5'],
    ]);
  });

  it('names several people who speak at once and joins none of them', () => {
    const orator = (name: string) => `<orateur><nom>${name}</nom><id>5</id><qualite>députée</qualite></orateur>`;
    const record = parseSyceron(
      recordOf(
        `<paragraphe id_acteur="PA5"><orateurs>${orator('Mme A')}${orator('Mme B')}</orateurs><texte>Non !</texte></paragraphe>`,
      ),
    );
    expect(record.paragraphs[0]?.speaker).toEqual({ name: 'Mme A, Mme B', role: null, personId: null, chair: false });
  });

  it.each([
    ['absent, as in legislature 15 or before the video is synchronised', '', null],
    ['in seconds', 'stime="6750.96"', 6_750_960],
    ['not a number', 'stime="soon"', null],
    ['negative', 'stime="-3"', null],
    ['beyond any recording', 'stime="999999"', null],
  ])('stime %s', (_, attribute, startsAtMs) => {
    const record = parseSyceron(recordOf(`<paragraphe><texte ${attribute}>Un mot.</texte></paragraphe>`));
    expect(record.paragraphs[0]?.startsAtMs).toBe(startsAtMs);
  });

  it('does not take italics for stage directions: Latin numerals, an aside in small letters', () => {
    const record = parseSyceron(
      recordOf(
        '<paragraphe><texte>L’article 9 <italique> bis</italique> <italique>(suite)</italique> du texte (Nord).</texte></paragraphe>',
      ),
    );
    expect(record.paragraphs[0]?.pieces.map(({ style }) => style)).not.toContain('stage-direction');
    expect(plainText(record.paragraphs[0]?.pieces ?? [])).toBe('L’article 9 bis (suite) du texte (Nord).');
  });

  it('takes a stage direction whose brackets are outside the italics', () => {
    const record = parseSyceron(
      recordOf('<paragraphe><texte>Merci. (<italique>Applaudissements.</italique>)</texte></paragraphe>'),
    );
    expect(record.paragraphs[0]?.pieces.at(-1)).toEqual({ text: '(Applaudissements.)', style: 'stage-direction' });
  });

  it('keeps every text of a paragraph that has two, with the first time', () => {
    const record = parseSyceron(
      recordOf('<paragraphe><texte stime="1">Un.</texte><texte stime="2">Deux.</texte></paragraphe>'),
    );
    expect(record.paragraphs[0]).toMatchObject({ startsAtMs: 1000 });
    expect(plainText(record.paragraphs[0]?.pieces ?? [])).toBe('Un.\nDeux.');
  });

  it('leaves out paragraphs without text', () => {
    expect(parseSyceron(recordOf('<paragraphe><texte> </texte></paragraphe><paragraphe/>')).paragraphs).toEqual([]);
  });

  it('reads characters cut between two slices of bytes', () => {
    const text = 'é€😀'.repeat(40_000);
    const record = parseSyceron(recordOf(`<paragraphe><texte>${text}</texte></paragraphe>`));
    expect(plainText(record.paragraphs[0]?.pieces ?? [])).toBe(text);
  });
});

describe('parseSyceron: what is no record', () => {
  it.each([
    ['an HTML page', Buffer.from('<!DOCTYPE html><html><body>Demande de vidéo<br></body></html>')],
    ['cut in the middle', readFileSync(FIXTURE).subarray(0, 5_000)],
    ['empty', Buffer.alloc(0)],
    ['ISO-8859-1 bytes', Buffer.from(recordOf('<paragraphe><texte>é</texte></paragraphe>').toString(), 'latin1')],
    ['another document', Buffer.from('<reunion><uid>RU1</uid></reunion>')],
    ['nested without end', Buffer.from('<point>'.repeat(5_000))],
    ['larger than any record', Buffer.alloc(33 * 1024 * 1024, ' ')],
    ['entities that explode', Buffer.from('<!DOCTYPE a [<!ENTITY a "x">]><compteRendu><uid>&a;</uid></compteRendu>')],
  ])('%s is refused with a coded error', (_, bytes) => {
    expect(() => parseSyceron(bytes)).toThrow(expect.objectContaining({ code: 'portal/malformed' }));
  });

  it('never fails otherwise, whatever the bytes', () => {
    const whole = readFileSync(FIXTURE);
    fc.assert(
      fc.property(fc.nat(whole.length), fc.uint8Array({ maxLength: 40 }), fc.nat(whole.length), (cut, noise, at) => {
        const broken = Buffer.concat([whole.subarray(0, Math.min(at, cut)), noise, whole.subarray(at, cut)]);
        try {
          parseSyceron(broken);
        } catch (error) {
          expect(error).toMatchObject({ code: 'portal/malformed' });
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe.skipIf(SAMPLES === null)('parseSyceron: real records', () => {
  it('reads the sitting of 31 March 2026', () => {
    const record = parseSyceron(readFileSync(sample('syceron/CRSANR5L17S2026O1N187.reduced.xml')));
    expect(record).toMatchObject({
      meetingId: 'RUANR5L17S2026IDS30420',
      startsAt: new Date('2026-03-31T15:00:00+02:00'),
    });
    expect(record.points.map(({ level, parent }) => [level, parent])).toEqual([
      [1, null],
      [2, 0],
      [1, null],
      [2, 2],
      [2, 2],
      [3, 4],
      [4, 5],
      [1, null],
    ]);
    const kinds = Map.groupBy(record.paragraphs, ({ kind }) => kind);
    expect([...kinds].map(([kind, list]) => [kind, list.length])).toEqual([
      ['heading', 8],
      ['speech', 13],
      ['stage-direction', 3],
    ]);
    expect(new Set(record.paragraphs.flatMap(({ speaker }) => speaker?.personId ?? []))).toEqual(
      new Set(['PA721908', 'PA842013', 'PA795310', 'PA795318', 'PA719798']),
    );
    expect(
      record.paragraphs.filter(({ kind }) => kind === 'speech').every(({ startsAtMs }) => startsAtMs !== null),
    ).toBe(true);
  });

  it('reads the sitting of 27 November 2024, with its pseudo-actor and its anonymous voice', () => {
    const record = parseSyceron(readFileSync(sample('syceron/CRSANR5L17S2025O1N053.reduced.xml')));
    expect(record.meetingId).toBe('RUANR5L17S2025IDS28723');
    const people = record.paragraphs.flatMap(({ speaker }) => (speaker ? [[speaker.name, speaker.personId]] : []));
    expect(people).toEqual([
      ['M. le ministre délégué', 'PA847629'],
      ['Un député du groupe LFI-NFP', null],
      ['M. Hendrik Davi', null],
      ['Mme la présidente', 'PA795310'],
      ['M. Hendrik Davi', null],
    ]);
  });
});

function titleAt(record: SittingRecord, index: number | null): string | null {
  return index === null ? null : (record.points[index]?.title ?? null);
}

function textOf(record: SittingRecord, id: string): string {
  return plainText(record.paragraphs.find((paragraph) => paragraph.id === id)?.pieces ?? []);
}

function recordOf(...paragraphs: string[]): Buffer {
  return Buffer.from(
    `<compteRendu><uid>CRSANR5L17S2030O1N001</uid><contenu>${paragraphs.join('')}</contenu></compteRendu>`,
  );
}

function paragraphOf(given: { name: string; actor?: string; id?: string; acteurRef?: string; role?: string }): string {
  const attributes = [
    given.actor === undefined ? '' : `id_acteur="${given.actor}"`,
    given.role === undefined ? '' : `roledebat="${given.role}"`,
  ].join(' ');
  const id = given.id === undefined ? '' : `<id>${given.id}</id>`;
  const acteurRef = given.acteurRef === undefined ? '' : `<acteurRef>${given.acteurRef}</acteurRef>`;
  return `<paragraphe ${attributes}><orateurs><orateur><nom>${given.name}</nom>${id}${acteurRef}</orateur></orateurs><texte>Un mot.</texte></paragraphe>`;
}

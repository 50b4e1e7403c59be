import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { corpusDebate, SEARCH_CORPUS } from '../../tests/support/search-corpus.ts';
import { systemClock } from '../platform/clock/index.ts';
import { createEvents, type Events } from '../platform/events/index.ts';
import { type App, createHttpServer } from '../platform/http/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import { createDebates, type Debates, registerDebatesRoutes } from './index.ts';

const ORIGIN = 'https://robian.example';

let database: TestDatabase;
let events: Events;
let debates: Debates;
let app: App;

beforeAll(async () => {
  database = await openTestDatabase();
  events = createEvents({ database, onError: () => undefined });
  debates = createDebates({ db: database.db, events });
  app = await createHttpServer({
    logger: createLogger({ level: 'silent' }),
    publicUrl: ORIGIN,
    trustProxy: false,
    version: 'test',
  });
  registerDebatesRoutes(app, {
    debates,
    db: database.db,
    clock: systemClock,
    publicUrl: ORIGIN,
    audioFiles: async () => new Map(),
    oneAtATime: database.kind === 'embedded',
  });
  for (const one of SEARCH_CORPUS) await debates.record(corpusDebate(one));
});
afterAll(async () => {
  await app.close();
  await events.close();
  await database.close();
});

const ask = (body: Record<string, unknown>) =>
  app.inject({ method: 'POST', url: '/api/debates/search', payload: body });

async function search(body: Record<string, unknown>) {
  const answer = await ask(body);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

async function found(body: Record<string, unknown>): Promise<string[]> {
  return (await search(body)).debates.map(({ id }: { id: string }) => id);
}

/** What is typed, what must come first in this order, and how many there are (null: whatever follows). */
const QUERIES: [q: string, first: string[], total: number | null][] = [
  ['rivières', ['rivieres', 'secheresse'], 2],
  ['RIVIERE', ['rivieres', 'secheresse'], 2],
  ['petites rivières', ['rivieres'], 1],
  ['"petites rivières"', ['rivieres'], 1],
  ['"petite rivière"', [], 0],
  ['«petites lignes»', ['trains'], 1],
  ['petites', ['rivieres', 'trains'], 2],
  ['petites -rivières', ['trains'], 1],
  ['eau potable', ['eau'], 1],
  ['assainissement', ['eau'], 1],
  ['sécheresse', ['eau', 'secheresse'], 2],
  ['secheresse été', ['secheresse'], 1],
  ['projet de loi de finances', ['plf-rapport', 'plf'], null],
  ['"projet de loi de finances"', ['plf', 'plf-rapport'], 2],
  ['finances 2027', ['plf-rapport', 'plf'], null],
  ['plfss', ['plfss'], 1],
  ['sécurité sociale', ['plfss'], 1],
  ['budget justice', ['justice', 'qag-mai'], 2],
  ['magistrat', ['justice'], 1],
  ['prison', ['prisons', 'justice'], 2],
  ['réforme des retraites', ['retraites-bilan', 'retraites'], 2],
  ['retraite -bilan', ['retraites'], 1],
  ['"réforme des retraites" -"trois ans"', ['retraites'], 1],
  ['l’école', ['ecole', 'qag-octobre'], 2],
  ["l'ecole rurale", ['ecole', 'qag-octobre'], 2],
  ['harcelement scolaire', ['harcelement'], 1],
  ['scolaires', ['harcelement', 'ecole'], 2],
  ['université', ['universites'], 1],
  ['questions au gouvernement', ['qag-octobre', 'qag-mai'], 2],
  ['question gouvernement énergie', ['qag-octobre'], 1],
  ['hôpital', ['hopital'], 1],
  ['maternités', ['hopital'], 1],
  ['aide à domicile', ['aides'], 1],
  ['personne âgée', ['aides'], 1],
  ['49.3', ['article49'], 1],
  ['article 49-3', ['article49'], 1],
  ['motion de censure', ['censure', 'article49'], 2],
  ['néonicotinoïde', ['pesticides'], 1],
  ['pesticides riverains', ['pesticides'], 1],
  ['agriculteur', ['agriculteurs'], null],
  ['éolien OU nucléaire', ['eolien'], 3],
  ['éoliennes', ['eolien', 'peche'], 2],
  ['outre-mer', ['outremer'], 1],
  ['outremer', [], 0],
  ['œuvre', ['numerique'], 1],
  ['oeuvres d’art', ['numerique'], 1],
  ['intelligence artificielle', ['numerique'], 1],
  ['réseaux sociaux mineurs', ['reseaux'], 1],
  ['loyer', ['logement'], null],
  ['train', ['trains'], 1],
  ['ukraine', ['ukraine'], 1],
  ['2026-2030', ['armees'], 1],
  ['état-major', ['armees'], 1],
  ['soins palliatifs', ['fin-de-vie'], 1],
  ['fin de vie', ['fin-de-vie'], 1],
  ['vautrain', ['qag-octobre', 'rivieres', 'trains'], 3],
  ['Hélène VAUTRAIN trains', ['trains'], 1],
  ['kerleveo éolien', ['eolien'], 1],
  ['Œuvrard', ['ecole', 'hopital', 'numerique'], 3],
  ['commission des lois', ['numerique', 'prisons'], null],
  ['commission affaires sociales', ['hopital', 'retraites-bilan', 'aides'], null],
  ['pech*', ['peche', 'qag-octobre'], 2],
  ['neonic*', ['pesticides'], 1],
  ['l’énerg*', ['nucleaire'], null],
  ['de la', [], 0],
];

describe('a question in French finds', () => {
  it.each(QUERIES)('%s', async (q, first, total) => {
    const answer = await search({ q, per_page: 100 });
    const ids = answer.debates.map(({ id }: { id: string }) => id);
    const shown = answer.did_you_mean === null ? ids : [];
    expect(shown.slice(0, first.length)).toEqual(first);
    if (total !== null) expect(shown).toHaveLength(total);
  });
});

describe('a mistyped word', () => {
  it.each([
    ['retriates', 'retraites', ['retraites-bilan', 'retraites']],
    ['sechresse', 'sécheresse', ['eau', 'secheresse']],
    ['agriculteru', 'agriculteurs', ['agriculteurs']],
    ['budjet justice', 'budget justice', ['justice']],
    ['petites rivieers -lignes', 'petites rivières -lignes', ['rivieres']],
    ['hopitla', 'hôpitaux', null],
    ['vautrin', 'vautrain', ['qag-octobre']],
    ['nucleiare', 'nucléaire', ['nucleaire']],
  ])('%s finds what %s does, and says so', async (q, meant, first) => {
    const answer = await search({ q });
    if (first === null) {
      // Too far from every word that is there.
      expect(answer).toMatchObject({ debates: [], total: 0, did_you_mean: null });
      return;
    }
    expect(answer.did_you_mean).toBe(meant);
    expect(answer.debates.map(({ id }: { id: string }) => id).slice(0, first.length)).toEqual(first);
  });

  it('is left alone when all words are known, or nothing is near', async () => {
    expect(await search({ q: 'loup maternités' })).toMatchObject({ debates: [], total: 0, did_you_mean: null });
    expect(await search({ q: 'xyzzyqwk' })).toMatchObject({ debates: [], did_you_mean: null });
    expect(await search({ q: 'xyzzyqwk -rivières "de la"' })).toMatchObject({ debates: [] });
  });
});

describe('filters', () => {
  it.each([
    [{ q: 'audition', type: ['audition'], commission: 'affaires culturelles' }, ['ecole']],
    [{ q: 'prix', type: ['seance_publique', 'question_gouvernement'] }, ['qag-octobre', 'outremer']],
    [{ commission: 'lois constitutionnelles' }, ['numerique', 'prisons']],
    [{ speaker: 'PA9900001', type: ['seance_publique'] }, ['rivieres']],
    [{ speaker: 'bastien CORVOISIER' }, ['plf', 'rivieres']],
    [{ speaker: 'montaudouin' }, ['secheresse']],
    [{ speaker: '%' }, []],
    [{ commission: '_' }, []],
    [{ tag: ['Agriculture', 'Santé'] }, ['pesticides']],
    [{ tag: ["'; drop"] }, []],
    [{ tag: ['\u0000'] }, []],
    [{ q: 'censure', date_end: '2023-12-31' }, ['article49']],
    [{ q: 'réforme', date_start: '2026-01-01', date_end: '2026-06-30' }, ['retraites-bilan']],
    [{ date_start: '2026-10-06', date_end: '2026-10-06' }, ['rivieres']],
    [{ date_start: '2026-11-03' }, ['justice']],
    [{ q: 'rivières', has_audio: true }, []],
    [{ q: 'rivières', has_transcript: false, has_audio: false }, ['rivieres', 'secheresse']],
    [{ q: 'rivières', legislature: 16 }, []],
    [{ q: 'rivières', status: ['disponible', 'erreur'] }, []],
    [{ q: 'rivières', status: 'termine' }, ['rivieres', 'secheresse']],
    [{ q: 'rivières', updated_since: '2999-01-01T00:00:00Z' }, []],
    [{ q: 'rivières', sort_by: 'date', sort_order: 'asc' }, ['secheresse', 'rivieres']],
    [{ q: 'retraites', sort_by: 'title', sort_order: 'asc' }, ['retraites-bilan', 'retraites']],
  ])('%j', async (body, ids) => {
    const answer = await search(body);
    expect(answer.debates.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(answer).toMatchObject({ total: ids.length, total_is_exact: true });
  });
});

describe('an answer', () => {
  it('counts all that was found by type, commission, speaker and year, as the filters take them', async () => {
    const { facets, total } = await search({ q: 'vautrain OU kerlévéo', per_page: 1 });
    expect(total).toBe(5);
    expect(facets).toMatchObject({
      exact: true,
      type: [
        { value: 'commission', count: 2 },
        { value: 'seance_publique', count: 2 },
        { value: 'question_gouvernement', count: 1 },
      ],
      commission: [{ value: 'Commission du développement durable et de l’aménagement du territoire', count: 2 }],
      year: [
        { value: '2026', count: 4 },
        { value: '2025', count: 1 },
      ],
    });
    expect(facets.speaker[0]).toEqual({ value: 'PA9900001', name: 'Mme Hélène Vautrain', count: 3 });
    for (const { value, count } of facets.speaker) {
      expect(await search({ q: 'vautrain OU kerlévéo', speaker: value })).toMatchObject({ total: count });
    }
  });

  it('names by their name speakers who have no number', async () => {
    const { facets } = await search({ q: 'hydrologue' });
    expect(facets.speaker).toEqual([{ value: 'M. Théodule Montaudouin', name: 'M. Théodule Montaudouin', count: 1 }]);
    expect(await found({ speaker: facets.speaker[0].value })).toEqual(['secheresse']);
  });

  it('shows what was found, as HTML that holds nothing else', async () => {
    await debates.record(
      corpusDebate({
        id: 'hostile',
        day: '2020-01-08',
        type: 'autre',
        title: '<script>alert("ruche")</script> & \u{e000}abeilles',
        description: 'Une <b>ruche</b>',
        tags: ['Ruches'],
        speakers: [['PA9900009', 'M. Ruche <i>']],
      }),
    );
    const { debates: shown } = await search({ q: 'ruches' });
    expect(shown[0].highlights).toEqual({
      title: '&lt;script&gt;alert(&quot;<mark>ruche</mark>&quot;)&lt;/script&gt; &amp; abeilles',
      description: 'Une &lt;b&gt;<mark>ruche</mark>&lt;/b&gt;',
      commission: null,
      speakers: ['M. <mark>Ruche</mark> &lt;i&gt;'],
      tags: ['<mark>Ruches</mark>'],
    });
    await debates.withdraw({ source: 'portal', id: 'hostile', url: '' });
    expect(await found({ q: 'ruches' })).toEqual([]);
  });

  it('marks phrases as a whole, and words by their beginnings', async () => {
    const [phrase] = (await search({ q: '"sources et les petites rivières"' })).debates;
    expect(phrase.highlights.description).toContain('<mark>petites</mark> <mark>rivières</mark>');
    const [beginning] = (await search({ q: 'palliat*' })).debates;
    expect(beginning.highlights.description).toBe('Soins <mark>palliatifs</mark> et aide à mourir');
  });

  it('goes on page by page, each debate once, whatever the order', async () => {
    for (const sort of ['relevance', 'date', 'title', 'updated_at', 'view_count', 'duration_seconds']) {
      const body = { q: 'séance OU commission OU audition OU loi', sort_by: sort, per_page: 4 };
      const all = await found({ ...body, per_page: 100 });
      const seen: string[] = [];
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const page = await search({ ...body, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...page.debates.map(({ id }: { id: string }) => id));
        cursor = page.next_cursor;
      }
      expect(all.length).toBeGreaterThan(10);
      expect(seen).toEqual(all);
      expect(await found({ ...body, page: 2 })).toEqual(all.slice(4, 8));
    }
  });

  it('links its pages by address', async () => {
    const answer = await ask({ q: 'commission', type: ['commission', 'audition'], per_page: 2 });
    expect(answer.headers['x-total-count']).toBe(String(answer.json().total));
    const next = /<https:\/\/robian\.example([^>]+)>; rel="next"/.exec(String(answer.headers.link))?.[1];
    const page = (await app.inject(next ?? '')).json();
    expect(page.debates.map(({ id }: { id: string }) => id)).toEqual(
      (await found({ q: 'commission', type: ['commission', 'audition'], per_page: 4 })).slice(2),
    );
    expect(page.page).toBeNull();
    expect(String(answer.headers.link)).toMatch(/rel="last"/);
  });
});

describe('the index of what is found', () => {
  it('follows every change, in the same transaction', async () => {
    const debate = { id: 'change', day: '2021-01-05', type: 'commission' as const, title: 'Le thon rouge' };
    await debates.record(corpusDebate(debate));
    expect(await found({ q: 'thon' })).toEqual(['change']);
    await debates.record(
      corpusDebate({ ...debate, title: 'La coquille Saint-Jacques', speakers: [['PA7', 'Mme Neuve']] }),
    );
    expect(await found({ q: 'thon rouge', sort_by: 'date' })).toEqual([]);
    expect(await found({ q: 'coquilles neuve' })).toEqual(['change']);
    const undone = database.db.transaction().execute(async (trx) => {
      await debates.reportAudio(trx, 'change', { available: true, durationSeconds: 60 });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await found({ q: 'coquille', has_audio: true })).toEqual([]);
    await database.db
      .transaction()
      .execute((trx) => debates.reportAudio(trx, 'change', { available: true, durationSeconds: 60 }));
    expect(await found({ q: 'coquille', has_audio: true, status: ['disponible'] })).toEqual(['change']);
    await debates.withdraw({ source: 'portal', id: 'change', url: '' });
    expect(await found({ q: 'coquille' })).toEqual([]);
    expect((await app.inject('/api/debates/suggestions?q=neuv')).json()).toEqual({
      titles: [],
      commissions: [],
      speakers: [],
    });
  });
});

describe('the list', () => {
  it.each([
    ['?q=RIVIERE', ['rivieres', 'secheresse']],
    ['?q=petites -rivières', ['trains']],
    ['?q="petites rivières"', ['rivieres']],
    ['?q=rivières&sort_order=asc', ['secheresse', 'rivieres']],
    ['?q=retriates', []],
  ])('searches the same way: %s', async (query, ids) => {
    const answer = await app.inject(`/api/debates/${encodeURI(query)}`);
    expect(answer.json().map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(answer.headers['x-total-count']).toBe(String(ids.length));
  });

  it('walks what was found by cursor', async () => {
    const first = await app.inject(`/api/debates/?q=${encodeURIComponent('rivières')}&per_page=1`);
    const next = /<https:\/\/robian\.example([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1];
    expect((await app.inject(next ?? '')).json()).toMatchObject([{ id: 'secheresse' }]);
  });
});

describe('suggestions', () => {
  it.each([
    ['aud', { titles: ['Audition des pêcheurs côtiers'], commissions: 0, speakers: 0 }],
    [
      'petites ri',
      { titles: ['1ère séance : Protection des sources et des petites rivières'], commissions: 0, speakers: 0 },
    ],
    [
      'finan',
      { titles: ['Projet de loi de financement de la sécurité sociale pour 2027'], commissions: 1, speakers: 0 },
    ],
    ['VAUT', { titles: [], commissions: 0, speakers: 1 }],
    ['hélène v', { titles: [], commissions: 0, speakers: 1 }],
    ['%', { titles: [], commissions: 0, speakers: 0 }],
    ['trein', { titles: [], commissions: 0, speakers: 0 }],
  ])('for %s', async (typed, expected) => {
    const answer = await app.inject(`/api/debates/suggestions?q=${encodeURIComponent(typed)}`);
    expect(answer.statusCode).toBe(200);
    const { titles, commissions, speakers } = answer.json();
    const texts = titles.map(({ title }: { title: string }) => title);
    if (expected.titles.length === 0) expect(texts).toEqual([]);
    else expect(texts).toEqual(expect.arrayContaining(expected.titles));
    expect(commissions).toHaveLength(expected.commissions);
    expect(speakers).toHaveLength(expected.speakers);
  });
});

describe('hostile questions', () => {
  it.each([
    '!',
    '&',
    '|',
    '(',
    ')',
    ':*',
    '<->',
    "'",
    '"',
    '\\',
    '""',
    '-',
    '--',
    '---a',
    '*',
    '**',
    '-*',
    '%',
    '_',
    '@',
    '~9',
    "a' & b:* | !c",
    'a <-> b',
    'loi:A',
    "'; drop table debates; --",
    '\u0000',
    'loi\u0000rivière',
    '\ud800',
    '\udfff loi',
    '\u{e000}',
    '<mark>',
    'OU',
    'OU OU loi OU',
    '-OU -"',
    '"'.repeat(200),
    '(('.repeat(100),
    '-a '.repeat(66),
    'a* '.repeat(66),
    '²',
    '𝔩𝔬𝔦',
    '１２',
    'ß'.repeat(200),
    '­',
    'א ב',
    '-"de la"',
    '"de la"',
    '"-"',
  ])('%j are texts', async (q) => {
    for (const answer of [
      await ask({ q }),
      await ask({ commission: q, speaker: q, tag: [q] }),
      await app.inject(`/api/debates/?q=${encodeURIComponent(q.toWellFormed())}`),
      await app.inject(`/api/debates/suggestions?q=${encodeURIComponent(q.toWellFormed())}`),
    ]) {
      expect(answer.statusCode, answer.body).toBe(200);
    }
  });

  it.each([
    [{ q: 'x'.repeat(10_240) }],
    [{ q: 'loi', colour: 'red' }],
    [{ q: ['a', 'b'] }],
    [{ q: 'loi', page: 51 }],
    [{ q: 'loi', per_page: 101 }],
    [{ q: 'loi', sort_by: 'id' }],
    [{ q: 'loi', sort_by: 'relevance', sort_order: 'asc' }],
    [{ q: 'loi', cursor: 'AAAA' }],
    [{ q: 'loi', cursor: Buffer.from('["relevance:desc","older 9999","x"]').toString('base64url') }],
    [{ q: 'loi', cursor: Buffer.from('["relevance:desc","older 2026-13-45T00:00:00Z","x"]').toString('base64url') }],
    [{ q: 'loi', sort_by: 'date', cursor: Buffer.from('["relevance:desc","1","x"]').toString('base64url') }],
    [{ date_start: '2026-02-30' }],
    [{ date_start: '2026-10-07', date_end: '2026-10-06' }],
  ])('%j is refused', async (body) => {
    const answer = await ask(body);
    expect(answer.statusCode, answer.body).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('nothing at all is refused, an empty question finds everything', async () => {
    expect((await app.inject({ method: 'POST', url: '/api/debates/search' })).statusCode).toBe(400);
    expect(await search({})).toMatchObject({ total: SEARCH_CORPUS.length });
    expect(await search({ q: '***' })).toMatchObject({ total: SEARCH_CORPUS.length });
  });
});

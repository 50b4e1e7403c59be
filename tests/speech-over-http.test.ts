import { parse as parseSrtVtt } from '@plussub/srt-vtt-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebVTTParser } from 'webvtt-parser';
import { filmed } from './support/demo-sittings.ts';
import { DUMPS, openReplayedHouse, PUBLIC_URL, type ReplayedHouse } from './support/replayed-house.ts';

let house: ReplayedHouse;
const sitting = filmed('petites rivières').videoId;
const hearing = filmed('Montaudouin').videoId;

beforeAll(async () => {
  house = await openReplayedHouse();
  await house.ingest.takeDumps(DUMPS);
  await house.ingest.takeWords();
});
afterAll(() => house.close());

async function get(path: string, headers: Record<string, string> = {}, status = 200) {
  const answer = await house.app.inject({ url: path, headers });
  expect(answer.statusCode, answer.body).toBe(status);
  return answer;
}

describe('chapters', () => {
  test('are the tree on the clock of the recording, with who speaks', async () => {
    const body = (await get(`/api/debates/${sitting}/chapters`)).json();
    expect(body).toMatchObject({ debate_id: sitting, sitting_start_origin: 'player' });
    const [text] = body.chapters;
    expect(text).toMatchObject({ kind: 'text', label: 'PROTECTION DES SOURCES ET DES PETITES RIVIÈRES' });
    const speech = text.children.find(({ kind }: { kind: string }) => kind === 'intervention');
    expect(speech).toMatchObject({ speakers: [{ id: 'PA9900001', name: 'Mme Hélène Vautrain' }] });
    expect(speech.starts_at_ms).toBeGreaterThan(text.starts_at_ms);
    expect(speech.ends_at_ms).toBeGreaterThan(speech.starts_at_ms);
  });

  test('are Podcasting 2.0 chapters for who asks for them', async () => {
    const answer = await get(`/api/debates/${sitting}/chapters`, { accept: 'application/json+chapters' });
    expect(answer.headers).toMatchObject({ 'content-type': expect.stringContaining('application/json+chapters') });
    const english = { accept: 'application/json+chapters', 'accept-language': 'en' };
    expect((await get(`/api/debates/${sitting}/chapters`, english)).json().chapters[0].title).toBe(
      'Before the sitting',
    );
    expect(answer.json().chapters[0].title).toBe('Avant la séance');
    const { version, chapters } = answer.json();
    expect(version).toBe('1.2.0');
    const starts: number[] = chapters.map(({ startTime }: { startTime: number }) => startTime);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(answer.headers.vary).toContain('accept');
  });

  test('of an unknown debate are a problem in words', async () => {
    const answer = await get('/api/debates/nothing/chapters', {}, 404);
    expect(answer.json()).toMatchObject({ code: 'debates/not-found' });
  });
});

describe('the transcript', () => {
  test('says that it is edited, and gives each sentence its time and its speaker', async () => {
    const body = (await get(`/api/debates/${sitting}/transcript`)).json();
    expect(body.notice).toContain('verbatim');
    expect(body).toMatchObject({ word_source: 'record', timed_share: 1 });
    const cue = body.cues.find(({ text }: { text: string }) => text.includes('une source qui tarit'));
    expect(cue).toMatchObject({ speaker: { id: 'PA9900001', group_id: 'PO9900102', is_chair: false } });
    expect(cue.starts_at_ms).toBeGreaterThan(0);
  });

  test('is WebVTT that an independent parser reads without a complaint', async () => {
    const answer = await get(`/api/debates/${sitting}/transcript.vtt`);
    expect(answer.headers['content-type']).toContain('text/vtt');
    const { cues, errors } = new WebVTTParser().parse(answer.body, 'captions');
    expect(errors).toEqual([]);
    expect(cues.length).toBeGreaterThan(5);
  });

  test('is SRT that an independent parser reads', async () => {
    const answer = await get(`/api/debates/${sitting}/transcript.srt`);
    const { entries } = parseSrtVtt(answer.body);
    expect(entries.length).toBeGreaterThan(5);
  });

  test('is a text to read that says the same of itself', async () => {
    const answer = await get(`/api/debates/${sitting}/transcript.txt`);
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(answer.body).toContain('ce n’est pas un verbatim');
    expect(answer.body).toContain('Mme Hélène Vautrain');
  });

  test('with q holds only what was found, marked', async () => {
    const { cues } = (await get(`/api/debates/${sitting}/transcript?q=fontaine`)).json();
    expect(cues).toHaveLength(1);
    expect(cues[0].snippet_html).toContain('<mark>fontaines</mark>');
  });

  test('of a debate without words is a 404 that may pass', async () => {
    const answer = await get(`/api/debates/${hearing}/transcript`, { 'accept-language': 'en' }, 404);
    expect(answer.json()).toMatchObject({ code: 'speech/no-transcript', title: 'No transcript' });
  });

  test('makes the debate say has_transcript, and where the sitting begins', async () => {
    const debate = (await get(`/api/debates/${sitting}`)).json();
    expect(debate).toMatchObject({ has_transcript: true, sitting_start_origin: 'player' });
    expect(debate.sitting_starts_at_ms).toBeGreaterThan(0);
  });
});

describe('speaking time', () => {
  test('is by person and by group, and adds up', async () => {
    const body = (await get(`/api/debates/${sitting}/speaking-time`)).json();
    const spoken = body.people.map(({ name }: { name: string }) => name);
    expect(spoken).toContain('Mme Hélène Vautrain');
    const sum = (of: { speaking_ms: number }[]) => of.reduce((total, { speaking_ms }) => total + speaking_ms, 0);
    expect(sum(body.groups)).toBe(sum(body.people));
    expect(body.groups.map((group: { group_id: string }) => group.group_id).sort()).toEqual(['PO9900101', 'PO9900102']);
    const chairing = body.people.reduce((total: number, one: { chairing_ms: number }) => total + one.chairing_ms, 0);
    expect(sum(body.people) + chairing).toBe(body.total_speaking_ms);
  });
});

describe('search', () => {
  const search = async (query: string) => (await get(`/api/search/speech?${query}`)).json();

  test('finds a sentence whatever the accents and endings, and says where to listen', async () => {
    const [hit] = await search('q=INVENTAIRES+communaux');
    expect(hit).toMatchObject({
      debate: { id: sitting },
      speaker: { id: 'PA9900002', name: 'M. Bastien Corvoisier' },
    });
    expect(hit.snippet_html).toContain('<mark>inventaire</mark> <mark>communal</mark>');
    expect(hit.listen_url).toBe(
      `${PUBLIC_URL}/api/streaming/${sitting}/stream#t=${Math.floor(hit.starts_at_ms / 1000)}`,
    );
    expect(hit.after).toContain('Nous le voterons');
  });

  test.each([
    ['a phrase', 'q="inventaire communal"', 1],
    ['a phrase in another order', 'q="communal inventaire"', 0],
    ['an exclusion', 'q=inventaire -fontaines', 0],
    ['by who said it', 'q=inventaire&speaker_id=PA9900002', 1],
    ['by who did not say it', 'q=inventaire&speaker_id=PA9900001', 0],
    ['by group', 'q=inventaire&group=PO9900101', 1],
    ['by another group', 'q=inventaire&group=PO9900102', 0],
    ['by type', 'q=inventaire&type=commission', 0],
    ['on its day', 'q=inventaire&date_start=2026-10-06&date_end=2026-10-06', 1],
    ['the day after', 'q=inventaire&date_start=2026-10-07', 0],
    ['in one debate', `q=inventaire&debate_id=${sitting}`, 1],
    ['words that say nothing', 'q=de la', 0],
    ['words that say nothing, by somebody', 'q=de la&speaker_id=PA9900001', 0],
  ])('%s', async (_case, query, count) => {
    const answer = await get(`/api/search/speech?${encodeURI(query)}`);
    expect(answer.json()).toHaveLength(count);
    expect(answer.headers['x-total-count']).toBe(String(count));
  });

  test('by commission', async () => {
    const inFinance = await search('q=recherche&commission=finances');
    expect(inFinance.length).toBeGreaterThan(0);
    expect(await search('q=recherche&commission=defense')).toEqual([]);
  });

  test('pages by cursor give every hit once, in order', async () => {
    const all = await search('q=la OR nous OR une OR est OR les OR séance OR parole&per_page=100'.replaceAll(' ', '+'));
    const seen: string[] = [];
    let url: string | undefined = `/api/search/speech?q=${'nous OR séance OR parole'.replaceAll(' ', '+')}&per_page=2`;
    while (url !== undefined) {
      const answer = await get(url);
      for (const hit of answer.json()) seen.push(`${hit.debate.id} ${hit.position}`);
      url = /<https:\/\/robian\.example([^>]+)>; rel="next"/.exec(String(answer.headers.link))?.[1];
    }
    expect(seen.length).toBeGreaterThan(4);
    expect(new Set(seen).size).toBe(seen.length);
    expect(all.length).toBeGreaterThanOrEqual(seen.length);
  });

  test('grouped by debate counts each and shows its first moments', async () => {
    const groups = await search('q=parole&group_by=debate');
    const group = groups.find(({ debate }: { debate: { id: string } }) => debate.id === sitting);
    expect(group.hits).toBeGreaterThan(1);
    expect(group.hits_exact).toBe(true);
    expect(group.moments.length).toBeLessThanOrEqual(3);
    await get('/api/search/speech?q=parole&group_by=debate&page=2', {}, 400);
  });

  test.each([
    'q=x&unknown=1',
    'q=',
    'q=x&speaker_id=Jean',
    "q=x&group=PO1'",
    'q=x&cursor=AAAA',
    'q=x&date_start=2026-02-30',
    'q=x&date_start=2026-10-08&date_end=2026-10-07',
  ])('refuses %s', async (query) => {
    await get(`/api/search/speech?${encodeURI(query)}`, {}, 400);
  });

  test.each(["'", '"', '-', '!', '<b>', "a'&b:*", '\\', '((', 'œuvre -', '"""', '@PA1'])(
    'takes %s for what it is: text',
    async (q) => {
      await get(`/api/search/speech?q=${encodeURIComponent(q)}`);
    },
  );

  test('suggests people and subjects by any part of their names', async () => {
    const people = (await get('/api/search/suggestions?q=kerlev')).json();
    expect(people.people).toContainEqual({ id: 'PA9900003', name: 'Aude Kerlévéo' });
    const { subjects } = (await get('/api/search/suggestions?q=petites+riv')).json();
    expect(subjects).toEqual(['PROTECTION DES SOURCES ET DES PETITES RIVIÈRES']);
  });
});

describe('people', () => {
  test('are found without accents, with their group and its colour', async () => {
    const answer = await get('/api/speakers/?q=helene+VAUTRAIN');
    expect(answer.headers['x-total-count']).toBe('1');
    expect(answer.json()).toMatchObject([
      {
        id: 'PA9900001',
        name: 'Hélène Vautrain',
        in_office: true,
        group: { id: 'PO9900102', color: '#AA6622' },
        constituency: { department: 'Vaucourt' },
      },
    ]);
  });

  test('pages by cursor list everybody once', async () => {
    const seen: string[] = [];
    let url: string | undefined = '/api/speakers/?per_page=2';
    while (url !== undefined) {
      const answer = await get(url);
      seen.push(...answer.json().map(({ id }: { id: string }) => id));
      url = /<https:\/\/robian\.example([^>]+)>; rel="next"/.exec(String(answer.headers.link))?.[1];
    }
    const total = (await get('/api/speakers/')).headers['x-total-count'];
    expect(seen.length).toBe(Number(total));
    expect(new Set(seen).size).toBe(seen.length);
  });

  test.each([
    ['group=PO9900102', ['PA9900001', 'PA9900003', 'PA9900005']],
    ['in_office=false&has_speeches=true', ['PA9900006', 'PA9900007', 'nom-clarisse-montaudouin']],
    ['q=%2D', []],
  ])('filtered by %s', async (query, ids) => {
    const found = (await get(`/api/speakers/?${query}`)).json().map(({ id }: { id: string }) => id);
    expect(found.sort()).toEqual(ids.sort());
  });

  test('one has memberships over time and sums that follow from stored facts', async () => {
    const one = (await get('/api/speakers/PA9900001')).json();
    expect(one.memberships).toContainEqual(
      expect.objectContaining({ organ_type: 'GP', organ_id: 'PO9900102', starts_on: '2024-07-07', ends_on: null }),
    );
    const times = (await get(`/api/debates/${sitting}/speaking-time`)).json();
    const own = times.people.find(({ id }: { id: string }) => id === 'PA9900001');
    expect(one.stats).toMatchObject({ debates: 1, speaking_ms: own.speaking_ms });
    expect(JSON.stringify(one)).not.toContain('@');
  });

  test('a guest in no directory is a person too, and can be listened to', async () => {
    const guest = (await get('/api/speakers/nom-clarisse-montaudouin')).json();
    expect(guest).toMatchObject({ name: 'Clarisse Montaudouin', in_directory: false, in_office: false, group: null });
    const speeches = (await get('/api/speakers/nom-clarisse-montaudouin/speeches')).json();
    expect(speeches[0]).toMatchObject({ debate: { id: hearing }, source: 'chapters', speaking_ms: null });
    expect(speeches[0].listen_url).toMatch(/#t=\d+$/);
  });

  test('speeches are moments, newest first', async () => {
    const answer = await get('/api/speakers/PA9900002/speeches');
    const speeches = answer.json();
    expect(answer.headers['x-total-count']).toBe(String(speeches.length));
    const inSitting = speeches.find(({ debate }: { debate: { id: string } }) => debate.id === sitting);
    expect(inSitting).toMatchObject({ source: 'record', subject: 'Article 1er' });
    expect(inSitting.beginning).toContain('inventaire communal');
  });

  test('nobody is a 404', async () => {
    expect((await get('/api/speakers/PA1', {}, 404)).json()).toMatchObject({ code: 'speech/unknown-speaker' });
    await get('/api/speakers/PA1/speeches', {}, 404);
    await get('/api/speakers/x', {}, 400);
  });
});

describe('the export of speeches', () => {
  test('holds each with its whole text and where to listen, after a line of terms', async () => {
    const [header, ...speeches] = (await get('/api/export/speeches.ndjson')).body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(header).toMatchObject({ kind: 'speeches', notice: expect.stringContaining('not verbatim') });
    const speech = speeches.find((one) => one.debate_id === sitting && one.speaker.id === 'PA9900002');
    expect(speech.text).toContain('inventaire communal');
    expect(speech.text).toContain('moyens nécessaires');
    const later = (await get('/api/export/speeches.ndjson?updated_since=2100-01-01T00:00:00Z')).body;
    expect(later.trimEnd().split('\n')).toHaveLength(1);
  });
});

test('every operation is in the OpenAPI document, the tree of chapters included', async () => {
  const { paths, components } = (await get('/openapi.json')).json();
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      '/api/debates/{debate_id}/chapters',
      '/api/debates/{debate_id}/transcript.vtt',
      '/api/search/speech',
      '/api/speakers/{speaker_id}/speeches',
      '/api/export/speeches.ndjson',
      '/calendar.ics',
    ]),
  );
  expect(components.schemas).toHaveProperty('Chapter');
});

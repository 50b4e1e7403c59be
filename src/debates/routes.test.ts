import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { sampleDebate } from '../../tests/support/sample-debate.ts';
import { systemClock } from '../platform/clock/index.ts';
import { createEvents, type Events } from '../platform/events/index.ts';
import { type App, createHttpServer } from '../platform/http/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import { createDebates, type Debates, registerDebatesRoutes } from './index.ts';

type Answer = Awaited<ReturnType<App['inject']>>;

const NOW = new Date('2026-10-08T12:00:00Z');
const FILE = {
  format: 'mp3',
  mime_type: 'audio/mpeg',
  size_bytes: 10,
  duration_seconds: 9_999,
  bitrate_kbps: 128,
  sample_rate_hz: 44_100,
  channels: 2,
  sha256: 'ab',
  origin: 'published' as const,
  url: 'https://robian.example/x',
};

describe('the register over HTTP', () => {
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
      publicUrl: 'https://robian.example',
      trustProxy: false,
      version: 'test',
    });
    registerDebatesRoutes(app, {
      debates,
      db: database.db,
      clock: { ...systemClock, now: () => NOW },
      publicUrl: 'https://robian.example',
      audioFiles: async (ids) => new Map(ids.map((id) => [id, [FILE]])),
    });
    // 25 sittings, an hour apart, so that two pages are needed; a few that stand out for the filters.
    for (let number = 0; number < 22; number += 1) {
      const hour = String(number).padStart(2, '0');
      await debates.record(
        sampleDebate(`${number}_a`, { startsAt: `2026-10-05T${hour}:00:00+02:00`, title: `Séance n° ${number}` }),
      );
    }
    await debates.record(
      sampleDebate('30_commission', {
        type: 'audition',
        title: 'Audition sur l’École',
        commission: 'Commission des affaires culturelles et de l’éducation',
        startsAt: '2026-10-07T09:00:00+02:00',
        tags: ['éducation', 'école'],
        speakers: [{ id: 's', name: 'Mme Zoé Lefèvre', personId: 'PA77', role: null }],
      }),
    );
    await debates.record(
      sampleDebate('31_live', {
        state: 'live',
        startsAt: '2026-10-08T13:00:00+02:00',
        liveUrl: 'https://live.example/36.m3u8',
      }),
    );
    await debates.record(sampleDebate('32_old', { startsAt: '2019-01-08T15:00:00+01:00', legislature: 15 }));
    await debates.record(sampleDebate('33_gone', { startsAt: '2026-10-08T01:00:00+02:00' }));
    await debates.withdraw({ source: 'portal', id: '33_gone', url: '' });
    await database.db
      .transaction()
      .execute((trx) => debates.reportAudio(trx, '30_commission', { available: true, durationSeconds: 9_999 }));
  });
  afterAll(async () => {
    await app.close();
    await events.close();
    await database.close();
  });

  const ids = async (query: string): Promise<string[]> => {
    const answer = await app.inject(`/api/debates/${query}`);
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json().map((debate: { id: string }) => debate.id);
  };

  it('lists an array, newest first, twenty a page, with the total and links', async () => {
    const answer = await app.inject('/api/debates/');
    expect(answer.json()).toHaveLength(20);
    expect(answer.json()[0].id).toBe('31_live');
    expect(answer.headers['x-total-count']).toBe('25');
    expect(answer.headers.link).toMatch(/rel="first".*rel="next".*page=2>; rel="last"/);
    expect(answer.headers.link).not.toContain('prev');
    expect((await app.inject('/api/v1/debates?page=2')).json()).toHaveLength(5);
    expect(await ids('?page=9')).toEqual([]);
  });

  it.each(['date', 'title', 'created_at', 'updated_at', 'view_count', 'duration_seconds'])(
    'walks every debate once by cursor, sorted by %s in both directions',
    async (sort) => {
      for (const order of ['asc', 'desc']) {
        const seen: string[] = [];
        let url: string | undefined = `/api/debates/?per_page=4&sort_by=${sort}&sort_order=${order}`;
        while (url !== undefined) {
          const answer: Answer = await app.inject(url);
          seen.push(...answer.json().map((debate: { id: string }) => debate.id));
          url = /<https:\/\/robian\.example([^>]+)>; rel="next"/.exec(String(answer.headers.link))?.[1];
        }
        expect(new Set(seen).size).toBe(25);
        expect(seen).toHaveLength(25);
        const paged = [...(await ids(`?per_page=100&sort_by=${sort}&sort_order=${order}`))];
        expect(seen).toEqual(paged);
      }
    },
  );

  it.each([
    ['?q=ecole', ['30_commission']],
    ['?q=AUDITION%20lefevre', ['30_commission']],
    ['?q=%25', undefined],
    ['?type=audition', ['30_commission']],
    ['?type=audition&type=commission', ['30_commission']],
    ['?status=disponible', ['30_commission']],
    ['?status=en_cours', ['31_live']],
    ['?commission=Éducation', ['30_commission']],
    ['?speaker=PA77', ['30_commission']],
    ['?speaker=zoe%20lefevre', ['30_commission']],
    ['?speaker=lefevre%20zoe', []],
    ['?tag=école', ['30_commission']],
    ['?tag=école&tag=santé', []],
    ['?legislature=15', ['32_old']],
    ['?date_end=2019-12-31', ['32_old']],
    ['?date_start=2026-10-07&date_end=2026-10-07', ['30_commission']],
    ['?has_audio=true', ['30_commission']],
    ['?has_transcript=true', []],
    ['?updated_since=2999-01-01T00:00:00Z', []],
  ])('filters by %s', async (query, expected) => {
    const found = await ids(`${query}${query.includes('?') ? '&' : '?'}per_page=100`);
    if (expected) expect(found).toEqual(expected);
    else expect(found).toHaveLength(25);
  });

  it.each([
    '?colour=red',
    '?page=0',
    '?per_page=101',
    '?type=opera',
    '?sort_by=id',
    '?date_start=yesterday',
    '?date_start=2026-02-30',
    '?updated_since=2026-10-01',
    '?cursor=%3Cscript%3E',
    '?cursor=AAAA',
    `?cursor=${Buffer.from('["date:desc","yesterday","x"]').toString('base64url')}`,
    '?date_start=2026-10-08&date_end=2026-10-07',
    `?q=${'x'.repeat(201)}`,
  ])('refuses %s with 400', async (query) => {
    const answer = await app.inject(`/api/debates/${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('takes a hostile text for a text', async () => {
    expect(await ids(`?q=${encodeURIComponent("'; drop table debates; --")}`)).toEqual([]);
    expect(await ids(`?speaker=${encodeURIComponent('%_\\')}`)).toEqual([]);
    expect(await ids('?commission=%25')).toEqual([]);
    expect(await ids('?per_page=1')).toHaveLength(1);
  });

  it('answers one debate in full, with Paris time, attribution and its files', async () => {
    const answer = await app.inject('/api/debates/30_commission/');
    expect(answer.json()).toMatchObject({
      id: '30_commission',
      status: 'disponible',
      date: '2026-10-07',
      start_time: '2026-10-07T09:00:00+02:00',
      end_time: '2026-10-07T11:46:39+02:00',
      duration_minutes: 167,
      display_duration: '2 h 47',
      speakers: [{ id: 'PA77', name: 'Mme Zoé Lefèvre', role: null }],
      audio_files: [FILE],
      attribution: { name: 'Assemblée nationale', url: 'https://portal.example/video.30_commission' },
      is_live: false,
    });
    const again = await app.inject({
      url: '/api/debates/30_commission',
      headers: { 'if-none-match': String(answer.headers.etag) },
    });
    expect(again.statusCode).toBe(304);
  });

  it('says what is not there, and still shows what was withdrawn', async () => {
    const missing = await app.inject({ url: '/api/debates/nope', headers: { 'accept-language': 'en' } });
    expect(missing.statusCode).toBe(404);
    expect(missing.json()).toMatchObject({ code: 'debates/not-found', detail: 'No debate has the id "nope".' });
    expect((await app.inject('/api/debates/33_gone')).json().withdrawn_at).not.toBeNull();
  });

  it('answers what is on the air, and what is recent', async () => {
    const live = await app.inject('/api/debates/live/');
    expect(live.json()).toMatchObject([
      { id: '31_live', is_live: true, live_url: 'https://live.example/36.m3u8', end_time: null },
    ]);
    const recent = await app.inject('/api/debates/recent?per_page=100');
    expect(recent.json()).toHaveLength(24);
    expect((await app.inject('/api/debates/recent?days=1')).json().map((debate: { id: string }) => debate.id)).toEqual([
      '31_live',
      '30_commission',
    ]);
  });
});

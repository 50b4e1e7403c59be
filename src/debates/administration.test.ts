import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, bearer, newCredentials, openAccounts, PUBLIC_URL, signUp } from '../../tests/support/accounts.ts';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { sampleDebate } from '../../tests/support/sample-debate.ts';
import { type Accounts, accountsErrors, registerAccountsRoutes } from '../accounts/index.ts';
import { systemClock } from '../platform/clock/index.ts';
import { createEvents, type EventRecord, type Events } from '../platform/events/index.ts';
import { createHostRule, createPageGate } from '../platform/fetch/index.ts';
import { type App, createHttpServer, problemResponse } from '../platform/http/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import { createAdministration, createDebates, type Debates, registerAdministrationRoutes } from './index.ts';

const refusal = problemResponse(accountsErrors.error('forbidden'));
const announcement = (meetingId: string, change: object = {}) => ({
  origin: 'agenda' as const,
  isCertain: true,
  meetingId,
  title: 'Réunion',
  description: '',
  type: 'commission' as const,
  startsAt: '2026-12-06T09:30:00+01:00',
  commission: null,
  place: null,
  thumbnailUrl: null,
  provenance: { url: 'https://data.example', fetchedAt: new Date(), etag: null, lastModified: null, sha256: null },
  ...change,
});

describe('the register in the hands of administrators', () => {
  let database: TestDatabase;
  let events: Events;
  let debates: Debates;
  let accounts: Accounts;
  let app: App;
  let audited: object[] = [];
  let numbers = 0;
  let id: string;

  beforeAll(async () => {
    database = await openTestDatabase();
    events = createEvents({ database, onError: () => undefined });
    debates = createDebates({ db: database.db, events });
    accounts = openAccounts(database);
    app = await createHttpServer({
      logger: createLogger({ level: 'silent' }),
      publicUrl: PUBLIC_URL,
      trustProxy: false,
      version: 'test',
    });
    registerAccountsRoutes(app, { accounts, clock: systemClock });
    // The example of the document is one of the schemas that the register's own routes bring.
    app.addSchema({ $id: 'Debate', type: 'object', additionalProperties: true });
    const gate = createPageGate({
      rule: createHostRule({ own: [], listed: ['*.example'] }),
      clock: systemClock,
      resolve: (hostname, _options, done) => {
        if (hostname === 'gone.example') done(new Error('ENOTFOUND'), []);
        else done(null, [{ address: hostname === 'inside.example' ? '10.0.0.1' : '93.184.216.34', family: 4 }]);
      },
    });
    registerAdministrationRoutes(app, {
      administration: createAdministration({ db: database.db, events }),
      publicUrl: PUBLIC_URL,
      onRequest: accounts.onRequest({ scope: 'debates:write' }),
      who: async (request) => (await accounts.authenticate(request))?.accountId ?? 'ADMIN_TOKEN',
      refused: { 401: refusal, 403: refusal },
      admitPage: gate.admitChosen,
      audioFiles: async () => new Map(),
      audit: (change) => audited.push(change),
    });
  });
  beforeEach(async () => {
    audited = [];
    numbers += 1;
    id = `${numbers}_a`;
    await debates.record(sampleDebate(id));
  });
  afterAll(async () => {
    await app.close();
    await accounts.close();
    await events.close();
    await database.close();
  });

  const ask = (method: 'POST' | 'PUT' | 'DELETE', path: string, payload?: object, headers = bearer(ADMIN_TOKEN)) =>
    app.inject({ method, url: `/api/debates/${path}`, headers, ...(payload === undefined ? {} : { payload }) });
  const newsOf = async (debateId: string): Promise<EventRecord[]> =>
    (await events.readAfter(0, 1_000)).filter((event) => event.data.debate_id === debateId);
  const page = (change: object = {}) => ({
    url: `https://lcp.example/programme-${numbers}`,
    title: 'Audition sur les bibliothèques',
    start_time: '2026-10-06T09:30:00+02:00',
    ...change,
  });

  describe('adding a page', () => {
    it('makes a debate that can be listened to by yt-dlp, tells of it once, and says who did it', async () => {
      const answer = await ask(
        'POST',
        '',
        page({ commission: 'Culture', tags: ['Lecture'], speakers: [{ name: 'Mme Zoé' }] }),
      );
      expect(answer.statusCode, answer.body).toBe(201);
      const added = answer.json();
      expect(answer.headers.location).toBe(`${PUBLIC_URL}/api/debates/${added.id}`);
      expect(added).toMatchObject({
        id: expect.stringMatching(/^page-[0-9a-f]{16}$/),
        title: 'Audition sur les bibliothèques',
        type: 'autre',
        status: 'termine',
        date: '2026-10-06',
        commission: 'Culture',
        tags: ['Lecture'],
        speakers: [{ id: null, name: 'Mme Zoé', role: null }],
        source_url: `https://lcp.example/programme-${numbers}`,
        attribution: { name: 'lcp.example' },
      });
      const { media, source } = await debates.get(added.id);
      expect([source, media]).toEqual([
        'page',
        [{ kind: 'page', url: `https://lcp.example/programme-${numbers}`, durationAtLeastSeconds: null }],
      ]);
      expect((await newsOf(added.id)).map(({ type }) => type)).toEqual(['debate_created']);
      expect(audited).toEqual([{ action: 'add', debateId: added.id, by: 'ADMIN_TOKEN' }]);

      const again = await ask('POST', '', page({ title: 'Autrement' }));
      expect([again.statusCode, again.json().code]).toEqual([409, 'debates/already-known']);
      expect(again.json().detail).toContain(added.id);
      expect(audited).toHaveLength(1);
    });

    it.each([
      ['an inside address', 'https://inside.example/', 'debates/page-refused'],
      ['a host that nobody listed', 'https://elsewhere.test/', 'debates/page-refused'],
      ['this machine', 'http://127.0.0.1/', 'debates/page-refused'],
      ['credentials', 'https://a:b@lcp.example/', 'debates/page-refused'],
      ['a name that is not known', 'https://gone.example/', 'debates/page-unreachable'],
    ])('refuses %s', async (_, url, code) => {
      const answer = await ask('POST', '', page({ url }));
      expect([answer.statusCode, answer.json().code]).toEqual([422, code]);
      expect(audited).toEqual([]);
    });

    it.each([
      ['a field that does not exist', { other: 1 }],
      ['an address of another kind', { url: 'file:///etc/passwd' }],
      ['a time that does not exist', { start_time: '2026-06-30T23:59:60Z' }],
      ['a title of nothing', { title: ' ' }],
      ['the character 0', { description: 'a\u0000b' }],
    ])('refuses %s with 400', async (_, change) => {
      expect((await ask('POST', '', page(change))).statusCode).toBe(400);
    });
  });

  describe('corrections', () => {
    it('show at once, are found, and stay whatever the source says; the rest follows the source', async () => {
      const answer = await ask('PUT', id, { title: 'Écologie corrigée', start_time: '2026-10-01T10:00:00+02:00' });
      expect(answer.json()).toMatchObject({ title: 'Écologie corrigée', date: '2026-10-01' });
      await debates.record(sampleDebate(id, { title: 'De la source', place: 'Salle 2', tags: ['Neuf'] }));
      expect(await debates.get(id)).toMatchObject({
        title: 'Écologie corrigée',
        place: 'Salle 2',
        tags: ['Neuf'],
        day: '2026-10-01',
      });
      expect((await newsOf(id)).map(({ data }) => data.title)).toEqual([
        `Séance ${id}`,
        'Écologie corrigée',
        'Écologie corrigée',
      ]);
      expect(audited).toEqual([{ action: 'correct', debateId: id, by: 'ADMIN_TOKEN' }]);
    });

    it('leave the source’s words where they are taken back, the latest ones', async () => {
      await ask('PUT', id, { title: 'Corrigé', commission: 'Finances', tags: [] });
      await debates.record(sampleDebate(id, { title: 'De la source' }));
      const answer = await ask('PUT', id, { commission: null });
      expect(answer.json()).toMatchObject({
        title: 'De la source',
        commission: null,
        tags: ['Questions sociales et santé'],
      });
      expect((await ask('PUT', id, {})).json()).toMatchObject({ title: 'De la source', date: '2026-10-06' });
    });

    it('said twice, or observed again, write nothing and tell nothing', async () => {
      await ask('PUT', id, { title: 'Corrigé', tags: ['a'] });
      const before = await debates.get(id);
      await ask('PUT', id, { tags: ['a'], title: 'Corrigé' });
      expect((await debates.record(sampleDebate(id))).outcome).toBe('unchanged');
      expect(await debates.get(id)).toEqual(before);
      expect(await newsOf(id)).toHaveLength(2);
    });

    it('stay with a meeting that was announced when its recording comes', async () => {
      const meeting = `RUANR${numbers}`;
      await debates.recordAnnouncement(announcement(meeting), 'portal');
      await ask('PUT', meeting, { title: 'Corrigé', start_time: '2026-12-06T10:00:00+01:00' });
      expect((await ask('PUT', meeting, { title: 'Corrigé' })).json()).toMatchObject({
        start_time: '2026-12-06T09:30:00+01:00',
      });
      await debates.recordAnnouncement(announcement(meeting, { title: 'Autre', place: 'Salle 3' }), 'portal');
      await debates.record(sampleDebate(`${id}_recorded`, { meetingId: meeting }));
      expect(await debates.get(`${id}_recorded`)).toMatchObject({ id: meeting, title: 'Corrigé', place: 'Hémicycle' });
    });

    it('hold halves of characters for what they are not', async () => {
      const payload = '{"title":"moiti\\ud800","description":"\\udc00"}';
      const headers = { ...bearer(ADMIN_TOKEN), 'content-type': 'application/json' };
      const answer = await app.inject({ method: 'PUT', url: `/api/debates/${id}`, headers, payload });
      expect([answer.statusCode, answer.json().title]).toEqual([200, 'moiti\ufffd']);
    });
  });

  describe('withdrawal', () => {
    it('holds against every source, is told once, and can be taken back', async () => {
      expect((await ask('DELETE', id)).statusCode).toBe(204);
      expect((await ask('DELETE', id)).statusCode).toBe(204);
      const withdrawn = await debates.get(id);
      expect(withdrawn.sittingState).toBe('withdrawn');
      expect((await debates.record(sampleDebate(id))).outcome).toBe('unchanged');
      await debates.record(sampleDebate(id, { title: 'De la source' }));
      expect(await debates.get(id)).toMatchObject({ sittingState: 'withdrawn', withdrawnAt: withdrawn.withdrawnAt });
      expect((await newsOf(id)).map(({ data }) => data.state)).toEqual(['ended', 'withdrawn']);
      expect((await ask('PUT', id, {})).json().withdrawn_at).not.toBeNull();
      expect((await ask('PUT', id, { restore: true })).json()).toMatchObject({
        title: 'De la source',
        withdrawn_at: null,
      });
    });

    it('of a meeting holds against the agenda and against its recording', async () => {
      const meeting = `RUANR${numbers}`;
      await debates.recordAnnouncement(announcement(meeting), 'portal');
      await ask('DELETE', meeting);
      await debates.recordAnnouncement(announcement(meeting, { title: 'Autre' }), 'portal');
      await debates.record(sampleDebate(`${id}_recorded`, { meetingId: meeting, state: 'live' }));
      expect((await debates.get(meeting)).sittingState).toBe('withdrawn');
      expect(await newsOf(meeting)).toHaveLength(2);
    });
  });

  it('is closed to everybody else, before what they ask is looked at', async () => {
    const { access_token: token } = await signUp(app, newCredentials());
    for (const [method, path] of [
      ['POST', ''],
      ['PUT', id],
      ['DELETE', id],
    ] as const) {
      expect((await ask(method, path, { nonsense: 1 }, bearer(token))).statusCode).toBe(403);
      expect((await ask(method, path, { nonsense: 1 }, bearer(`${ADMIN_TOKEN}x`))).statusCode).toBe(401);
    }
    expect((await ask('PUT', 'unknown', {})).statusCode).toBe(404);
    expect((await ask('DELETE', 'unknown')).statusCode).toBe(404);
    expect(audited).toEqual([]);
  });
});

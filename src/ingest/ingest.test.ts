import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { type Loopback, openLoopback } from '../../tests/support/loopback.ts';
import { createManualClock, type ManualClock } from '../../tests/support/manual-clock.ts';
import { openDataIn } from '../../tests/support/open-data.ts';
import { list, type PortalVideo, publish, withdraw } from '../../tests/support/portal-day.ts';
import { createDebates, type Debates } from '../debates/index.ts';
import { createEvents, type Events } from '../platform/events/index.ts';
import { createFetcher, type Fetcher } from '../platform/fetch/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import { createPortal, createPortalAddresses } from '../portal/index.ts';
import { createPortalSource, type DebateSource, sourcesErrors } from '../sources/index.ts';
import { createSpeech } from '../speech/index.ts';
import { createIngest, type Ingest, type IngestProgress } from './index.ts';

const DAY = '2026-10-06';
const A = '30200001_6ac548b9aa001';
const B = '30200002_6ac548b9aa002';
const C = '30200003_6ac548b9aa003';
const MEETING = 'RUANR5L17S2027IDS99001';
const PROVENANCE = {
  url: 'https://slow.example',
  fetchedAt: new Date(0),
  etag: null,
  lastModified: null,
  sha256: null,
};
const THE_DAY = { since: DAY, until: DAY };

let database: TestDatabase;
let events: Events;
let debates: Debates;
let portal: Loopback;
let fetcher: Fetcher;
let clock: ManualClock;
let source: DebateSource;
let ingest: Ingest;
let reported: [walk: string, seen: number, failed: number][];
let ingestOf: (sources: readonly DebateSource[]) => Ingest;
let logged: { level: string; msg: string }[];

beforeAll(async () => {
  database = await openTestDatabase();
  events = createEvents({ database, onError: () => undefined });
  debates = createDebates({ db: database.db, events });
});

afterAll(async () => {
  await events.close();
  await database.close();
});

beforeEach(async () => {
  await sql`truncate debates, debate_aliases, events, observations cascade`.execute(database.db);
  portal = await openLoopback();
  clock = createManualClock('2026-10-07T06:00:00Z');
  fetcher = createFetcher({ userAgent: 'robian-test', clock, random: () => 0.5, retries: 0 });
  const bases = ['portalUrl', 'mediaUrl', 'hlsUrl', 'openDataUrl', 'siteUrl'].map((name) => [name, portal.url]);
  const addresses = createPortalAddresses(Object.fromEntries(bases));
  source = createPortalSource({ portal: createPortal({ fetcher, addresses, clock }), addresses, clock });
  logged = [];
  const logger = createLogger({ level: 'debug', destination: { write: (line) => logged.push(JSON.parse(line)) } });
  ingestOf = (sources) =>
    createIngest({
      sources,
      openData: openDataIn(database.dataDir, { fetcher, addresses, clock }),
      debates,
      speech: createSpeech({ db: database.db, debates, clock }),
      db: database.db,
      clock,
      logger,
      onReport: (walk, report) => reported.push([walk, report.seen, report.failed.length]),
    });
  ingest = ingestOf([source]);
  reported = [];
  return async () => {
    await fetcher.close();
    await portal.close();
  };
});

/** Every row of every table with its version: equal twice means that nothing was written in between. */
async function everyRow(): Promise<unknown> {
  const tables = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name`.execute(database.db);
  const rows = [];
  for (const { name } of tables.rows) {
    const found = await sql`select xmin::text, ctid::text, to_jsonb(t) from ${sql.table(name)} t order by ctid`.execute(
      database.db,
    );
    rows.push([name, found.rows]);
  }
  return rows;
}

const eventTypes = async () => (await events.readAfter(0, 100)).map(({ type }) => type);
const observation = async (ref: string) =>
  (
    await sql`select document, url, fetched_at, sha256, etag, debate_id from observations where ref = ${ref}`.execute(
      database.db,
    )
  ).rows;

function publishDay(videos: readonly PortalVideo[], options?: { etags: boolean }): void {
  publish(portal, videos, options);
  list(portal, DAY, videos);
}

describe('a day', () => {
  test('is taken into the register, each fact with where and when it was seen', async () => {
    publishDay([{ videoId: A, meetingId: MEETING }, { videoId: B }]);
    const progress: IngestProgress[] = [];
    const report = await ingest.run({ ...THE_DAY, onProgress: (step) => progress.push(step) });
    expect(report).toMatchObject({ seen: 2, created: 2, updated: 0, unchanged: 0, failed: [], vanished: [] });
    expect(progress.map(({ day, done, total }) => [day, done, total])).toEqual([
      [DAY, 1, 2],
      [DAY, 2, 2],
    ]);
    expect(await debates.get(MEETING)).toMatchObject({ id: A, sittingState: 'ended', day: DAY });
    const [seen] = await observation(A);
    expect(seen).toMatchObject({
      document: 'facts',
      url: `${portal.url}/Datas/an/${A}/content/data.nvs`,
      debate_id: A,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      etag: expect.stringContaining('"'),
      fetched_at: expect.any(Date),
    });
  });

  test.each([
    ['with conditional requests', true],
    ['where the portal knows none', false],
  ])('taken twice writes nothing and asks once a video: %s', async (_case, etags) => {
    publishDay([{ videoId: A, meetingId: MEETING }, { videoId: B }, { videoId: C }], { etags });
    const first = await ingest.run(THE_DAY);
    expect(reported).toEqual([['days', first.seen, 0]]);
    const before = await everyRow();
    portal.requests.length = 0;
    const report = await ingest.run(THE_DAY);
    expect(report).toMatchObject({ seen: 3, created: 0, updated: 0, unchanged: 3, failed: [] });
    expect(await everyRow()).toEqual(before);
    expect(portal.requests.filter(({ path }) => path.includes('data.nvs'))).toHaveLength(3);
    expect(portal.requests).toHaveLength(4);
  });

  test('a video that changed is updated, the others are not touched', async () => {
    publishDay([{ videoId: A }, { videoId: B }]);
    await ingest.run(THE_DAY);
    publishDay([{ videoId: A }, { videoId: B, title: 'Titre corrigé' }]);
    expect(await ingest.run(THE_DAY)).toMatchObject({ updated: 1, unchanged: 1 });
    expect(await debates.get(B)).toMatchObject({ title: 'Titre corrigé' });
    expect(await eventTypes()).toEqual(['debate_created', 'debate_created', 'debate_updated']);
    expect(await ingest.run(THE_DAY)).toMatchObject({ updated: 0, unchanged: 2 });
  });

  test('one broken video stops none of the others and is reported', async () => {
    publishDay([{ videoId: A }, { videoId: B }, { videoId: C }]);
    portal.answers.set(`/Datas/an/${B}/content/data.nvs`, { body: '<data' });
    const report = await ingest.run(THE_DAY);
    expect(report).toMatchObject({ seen: 3, created: 2 });
    expect(report.failed).toEqual([{ ref: B, code: 'portal/malformed', message: expect.any(String) }]);
    expect(logged).toMatchObject([{ level: 'warn', ref: B }]);
  });

  test('a defect of ours on one video is told in full, and stops none of the others', async () => {
    publishDay([{ videoId: A }, { videoId: B }]);
    const describe = source.describe;
    source.describe = async (ref, options) => {
      if (ref.id === A) throw new TypeError('a defect');
      return await describe(ref, options);
    };
    const report = await ingest.run(THE_DAY);
    expect(report).toMatchObject({ created: 1, failed: [{ ref: A, code: 'ingest/unexpected', message: 'a defect' }] });
    expect(logged).toMatchObject([{ level: 'error', err: { type: 'TypeError' } }]);
  });

  test('a day whose list is broken stops no other day; odd rows are reported', async () => {
    publish(portal, [{ videoId: A }]);
    portal.answers.set('/php/eventsearch.php?Date=05/10/2026', { body: '<html></html>' });
    portal.answers.set('/php/eventsearch.php?Date=06/10/2026', { body: JSON.stringify([{ url: `/${A}` }, { n: 1 }]) });
    const report = await ingest.run({ since: '2026-10-05', until: DAY });
    expect(report).toMatchObject({
      created: 1,
      failed: [{ ref: '2026-10-05', code: 'portal/html-instead' }],
      rejected: [{ entry: '{"n":1}' }],
      outOfReach: [],
    });
  });

  test('a video on the lists of two days is asked once', async () => {
    publishDay([{ videoId: A }]);
    list(portal, '2026-10-07', [{ videoId: A }]);
    expect(await ingest.run({ since: DAY, until: '2026-10-07' })).toMatchObject({ seen: 1, created: 1 });
  });

  test('two runs at the same time make one row a debate', async () => {
    publishDay([{ videoId: A, meetingId: MEETING }, { videoId: B }]);
    const reports = await Promise.all([ingest.run(THE_DAY), ingest.run(THE_DAY)]);
    expect(reports.map(({ failed }) => failed)).toEqual([[], []]);
    expect(reports.reduce((sum, { created }) => sum + created, 0)).toBe(2);
    expect(await debates.recordingsOn('portal', DAY, DAY)).toHaveLength(2);
  });

  test.each([
    ['read by an older understanding of documents', sql`update observations set reading = 0`],
    ['taken by a run that died before it kept where', sql`delete from observations`],
  ])('what was %s is read again, once', async (_case, before) => {
    publishDay([{ videoId: A }]);
    await ingest.run(THE_DAY);
    await before.execute(database.db);
    portal.requests.length = 0;
    expect(await ingest.run(THE_DAY)).toMatchObject({ unchanged: 1, updated: 0 });
    expect(portal.requests.at(-1)?.headers).not.toHaveProperty('if-none-match');
    const rows = await everyRow();
    await ingest.run(THE_DAY);
    expect(portal.requests.at(-1)?.headers).toHaveProperty('if-none-match');
    expect(await everyRow()).toEqual(rows);
  });

  test('an abort ends the run, and what was taken stays', async () => {
    const videos = Array.from({ length: 12 }, (_, i) => ({ videoId: `${30_300_000 + i}_6ac548b9aa001` }));
    publishDay(videos);
    const abort = new AbortController();
    const onProgress = () => abort.abort(new Error('stop'));
    await expect(ingest.run({ ...THE_DAY, signal: abort.signal, onProgress })).rejects.toThrow('stop');
    const taken = (await debates.recordingsOn('portal', DAY, DAY)).length;
    expect(taken).toBeGreaterThanOrEqual(1);
    expect(taken).toBeLessThan(12);
    expect(await ingest.run(THE_DAY)).toMatchObject({ created: 12 - taken, unchanged: taken });
  });
});

describe('a portal out of reach', () => {
  test('is said once, ends the walk, and is said again when it answers', async () => {
    publishDay([{ videoId: A }]);
    const { url } = portal;
    await portal.close();
    const week = { since: '2026-10-01', until: DAY };
    expect(await ingest.run(week)).toMatchObject({ seen: 0, outOfReach: ['portal'], failed: [{ ref: 'portal' }] });
    expect(await ingest.observeLive()).toMatchObject({ outOfReach: ['portal'] });
    expect(logged.filter(({ msg }) => msg.startsWith('the source is out of reach'))).toHaveLength(1);
    portal = await openLoopback({ port: Number(new URL(url).port) });
    publishDay([{ videoId: A }]);
    expect(await ingest.run(THE_DAY)).toMatchObject({ created: 1, outOfReach: [] });
    expect(logged.at(-1)?.msg).toBe('the source answers again');
  });
});

describe('a video that left the lists', () => {
  beforeEach(async () => {
    publishDay([{ videoId: A }, { videoId: B }]);
    await ingest.run(THE_DAY);
    list(portal, DAY, [{ videoId: A }]);
  });

  test('is marked when its page says so, never deleted, and asked about no more', async () => {
    withdraw(portal, B);
    const report = await ingest.run(THE_DAY);
    expect(report).toMatchObject({ unchanged: 1, withdrawn: 1, vanished: [{ ref: B, withdrawn: true }] });
    expect(await debates.get(B)).toMatchObject({ sittingState: 'withdrawn' });
    expect(await observation(B)).toMatchObject([{ document: 'withdrawal', url: `${portal.url}/video.${B}` }]);
    const before = await everyRow();
    portal.requests.length = 0;
    expect(await ingest.run(THE_DAY)).toMatchObject({ seen: 1, unchanged: 1, vanished: [] });
    expect(portal.requests).toHaveLength(2);
    expect(await everyRow()).toEqual(before);
  });

  test('stays as it is while its page is there', async () => {
    const before = await everyRow();
    const report = await ingest.run(THE_DAY);
    expect(report).toMatchObject({ unchanged: 2, withdrawn: 0, vanished: [{ ref: B, withdrawn: false }] });
    expect(await everyRow()).toEqual(before);
  });

  test('stays as it is when its page cannot be read', async () => {
    portal.answers.set(`/video.${B}`, { status: 500 });
    expect(await ingest.run(THE_DAY)).toMatchObject({ withdrawn: 0, failed: [{ ref: B, code: 'fetch/status' }] });
    expect(await debates.get(B)).toMatchObject({ sittingState: 'ended' });
  });

  test('is not looked for when the list itself could not be read', async () => {
    withdraw(portal, B);
    list(portal, DAY, []);
    portal.answers.set('/php/eventsearch.php?Date=06/10/2026', { status: 500 });
    expect(await ingest.run(THE_DAY)).toMatchObject({ seen: 0, vanished: [], withdrawn: 0 });
  });

  test('is read anew when it comes back, though its bytes are those of before', async () => {
    withdraw(portal, B);
    await ingest.run(THE_DAY);
    publishDay([{ videoId: A }, { videoId: B }]);
    expect(await ingest.run(THE_DAY)).toMatchObject({ updated: 1, unchanged: 1 });
    expect(await debates.get(B)).toMatchObject({ sittingState: 'ended' });
  });

  test('one that is still listed, but withdrawn, is marked too', async () => {
    list(portal, DAY, [{ videoId: A }, { videoId: B }]);
    withdraw(portal, B);
    expect(await ingest.run(THE_DAY)).toMatchObject({ withdrawn: 1, vanished: [] });
  });
});

describe('what is on the air', () => {
  const onAir = (...ids: string[]) =>
    portal.answers.set('/live/live.txt', { body: ids.map((id) => `36 /${id}\n`).join('') });
  const programme = (title: string) =>
    portal.answers.set('/php/getedito.php', {
      body:
        `<editorial><titre>Mercredi 7 octobre 2026</titre><diffusion><libelle_court>AN</libelle_court><heure>0930</heure>` +
        `<titre>${title}</titre><uid_referentiel>${MEETING}</uid_referentiel></diffusion></editorial>`,
    });
  const stateOf = async (id: string) => (await debates.get(id)).sittingState;

  beforeEach(() => {
    programme('1ère séance');
    onAir();
  });

  test('an announced sitting, its broadcast and its recording are one debate', async () => {
    await ingest.observeLive();
    expect(await debates.get(MEETING)).toMatchObject({ sittingState: 'announced', title: '1ère séance' });
    expect(await observation(MEETING)).toMatchObject([{ document: 'announcement', debate_id: MEETING }]);
    publish(portal, [{ videoId: A, status: 'live', meetingId: MEETING }]);
    onAir(A);
    expect(await ingest.observeLive()).toMatchObject({ updated: 1, failed: [] });
    expect(await debates.get(A)).toMatchObject({
      id: MEETING,
      sittingState: 'live',
      liveUrl: expect.stringContaining('.m3u8'),
    });
    expect(await eventTypes()).toEqual(['debate_created', 'debate_started']);
  });

  test('observed twice writes nothing', async () => {
    publish(portal, [{ videoId: A, status: 'live', meetingId: MEETING }]);
    onAir(A);
    await ingest.observeLive();
    const before = await everyRow();
    expect(await ingest.observeLive()).toMatchObject({ seen: 1, unchanged: 1 });
    expect(await everyRow()).toEqual(before);
  });

  test('a programme that changed is taken when it is asked again', async () => {
    await ingest.observeLive();
    programme('Séance unique');
    clock.advance(10 * 60_000);
    await ingest.observeLive();
    expect(await debates.get(MEETING)).toMatchObject({ title: 'Séance unique' });
  });

  test('an end is believed after two minutes of it, whoever looks, and a flip is forgotten', async () => {
    const live = () => publish(portal, [{ videoId: A, status: 'live' }]);
    const ended = () => publish(portal, [{ videoId: A, status: 'vod' }]);
    live();
    onAir(A);
    await ingest.observeLive();
    ended();
    expect(await ingest.observeLive()).toMatchObject({ waiting: 1, updated: 0 });
    clock.advance(100_000);
    list(portal, DAY, [{ videoId: A }]);
    expect(await ingest.run(THE_DAY)).toMatchObject({ waiting: 1 });
    live();
    expect(await ingest.observeLive()).toMatchObject({ unchanged: 1 });
    ended();
    clock.advance(100_000);
    expect(await ingest.observeLive()).toMatchObject({ waiting: 1 });
    expect(await stateOf(A)).toBe('live');
    onAir();
    clock.advance(120_000);
    expect(await ingest.observeLive()).toMatchObject({ updated: 1 });
    expect(await debates.get(A)).toMatchObject({
      sittingState: 'ended',
      liveUrl: null,
      media: [{ kind: 'mp3' }, {}, {}, {}],
    });
    expect(await eventTypes()).toEqual(['debate_created', 'debate_started', 'debate_ended']);
    expect(await ingest.observeLive()).toMatchObject({ seen: 0 });
  });

  test('a flip that is over before the next walk through the lists is forgotten there too', async () => {
    publish(portal, [{ videoId: A, status: 'live' }]);
    onAir(A);
    await ingest.observeLive();
    publish(portal, [{ videoId: A, status: 'vod' }]);
    await ingest.observeLive();
    publish(portal, [{ videoId: A, status: 'live' }]);
    list(portal, DAY, [{ videoId: A }]);
    expect(await ingest.run(THE_DAY)).toMatchObject({ unchanged: 1 });
    publish(portal, [{ videoId: A, status: 'vod' }]);
    clock.advance(500_000);
    expect(await ingest.observeLive()).toMatchObject({ waiting: 1 });
  });

  test('a broken stream is reported and keeps its sitting on the air', async () => {
    publish(portal, [{ videoId: A, status: 'live' }]);
    onAir(A);
    await ingest.observeLive();
    portal.answers.set(`/Datas/an/${A}/content/data.nvs`, { status: 500 });
    const report = await ingest.observeLive();
    expect(report).toMatchObject({ seen: 0, failed: [{ ref: A, code: 'fetch/status' }] });
    expect(await stateOf(A)).toBe('live');
  });

  test('a sitting whose stream is gone is withdrawn when its page says so', async () => {
    publish(portal, [{ videoId: A, status: 'live' }]);
    onAir(A);
    await ingest.observeLive();
    onAir();
    withdraw(portal, A);
    expect(await ingest.observeLive()).toMatchObject({ withdrawn: 1 });
  });

  test('without live.txt and direct.php the programme is still taken, and the failure told', async () => {
    portal.answers.delete('/live/live.txt');
    expect(await ingest.observeLive()).toMatchObject({ failed: [{ ref: 'live', code: 'fetch/status' }] });
  });

  test('an abort ends the observation', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(ingest.observeLive({ signal })).rejects.toThrow('stop');
  });
});

describe('several sources', () => {
  test('are walked side by side: one that takes its time keeps nobody waiting, one that is silent stops nobody', async () => {
    publishDay([{ videoId: A }]);
    const portalIsDone = Promise.withResolvers<void>();
    const other = (id: string, discover: DebateSource['discover']): DebateSource => ({ ...source, id, discover });
    const slow = other('slow', async function* () {
      await portalIsDone.promise;
      yield { day: DAY, refs: [], rejected: [{ entry: '7', reason: 'no day' }], provenance: PROVENANCE };
    });
    const silent = other('silent', async function* () {
      yield { day: DAY, error: sourcesErrors.error('plugin-silent', { params: { plugin: 'silent' } }) };
    });
    const report = await ingestOf([slow, silent, source]).run({
      ...THE_DAY,
      onProgress: ({ source: id }) => id === 'portal' && portalIsDone.resolve(),
    });
    expect(report).toMatchObject({ created: 1, rejected: [{ entry: '7' }], outOfReach: ['silent'] });
    expect(logged.filter(({ msg }) => msg.startsWith('the source is out of reach'))).toHaveLength(1);
  });
});

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Loopback, openLoopback } from '../../tests/support/loopback.ts';
import { createManualClock, type ManualClock } from '../../tests/support/manual-clock.ts';
import { fixture } from '../../tests/support/portal-fixtures.ts';
import { SAMPLES, sample } from '../../tests/support/samples.ts';
import { createFetcher, type Fetcher } from '../platform/fetch/index.ts';
import { createPortal, createPortalAddresses } from '../portal/index.ts';
import { createPortalSource } from './portal-source.ts';
import type { DebateSource, Listing } from './source.ts';

const SITTING = '30100001_6ac548b9aa001';
const HEARING = '30100002_6ac4c6e0aa002';
const ON_AIR = '30100003_6ac5aaaaaa003';

let server: Loopback;
let fetcher: Fetcher;
let clock: ManualClock;
let source: DebateSource;

beforeEach(async () => {
  server = await openLoopback();
  clock = createManualClock('2026-10-06T20:00:00Z');
  fetcher = createFetcher({ userAgent: 'robian-test', clock, random: () => 0.5, retries: 0 });
  const addresses = createPortalAddresses({
    portalUrl: server.url,
    mediaUrl: 'http://media.example',
    hlsUrl: 'http://hls.example',
    openDataUrl: server.url,
    siteUrl: server.url,
  });
  source = createPortalSource({ portal: createPortal({ fetcher, addresses, clock }), addresses, clock });
});

afterEach(async () => {
  await fetcher.close();
  await server.close();
});

const refOf = (id: string) => ({ source: 'portal', id, url: `${server.url}/video.${id}` });
const dataPath = (id: string) => `/Datas/an/${id}/content/data.nvs`;
const serveData = (id: string, path: string) =>
  server.answers.set(dataPath(id), { body: fixture(`data-nvs/${path}.nvs`) });

async function discoverAll(since: string, until: string): Promise<Listing[]> {
  const listings: Listing[] = [];
  for await (const listing of source.discover({ since, until })) listings.push(listing);
  return listings;
}

describe('discovery', () => {
  test('lists day by day, without what is not published, and reports what it could not read', async () => {
    server.answers.set('/php/eventsearch.php', { body: fixture('eventsearch/bad-rows-among-good.json') });
    const listings = await discoverAll('2026-10-05', '2026-10-06');
    expect(listings.map(({ day }) => day)).toEqual(['2026-10-05', '2026-10-06']);
    expect(listings[1]).toMatchObject({
      refs: [refOf(SITTING)],
      rejected: { length: 3 },
      provenance: { url: `${server.url}/php/eventsearch.php?Date=06/10/2026` },
    });
  });

  test('a day that cannot be read does not end the walk', async () => {
    server.answers.set('/php/eventsearch.php', { body: fixture('html-instead.html') });
    const [first, second] = await discoverAll('2026-10-05', '2026-10-06');
    expect(first).toMatchObject({ day: '2026-10-05', error: { code: 'portal/html-instead' } });
    expect(second).toMatchObject({ day: '2026-10-06', error: { code: 'portal/html-instead' } });
  });

  test('an abort does', async () => {
    const abort = new AbortController();
    const walk = source.discover({ since: '2026-10-05', until: '2026-10-06', signal: abort.signal });
    const days = walk[Symbol.asyncIterator]();
    server.answers.set('/php/eventsearch.php', { body: fixture('eventsearch/nothing-that-day.json') });
    await days.next();
    abort.abort(new Error('stop'));
    await expect(days.next()).rejects.toThrow('stop');
  });

  test('nothing is asked for no day', async () => {
    expect(await discoverAll('2026-10-06', '2026-10-05')).toEqual([]);
    expect(server.requests).toEqual([]);
  });
});

describe('the facts of a debate', () => {
  test('are in the product’s words', async () => {
    serveData(SITTING, 'entities-and-typed-labels');
    const description = await source.describe(refOf(SITTING));
    expect(description).toMatchObject({
      kind: 'found',
      provenance: { url: `${server.url}${dataPath(SITTING)}` },
      debate: {
        ref: refOf(SITTING),
        title: '2ème séance : Jardins partagés (suite)',
        type: 'seance_publique',
        sourceType: 'S',
        state: 'ended',
        startsAt: '2026-10-06T21:15:05+02:00',
        durationAtLeastSeconds: null,
        place: 'Hémicycle',
        legislature: 17,
        meetingId: 'RUANR5L17S2027IDS99001',
        reportUrl: 'https://www.assemblee-nationale.fr/dyn/17/comptes-rendus/seance/CRSANR5L17S2027O1N999',
        thumbnailUrl: `${server.url}/Datas/an/${SITTING}/files/seances.jpg`,
        liveUrl: null,
        tags: ['Environnement'],
        chapters: [{ id: '301', kind: { key: '23', name: 'Texte' }, children: [{ speakerIds: ['401'] }, {}, {}] }],
        speakers: [{ id: '401', personId: 'PA999001', role: null }, { role: 'rapporteure' }, {}, {}],
      },
    });
  });

  test('cost one request, and none is read again when nothing changed', async () => {
    serveData(SITTING, 'entities-and-typed-labels');
    const { provenance } = await source.describe(refOf(SITTING));
    expect(await source.describe(refOf(SITTING), { validator: provenance })).toMatchObject({ kind: 'unchanged' });
    expect(server.requests).toHaveLength(2);
  });

  test('the ways to the sound: mp3, both HLS forms, mp4 last', async () => {
    serveData(SITTING, 'entities-and-typed-labels');
    const folder = 'mp4/ida/domain1/2026/10/hemi_20261006211505';
    expect((await source.media(refOf(SITTING))).map(({ kind, url }) => [kind, url])).toEqual([
      ['mp3', `http://media.example/vod/${folder}.mp3`],
      ['hls', `http://hls.example/videos/definst/${folder}_1.mp4/master.m3u8`],
      ['hls', `http://hls.example/videos/definst/${folder}.smil/master.m3u8`],
      ['mp4', `http://media.example/vod/${folder}_1.mp4`],
    ]);
  });

  test('before the mp3 is made, HLS comes first', async () => {
    serveData(HEARING, 'hearing-with-outsiders');
    expect((await source.media(refOf(HEARING))).map(({ kind }) => kind)).toEqual(['hls', 'hls', 'mp4']);
  });

  test('on the air there is a live stream, and no recording to fetch', async () => {
    serveData(ON_AIR, 'live-before-audio');
    const description = await source.describe(refOf(ON_AIR));
    expect(description).toMatchObject({
      debate: { state: 'live', media: [], liveUrl: 'http://media.example/live/live36/index36_30100003.m3u8?DVR' },
    });
  });

  test('the last picture of the storyboard bounds the duration from below', async () => {
    const id = '30100006_6ac5ddddaa006';
    serveData(id, 'storyboard-drifts');
    expect((await source.media(refOf(id))).map((candidate) => candidate.durationAtLeastSeconds)).toEqual([
      10_021, 10_021, 10_021, 10_021,
    ]);
  });
});

describe('a video that is gone', () => {
  test('is withdrawn when its page says so', async () => {
    server.answers.set(`/video.${SITTING}`, { body: fixture('video-page/withdrawn-answers-200.html') });
    expect(await source.describe(refOf(SITTING))).toMatchObject({
      kind: 'withdrawn',
      provenance: { url: `${server.url}/video.${SITTING}` },
    });
    server.answers.set(dataPath(SITTING), { body: fixture('html-instead.html') });
    expect(await source.describe(refOf(SITTING))).toMatchObject({ kind: 'withdrawn' });
  });

  test('is broken, not withdrawn, while its page is there', async () => {
    server.answers.set(`/video.${SITTING}`, { body: fixture('video-page/cart-title-first-and-crlf-config.html') });
    await expect(source.describe(refOf(SITTING))).rejects.toMatchObject({ status: 404 });
    expect(await source.withdrawal(refOf(SITTING))).toBeNull();
  });

  test('is nothing at all when the portal fails', async () => {
    server.answers.set(dataPath(SITTING), { status: 500 });
    await expect(source.describe(refOf(SITTING))).rejects.toMatchObject({ status: 500 });
    expect(server.requests).toHaveLength(1);
  });
});

describe('captions', () => {
  const path = `/Datas/an/${SITTING}/files/hemi_20261006211505_1.srt`;
  const servePage = (name: string) =>
    server.answers.set(`/video.${SITTING}`, { body: fixture(`video-page/${name}.html`) });

  test('are found through the page', async () => {
    servePage('cart-title-first-and-crlf-config');
    server.answers.set(path, { body: fixture('captions/iso-8859-1.srt') });
    expect(await source.captions(refOf(SITTING))).toMatchObject({
      value: { length: 3 },
      provenance: { url: `${server.url}${path}` },
    });
  });

  test.each([
    ['the page names none', 'still-live-without-content-url', { status: 404 }],
    ['the video is withdrawn', 'withdrawn-answers-200', { status: 404 }],
    ['the file is not there', 'cart-title-first-and-crlf-config', { status: 404 }],
    ['a web page stands in its place', 'cart-title-first-and-crlf-config', { body: fixture('html-instead.html') }],
  ])('are none when %s', async (_case, page, answer) => {
    servePage(page);
    server.answers.set(path, answer);
    expect(await source.captions(refOf(SITTING))).toBeNull();
  });

  test('that are broken are an error, not none', async () => {
    servePage('cart-title-first-and-crlf-config');
    server.answers.set(path, { body: 'oops' });
    await expect(source.captions(refOf(SITTING))).rejects.toMatchObject({ code: 'portal/malformed' });
  });
});

describe('what comes after a sitting', () => {
  const player = `/Datas/an/${SITTING}/content/finalplayer.nvs`;
  const record = '/dyn/opendata/CRSANR5L17S2027O1N012.xml';
  const page = 'https://www.assemblee-nationale.fr/dyn/17/comptes-rendus/seance/CRSANR5L17S2027O1N012';

  test('times of chapters are none, then there, then unchanged for who has them', async () => {
    expect(await source.timings(refOf(SITTING), 'ended')).toBeNull();
    server.answers.set(player, { body: '<player starttime="1791314105"><synchro id="1" timecode="900000"/></player>' });
    const first = await source.timings(refOf(SITTING), 'ended');
    expect(first).toMatchObject({ changed: true, value: [{ id: '1', startsAtMs: 900_000 }] });
    const again = await source.timings(refOf(SITTING), 'ended', { validator: first?.provenance });
    expect(again).toMatchObject({ changed: false });
  });

  test('the record of a sitting is found by its public address; a web page in its place is none', async () => {
    expect(await source.record(page)).toBeNull();
    server.answers.set(record, { body: fixture('html-instead.html') });
    expect(await source.record(page)).toBeNull();
    server.answers.set(record, { body: fixture('syceron/sitting-with-suspension.xml') });
    expect(await source.record(page)).toMatchObject({ changed: true, value: { id: expect.stringMatching(/^CRS/) } });
  });

  test('the record of a commission is a web page, which is not asked for', async () => {
    server.requests.length = 0;
    expect(await source.record(page.replace('CRSAN', 'CRCAN'))).toBeNull();
    expect(server.requests).toEqual([]);
  });
});

describe('what is on the air', () => {
  const programme = (heure: string, more = '') =>
    `<editorial><titre>Mardi 6 octobre 2026</titre><diffusion><libelle_court>AN</libelle_court><heure>${heure}</heure>` +
    `<uid_referentiel>RUANR5L17S2027IDS99000</uid_referentiel><sujet>- Jardins&lt;br&gt;- Haies</sujet></diffusion>` +
    `<diffusion ${more}><libelle>Commission des haies</libelle><id_organe>59047</id_organe></diffusion></editorial>`;

  test('is joined to the programme by the meeting', async () => {
    server.answers.set('/php/getedito.php', { body: programme('2100') });
    server.answers.set('/live/live.txt', { body: `36 /${ON_AIR}\n` });
    serveData(ON_AIR, 'live-before-audio');
    const { sittings, announced, failed } = await source.live();
    expect(failed).toEqual([]);
    expect(announced).toMatchObject([
      {
        title: 'Jardins',
        description: '- Jardins\n- Haies',
        type: 'seance_publique',
        startsAt: '2026-10-06T21:00:00+02:00',
        commission: null,
        thumbnailUrl: `${server.url}/live/images/14000000.jpg`,
      },
      {
        title: 'Commission des haies',
        meetingId: null,
        type: 'commission',
        startsAt: null,
        commission: 'Commission des haies',
        thumbnailUrl: `${server.url}/live/images/59047.jpg`,
      },
    ]);
    expect(sittings).toMatchObject([{ debate: { ref: { id: ON_AIR }, state: 'live' }, announcement: announced[0] }]);
  });

  test('a stream that flips to vod for a moment is still observed', async () => {
    server.answers.set('/live/live.txt', { body: `36 ${SITTING}` });
    serveData(SITTING, 'entities-and-typed-labels');
    expect((await source.live()).sittings).toMatchObject([{ debate: { state: 'ended' }, announcement: null }]);
  });

  test('a link of direct.php counts only when it is live', async () => {
    server.answers.set('/direct.php', { body: `<a href="direct.${ON_AIR}">a</a><a href="direct.${SITTING}">b</a>` });
    serveData(ON_AIR, 'live-before-audio');
    serveData(SITTING, 'entities-and-typed-labels');
    expect((await source.live()).sittings.map(({ debate }) => debate.ref.id)).toEqual([ON_AIR]);
  });

  test('one broken stream or programme hides none of the others', async () => {
    server.answers.set('/php/getedito.php', { body: programme('2100').slice(0, -9) });
    server.answers.set('/live/live.txt', { body: `36 ${ON_AIR}\n12 ${HEARING}\nseul` });
    serveData(ON_AIR, 'live-before-audio');
    const { sittings, failed, rejected } = await source.live();
    expect(sittings).toHaveLength(1);
    expect(failed).toMatchObject([
      { ref: null, error: { status: 404 } },
      { ref: refOf(HEARING), error: { status: 404 } },
    ]);
    expect(rejected).toEqual([{ entry: 'seul', reason: 'no video id' }]);
  });

  test('the programme is asked every ten minutes at most, and what was taken off it is gone', async () => {
    server.answers.set('/live/live.txt', { body: '' });
    server.answers.set('/php/getedito.php', { body: programme('2100', 'dateSuppression="1791316800"') });
    const asked = () => server.requests.filter(({ path }) => path.startsWith('/php/getedito.php')).length;
    expect((await source.live()).announced).toHaveLength(1);
    clock.advance(9 * 60_000);
    await source.live();
    expect(asked()).toBe(1);
    clock.advance(2 * 60_000);
    await source.live();
    expect(asked()).toBe(2);
  });
});

test.skipIf(SAMPLES === null)('the real sitting of 6 October 2026 in the product’s words', async () => {
  const id = '19502241_6ac548b948b27';
  server.answers.set(dataPath(id), { body: readFileSync(sample(`data-nvs/${id}.data.nvs`)) });
  expect(await source.describe(refOf(id))).toMatchObject({
    kind: 'found',
    debate: {
      type: 'seance_publique',
      state: 'ended',
      startsAt: '2026-10-06T21:15:05+02:00',
      durationAtLeastSeconds: 10_021,
      legislature: 17,
      meetingId: 'RUANR5L17S2027IDS30927',
      thumbnailUrl: `${server.url}/Datas/an/${id}/files/seances.jpg`,
      tags: ['Questions sociales et santé'],
      media: [
        { kind: 'mp3', url: 'http://media.example/vod/mp4/ida/domain1/2026/10/hemi_20261006211505.mp3' },
        { kind: 'hls' },
        { kind: 'hls' },
        { kind: 'mp4' },
      ],
    },
  });
});

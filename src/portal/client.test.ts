import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Loopback, openLoopback } from '../../tests/support/loopback.ts';
import { createManualClock, type ManualClock } from '../../tests/support/manual-clock.ts';
import { fixture } from '../../tests/support/portal-fixtures.ts';
import { createFetcher, type Fetcher } from '../platform/fetch/index.ts';
import { createPortalAddresses } from './addresses.ts';
import { createPortal, type Portal } from './client.ts';

const ID = '30100001_6ac548b9aa001';
const DATA = `/Datas/an/${ID}/content/data.nvs`;
const NOW = '2026-10-07T06:00:00.000Z';
const body = fixture('data-nvs/entities-and-typed-labels.nvs');
const sha256 = createHash('sha256').update(body).digest('hex');

let server: Loopback;
let fetcher: Fetcher;
let clock: ManualClock;
let portal: Portal;

beforeEach(async () => {
  server = await openLoopback();
  clock = createManualClock(NOW);
  fetcher = createFetcher({ userAgent: 'robian-test', clock, random: () => 0.5, retries: 0 });
  const bases = ['portalUrl', 'mediaUrl', 'hlsUrl', 'openDataUrl', 'siteUrl'].map((name) => [name, server.url]);
  portal = createPortal({ fetcher, addresses: createPortalAddresses(Object.fromEntries(bases)), clock });
});

afterEach(async () => {
  await fetcher.close();
  await server.close();
});

describe('facts of a video', () => {
  test('carry where and when they were seen, without what was added against caches', async () => {
    server.answers.set(DATA, { headers: { etag: '"v1"', 'last-modified': 'Tue, 06 Oct 2026 21:00:00 GMT' }, body });
    const observed = await portal.dataNvs(ID);
    expect(observed).toMatchObject({ changed: true, value: { videoId: ID } });
    expect(observed.provenance).toEqual({
      url: `${server.url}${DATA}`,
      fetchedAt: new Date(NOW),
      etag: '"v1"',
      lastModified: 'Tue, 06 Oct 2026 21:00:00 GMT',
      sha256,
    });
    expect(server.requests[0]).toMatchObject({
      path: `${DATA}?modulo=${Date.parse(NOW)}`,
      headers: { 'user-agent': 'robian-test' },
    });
  });

  test('a validator is sent back, and 304 means unchanged', async () => {
    server.answers.set(DATA, { status: 304 });
    const validator = { etag: '"v1"', lastModified: 'Tue, 06 Oct 2026 21:00:00 GMT', sha256 };
    expect(await portal.dataNvs(ID, { validator })).toEqual({
      changed: false,
      provenance: { url: `${server.url}${DATA}`, fetchedAt: new Date(NOW), ...validator },
    });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.headers).toMatchObject({
      'if-none-match': '"v1"',
      'if-modified-since': 'Tue, 06 Oct 2026 21:00:00 GMT',
    });
  });

  test('the same bytes mean unchanged too, where the server ignores conditions', async () => {
    server.answers.set(DATA, { body });
    const observed = await portal.dataNvs(ID, { validator: { etag: null, lastModified: null, sha256 } });
    expect(observed).toMatchObject({ changed: false, provenance: { sha256 } });
    expect(server.requests[0]?.headers).not.toHaveProperty('if-none-match');
  });

  test('an unasked 304 is an error, not an empty answer', async () => {
    server.answers.set(DATA, { status: 304 });
    await expect(portal.dataNvs(ID)).rejects.toMatchObject({ reason: 'status', status: 304 });
  });

  test.each([
    ['a web page', { body: fixture('html-instead.html') }, { code: 'portal/html-instead' }],
    ['another video’s facts', { body: fixture('data-nvs/live-before-audio.nvs') }, { code: 'portal/malformed' }],
    ['404', { status: 404 }, { reason: 'status', status: 404 }],
    ['more than any sitting needs', { body: Buffer.alloc((8 << 20) + 1, ' ') }, { reason: 'too-large' }],
  ])('refused: %s', async (_case, answer, error) => {
    server.answers.set(DATA, answer);
    await expect(portal.dataNvs(ID)).rejects.toMatchObject(error);
  });

  test('an id that is none asks nothing', async () => {
    await expect(portal.dataNvs('../x')).rejects.toMatchObject({ code: 'portal/bad-video-id' });
    await expect(portal.page('../x')).rejects.toMatchObject({ code: 'portal/bad-video-id' });
    await expect(portal.player('../x', 'vod')).rejects.toMatchObject({ code: 'portal/bad-video-id' });
    await expect(portal.captions('//evil.example/a.srt')).rejects.toMatchObject({ code: 'portal/foreign-address' });
    expect(server.requests).toEqual([]);
  });

  test('requests keep 300 ms between their starts', async () => {
    server.answers.set(DATA, { body });
    await Promise.all([portal.dataNvs(ID), portal.dataNvs(ID), portal.dataNvs(ID)]);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(600);
  });

  test('an abort stops the request', async () => {
    await expect(portal.dataNvs(ID, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
  });
});

describe('other documents', () => {
  test('the day search asks in French order', async () => {
    server.answers.set('/php/eventsearch.php', { body: fixture('eventsearch/bom-and-escaped-slashes.json') });
    const { value } = await portal.searchDay('2026-10-06');
    expect(value.rows).toHaveLength(2);
    expect(server.requests[0]?.path).toBe('/php/eventsearch.php?Date=06/10/2026');
  });

  test('times of chapters are null until there are some', async () => {
    expect(await portal.player(ID, 'vod')).toBeNull();
    server.answers.set(`/Datas/an/${ID}/content/finalplayer.nvs`, {
      body: fixture('player/storyboard-marks-and-untimed-chapters.nvs'),
    });
    expect(await portal.player(ID, 'vod')).toMatchObject({ changed: true, value: { synchros: { length: 5 } } });
    server.answers.set(`/Datas/an/${ID}/content/finalplayer.nvs`, { status: 500 });
    await expect(portal.player(ID, 'vod')).rejects.toMatchObject({ status: 500 });
  });

  test('the page leads to the captions', async () => {
    server.answers.set(`/video.${ID}`, { body: fixture('video-page/cart-title-first-and-crlf-config.html') });
    server.answers.set(`/Datas/an/${ID}/files/hemi_20261006211505_1.srt`, { body: fixture('captions/iso-8859-1.srt') });
    const page = await portal.page(ID);
    const captionUrl = page.changed && page.value.kind === 'video' ? (page.value.captionUrl ?? '') : '';
    expect(await portal.captions(captionUrl)).toMatchObject({ changed: true, value: { encoding: 'windows-1252' } });
  });

  test('the programme is looked for in three places, against caches', async () => {
    server.answers.set('/php/getedito.php', { body: fixture('html-instead.html') });
    server.answers.set('/live/xml/edito.xml', { body: fixture('editorial/single-diffusion.xml') });
    const { value, provenance } = await portal.editorial();
    expect(value.day).toBe('2026-10-06');
    expect(provenance.url).toBe(`${server.url}/live/xml/edito.xml`);
    expect(server.requests.map(({ path }) => path.replace(/=\d+$/, '='))).toEqual([
      '/php/getedito.php?rnd=',
      '/live/xml/edito_20261007.xml?rnd=',
      '/live/xml/edito.xml?rnd=',
    ]);
  });

  test('when no place has the programme, the last failure is told', async () => {
    await expect(portal.editorial()).rejects.toMatchObject({ status: 404 });
  });

  test('a portal out of reach is not asked three times', async () => {
    await server.close();
    await expect(portal.editorial()).rejects.toMatchObject({ reason: 'unreachable' });
    await expect(portal.liveVideos()).rejects.toMatchObject({ reason: 'unreachable' });
  });

  test('without live.txt, the links of direct.php are candidates', async () => {
    server.answers.set('/direct.php', { body: fixture('home/each-card-links-twice.html') });
    const { value } = await portal.liveVideos();
    expect(value.streams).toContainEqual({ flux: null, videoId: '30100003_6ac5aaaaaa003' });
    server.answers.set('/live/live.txt', { body: '36 /30100003_6ac5aaaaaa003' });
    expect((await portal.liveVideos()).value.streams).toEqual([{ flux: '36', videoId: '30100003_6ac5aaaaaa003' }]);
  });
});

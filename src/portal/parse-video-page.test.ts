import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fixture } from '../../tests/support/portal-fixtures.ts';
import { SAMPLES, sample } from '../../tests/support/samples.ts';
import { parseVideoPage } from './parse-video-page.ts';

const BASES = {
  downloadUrl: 'http://anorigin.vodalys.com/vod/',
  vodUrl: 'http://videos-an.vodalys.com/videos/definst/',
  liveUrl: 'http://anorigin.vodalys.com',
  backupLiveUrl: 'http://assemblee-nationale.akamaized.net',
  folder: 'mp4/ida/domain1/',
  hlsPlaylist: '/master.m3u8',
};

describe('the page of a video', () => {
  test('the title is not the cart’s, and the CRLF configuration is read', () => {
    expect(parseVideoPage(fixture('video-page/cart-title-first-and-crlf-config.html'))).toEqual({
      kind: 'video',
      title: '2ème séance : Jardins partagés (suite)',
      heading: 'Séance publique / Mardi 6 octobre 2026',
      description: "- Suite de la discussion\n- Haies & bocages l'après-midi",
      contentUrl: 'http://anorigin.vodalys.com/vod/mp4/ida/domain1/2026/10/hemi_20261006211505_1.mp4',
      thumbnailUrl: 'http://videos.assemblee-nationale.fr/Datas/an/30100001_6ac548b9aa001/files/seances.jpg',
      captionUrl: '/Datas/an/30100001_6ac548b9aa001/files/hemi_20261006211505_1.srt',
      reportUrl: 'https://www.assemblee-nationale.fr/dyn/17/comptes-rendus/seance/CRSANR5L17S2027O1N999',
      stillLive: false,
      bases: BASES,
    });
  });

  test('a page without contentURL is still live; empty captions are none; a broken configuration spoils nothing', () => {
    expect(parseVideoPage(fixture('video-page/still-live-without-content-url.html'))).toMatchObject({
      stillLive: true,
      contentUrl: null,
      captionUrl: null,
      reportUrl: null,
      bases: { downloadUrl: null, hlsPlaylist: null },
    });
  });

  test('a withdrawn video says so on a page with status 200', () => {
    expect(parseVideoPage(fixture('video-page/withdrawn-answers-200.html'))).toEqual({ kind: 'withdrawn' });
  });

  test.each([
    ['another page of the portal', fixture('html-instead.html')],
    ['nothing', Buffer.alloc(0)],
    ['cut before its title', fixture('video-page/cart-title-first-and-crlf-config.html').subarray(0, 300)],
    ['not a page', Buffer.from('36 30100001_6ac548b9aa001')],
  ])('refuses with portal/malformed: %s', (_case, bytes) => {
    expect(() => parseVideoPage(bytes)).toThrowError(expect.objectContaining({ code: 'portal/malformed' }));
  });
});

test.each(["captionUrl = '", 'captionUrl  ', 'config_json = {', 'config_json = {}'])(
  'a script made of %j only is read in time that grows with its size',
  (piece) => {
    const page = `<h1 class="contentheading">x</h1><h2 class="mediaTitle">y</h2><script>${piece.repeat(20_000)}`;
    expect(parseVideoPage(Buffer.from(page))).toMatchObject({ title: 'y' });
  },
  10_000,
);

test.skipIf(SAMPLES === null)('the real page of 6 October 2026 gives its facts', () => {
  expect(parseVideoPage(readFileSync(sample('video-page/19502241_6ac548b948b27.html')))).toMatchObject({
    kind: 'video',
    title:
      '2ème séance : Réponse intégrale aux violences sexuelles et sexistes contre les femmes et les enfants (suite)',
    heading: 'Séance publique / Mardi 6 octobre 2026',
    captionUrl: '/Datas/an/19502241_6ac548b948b27/files/hemi_20261006211505_1.srt',
    reportUrl: 'https://www.assemblee-nationale.fr/dyn/17/comptes-rendus/seance/CRSANR5L17S2027O1N010',
    stillLive: false,
    bases: BASES,
  });
});

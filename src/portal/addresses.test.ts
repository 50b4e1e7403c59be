import { describe, expect, test } from 'vitest';
import { createPortalAddresses } from './addresses.ts';

const ID = '19502241_6ac548b948b27';
const addresses = createPortalAddresses({
  portalUrl: 'https://videos.assemblee-nationale.fr',
  mediaUrl: 'http://anorigin.vodalys.com/',
  hlsUrl: 'https://videos-an.vodalys.com',
  openDataUrl: 'https://data.assemblee-nationale.fr',
  siteUrl: 'https://www.assemblee-nationale.fr',
});
const replay = createPortalAddresses({
  portalUrl: 'http://127.0.0.1:4000',
  mediaUrl: 'http://127.0.0.1:4000',
  hlsUrl: 'http://127.0.0.1:4000',
  openDataUrl: 'http://127.0.0.1:4000',
  siteUrl: 'http://127.0.0.1:4000',
});

describe('documents of the portal', () => {
  test('stand where the reference says', () => {
    expect(addresses.daySearch('2026-10-06')).toBe(
      'https://videos.assemblee-nationale.fr/php/eventsearch.php?Date=06/10/2026',
    );
    expect(addresses.dataNvs(ID)).toBe(`https://videos.assemblee-nationale.fr/Datas/an/${ID}/content/data.nvs`);
    expect(addresses.player(ID, 'vod')).toMatch(/\/content\/finalplayer\.nvs$/);
    expect(addresses.player(ID, 'live')).toMatch(/\/content\/liveplayer\.nvs$/);
    expect(addresses.videoPage(ID)).toBe(`https://videos.assemblee-nationale.fr/video.${ID}`);
    expect(addresses.listPage('live')).toBe('https://videos.assemblee-nationale.fr/direct.php');
    expect(addresses.liveList()).toBe('https://videos.assemblee-nationale.fr/live/live.txt');
    expect(addresses.editorials('2026-10-06')).toEqual([
      'https://videos.assemblee-nationale.fr/php/getedito.php',
      'https://videos.assemblee-nationale.fr/live/xml/edito_20261006.xml',
      'https://videos.assemblee-nationale.fr/live/xml/edito.xml',
    ]);
    expect(addresses.reportXml('CRSANR5L17S2026O1N187')).toBe(
      'https://www.assemblee-nationale.fr/dyn/opendata/CRSANR5L17S2026O1N187.xml',
    );
    expect(addresses.dumps(17).agenda).toBe(
      'https://data.assemblee-nationale.fr/static/openData/repository/17/vp/reunions/Agenda.json.zip',
    );
  });

  test.each([
    '',
    '..',
    '1_2',
    '19502241',
    `../${ID}`,
    `${ID}/..`,
    `${ID}\n`,
    `${ID}?x`,
    '١٢_6ac548b948b27',
    'x'.repeat(999),
  ])('an id that is none is refused before anything is asked: %j', (id) => {
    const coded = expect.objectContaining({ code: 'portal/bad-video-id' });
    expect(() => addresses.dataNvs(id)).toThrowError(coded);
    expect(() => addresses.videoPage(id)).toThrowError(coded);
    expect(() => addresses.image(id, './files/a.jpg')).toThrowError(coded);
  });

  test('a day that is none, or a record that is none, has no address', () => {
    expect(() => addresses.daySearch('2026-02-30')).toThrow(RangeError);
    expect(() => addresses.daySearch('06/10/2026')).toThrow(RangeError);
    expect(() => addresses.reportXml('../../x')).toThrowError(
      expect.objectContaining({ code: 'portal/foreign-address' }),
    );
  });
});

describe('media', () => {
  test.each([
    'serverfiles://data9/domain1/2026/10/hemi_20261006211505.mp3',
    'serverfiles://data12/domain1/2026/10/hemi_20261006211505.mp3',
    'https://elsewhere.example/domain1/2026/10/hemi_20261006211505.mp3',
  ])('the machine before domain1/ does not matter: %s', (file) => {
    expect(addresses.mp3(file)).toBe('http://anorigin.vodalys.com/vod/mp4/ida/domain1/2026/10/hemi_20261006211505.mp3');
  });

  test('the mp4, and both HLS forms from any file of the recording', () => {
    const source = 'serverfiles://data9/domain1/2026/10/6242_20260119135010_1.mp4';
    const folder = 'https://videos-an.vodalys.com/videos/definst/mp4/ida/domain1/2026/10';
    const both = [`${folder}/6242_20260119135010_1.mp4/master.m3u8`, `${folder}/6242_20260119135010.smil/master.m3u8`];
    expect(addresses.mp4(source)).toBe(
      'http://anorigin.vodalys.com/vod/mp4/ida/domain1/2026/10/6242_20260119135010_1.mp4',
    );
    expect(addresses.hls(source)).toEqual(both);
    expect(addresses.hls('serverfiles://data9/domain1/2026/10/6242_20260119135010_2.mp4')).toEqual(both);
    expect(addresses.hls('serverfiles://data9/domain1/2026/10/6242_20260119135010.mp3')).toEqual(both);
    expect(addresses.hls('rtmp://vipwowza.yacast.net/x/mp4:domain1/2026/10/6242_20260119135010_1.mp4')).toEqual(both);
  });

  test.each([
    'serverfiles://data9/domain1/../../../etc/passwd',
    'serverfiles://data9/domain1/2026/10/../x.mp3',
    'serverfiles://data9/domain1/2026/10/a b.mp3',
    'serverfiles://data9/domain1/2026/10/x.mp3?y',
    'serverfiles://data9/2026/10/x.mp3',
    'http://evil.example/x.mp3',
    '',
  ])('what is no file of the portal has no address: %j', (file) => {
    expect(addresses.mp3(file)).toBeNull();
    expect(addresses.hls(file)).toEqual([]);
  });

  test('an mp4 is no mp3', () => {
    expect(addresses.mp3('serverfiles://data9/domain1/2026/10/x_1.mp4')).toBeNull();
    expect(addresses.mp4('serverfiles://data9/domain1/2026/10/x.mp3')).toBeNull();
  });

  test.each([
    [
      'http://anorigin.vodalys.com/live/live36/index36_19502241.m3u8?DVR',
      'http://anorigin.vodalys.com/live/live36/index36_19502241.m3u8?DVR',
    ],
    ['http://evil.example/live/live36/index36_1.m3u8', 'http://anorigin.vodalys.com/live/live36/index36_1.m3u8'],
    ['http://anorigin.vodalys.com/live/../admin.m3u8', null],
    ['http://anorigin.vodalys.com/live/%2e%2e/admin.m3u8', null],
    ['file:///live/x.m3u8', null],
    ['/live/live36/index36_1.m3u8', null],
    ['', null],
  ])('a live playlist always stands on the media host: %j', (file, url) => {
    expect(addresses.liveHls(file)).toBe(url);
  });
});

describe('addresses found in documents', () => {
  test.each([
    [`/Datas/an/${ID}/files/hemi_20261006211505_1.srt`, `/Datas/an/${ID}/files/hemi_20261006211505_1.srt`],
    [`http://videos.assemblee-nationale.fr/Datas/an/${ID}/files/a.srt`, `/Datas/an/${ID}/files/a.srt`],
    [`Datas/an/${ID}/files/a.srt`, `/Datas/an/${ID}/files/a.srt`],
  ])('captions become absolute, on the given portal: %s', (captionUrl, path) => {
    expect(addresses.captions(captionUrl)).toBe(`https://videos.assemblee-nationale.fr${path}`);
    expect(replay.captions(captionUrl)).toBe(`http://127.0.0.1:4000${path}`);
  });

  test.each([
    '//evil.example/Datas/an/1_aaaaaaaaaaaaa/files/a.srt',
    'http://evil.example/Datas/an/1_aaaaaaaaaaaaa/files/a.srt',
    `/Datas/an/${ID}/files/../../../../php/x.srt`,
    `/Datas/an/${ID}/files/%2e%2e/%2e%2e/x.srt`,
    `\\\\evil.example/Datas/an/${ID}/files/a.srt`,
    `http://videos.assemblee-nationale.fr@evil.example/Datas/an/${ID}/files/a.srt`,
    `javascript:/Datas/an/${ID}/files/a.srt`,
    `/Datas/an/${ID}/files/a.html`,
    'http://[',
    '',
  ])('captions elsewhere are refused: %j', (captionUrl) => {
    expect(() => addresses.captions(captionUrl)).toThrowError(
      expect.objectContaining({ code: 'portal/foreign-address' }),
    );
  });

  test.each([
    ['mediafiles://this/seances.jpg', `http://127.0.0.1:4000/Datas/an/${ID}/files/seances.jpg`],
    ['./files/storyboard/8221.jpg', `http://127.0.0.1:4000/Datas/an/${ID}/files/storyboard/8221.jpg`],
    ['http://videos.assemblee-nationale.fr/Datas/an/x/files/a.PNG', 'http://127.0.0.1:4000/Datas/an/x/files/a.PNG'],
    ['http://127.0.0.1:4000/live/images/1.jpg', 'http://127.0.0.1:4000/live/images/1.jpg'],
    ['mediafiles://this/../../x.jpg', null],
    ['./files/../x.jpg', null],
    ['https://evil.example/a.jpg', null],
    ['data:image/png;base64,AAAA', null],
    ['', null],
  ])('pictures stand on the portal or are none: %j', (address, url) => {
    expect(replay.image(ID, address)).toBe(url);
  });

  test('the picture of an organ, and of the hemicycle', () => {
    expect(addresses.organImage('PO59048')).toBe('https://videos.assemblee-nationale.fr/live/images/59048.jpg');
    expect(addresses.organImage(null)).toBe('https://videos.assemblee-nationale.fr/live/images/14000000.jpg');
    expect(addresses.organImage('PO../1')).toBeNull();
  });

  test.each([
    ['https://www.assemblee-nationale.fr/dyn/17/comptes-rendus/seance/CRSANR5L17S2027O1N010', true],
    ['http://www2.assemblee-nationale.fr/x', true],
    ['http://127.0.0.1:4000/dyn/x', true],
    ['https://assemblee-nationale.fr.evil.example/x', false],
    ['https://evilassemblee-nationale.fr/x', false],
    ['https://user:secret@www.assemblee-nationale.fr/x', false],
    ['javascript:alert(1)//assemblee-nationale.fr', false],
    ['/dyn/17', false],
  ])('the record is on the Assembly’s site or is none: %s', (address, accepted) => {
    expect(replay.report(address)).toBe(accepted ? address : null);
  });
});

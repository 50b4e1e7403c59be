import { expect, it } from 'vitest';
import { filmed } from '../../../tests/support/demo-sittings.ts';
import { captionPath, renderVideoPage } from './video-page.ts';

const ORIGIN = 'http://replay.test';
const plenary = filmed('petites rivières');
const html = renderVideoPage(plenary, ORIGIN);

it('has the title of the cart before its own', () => {
  expect(html.match(/<h1[^>]*>([^<]*)<\/h1>/)?.[1]).toBe('Panier');
  expect(html).toContain('<h1 id="contentheading" class="contentheading">Séance publique / Mardi 6 octobre 2026</h1>');
  expect(html).toContain(`<h2 class="mediaTitle">${plenary.title}</h2>`);
});

it('writes its date as oddly as the portal does', () => {
  expect(html).toContain('<meta itemprop="uploadDate" content="2026-10-06CEST14:59:54" />');
});

it('has CRLF inside config_json and LF everywhere else', () => {
  const config = /config_json = (\{[^}]*\})/.exec(html)?.[1] ?? '';
  expect(JSON.parse(config)).toMatchObject({ folder: 'mp4/ida/domain1/', hls_playlist: '/master.m3u8' });
  expect(config.match(/(?<!\r)\n/)).toBeNull();
  expect(html.replace(config, '')).not.toContain('\r');
});

it('names captions and record where there are some, and leaves them empty where not', () => {
  expect(html).toContain(`var captionUrl = '${captionPath(plenary)}';`);
  expect(captionPath(plenary)).toBe(`/Datas/an/${plenary.videoId}/files/hemi_20261006145954_1.srt`);
  const hearing = renderVideoPage(filmed('Audition'), ORIGIN);
  expect(hearing).toContain("var captionUrl = '';");
  expect(hearing).toContain("var reportUrl = '';");
  expect(hearing).toContain('l&#039;Observatoire');
});

it('has no contentURL while live', () => {
  expect(html).toContain(
    `itemprop="contentURL" content="${ORIGIN}/vod/mp4/ida/domain1/${plenary.recording.base}_1.mp4"`,
  );
  const live = renderVideoPage(filmed('jeunes agriculteurs'), ORIGIN);
  expect(live).not.toContain('contentURL');
  expect(live).toContain('var show_live = true;');
});

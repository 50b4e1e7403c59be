import { expect, it } from 'vitest';
import { filmed, SITTINGS } from '../../../tests/support/demo-sittings.ts';
import { renderDirectPage, renderListPage, renderLiveList, renderMissingVideoPage, slugOf } from './pages.ts';

const live = filmed('jeunes agriculteurs');
const plenary = filmed('petites rivières');

it('live.txt has a line a running stream, and is empty when nothing is on the air', () => {
  expect(renderLiveList(SITTINGS)).toBe(`36 /${live.videoId}\n`);
  expect(renderLiveList([plenary])).toBe('');
});

it('direct.php links to what is live', () => {
  expect(renderDirectPage(SITTINGS)).toContain(`href="direct.${live.videoId}"`);
  expect(renderDirectPage([plenary])).not.toContain('href="direct.');
});

it('a list links twice to each video, with HTML inside data-title, and not to what is live', () => {
  const html = renderListPage('Séance publique', [plenary, live]);
  expect(html.match(new RegExp(`href="video\\.${plenary.videoId}\\.`, 'g'))).toHaveLength(2);
  expect(html).toContain(`data-title="<span class='date'><span class='jour'>06</span>`);
  expect(html).not.toContain(live.videoId);
});

it('a slug has no accents, is cut by length and ends in the day', () => {
  expect(slugOf(plenary)).toBe(
    '1ere-seance-questions-au-gouvernement-protection-des-sources-et-des-petites-rivieres-6-octobre-2026',
  );
  expect(slugOf({ ...plenary, title: 'mot '.repeat(100) })).toMatch(/^(?:mot-){22}mo-6-octobre-2026$/);
});

it('a missing video says so under the cart, whose title comes first', () => {
  expect(renderMissingVideoPage()).toMatch(
    /<h1 [^>]*>Panier<\/h1>[\s\S]*<h1 class="contentheading">Demande de vidéo<\/h1>/,
  );
});

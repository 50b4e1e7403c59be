import { expect, it } from 'vitest';
import { filmed, SITTINGS } from '../../../tests/support/demo-sittings.ts';
import { renderDaySearch } from './day-search.ts';

const ORIGIN = 'http://replay.test';

function search(query: Record<string, string>): string {
  return renderDaySearch(SITTINGS, new URLSearchParams(query), ORIGIN);
}

function rows(query: Record<string, string>): Record<string, unknown>[] {
  const text = search(query);
  expect(text.charCodeAt(0)).toBe(0xfeff);
  return JSON.parse(text.slice(1));
}

it('finds the films of a day written DD/MM/YYYY, newest first, behind a byte order mark', () => {
  expect(rows({ Date: '06/10/2026' }).map(({ title }) => title)).toEqual([
    filmed('petites rivières').title,
    'Questions au Gouvernement',
    filmed('Audition').title,
  ]);
});

it.each(['2026-10-06', '6/10/2026', '07/10/2030', 'hier'])('finds nothing for the day %s', (day) => {
  expect(search({ Date: day })).toBe('\uFEFF[]');
});

it('shows neither what is live nor what is only announced', () => {
  const titles = rows({}).map(({ title }) => title);
  expect(titles).toHaveLength(6);
  expect(titles).not.toContain(filmed('jeunes agriculteurs').title);
});

it('narrows by type and by commission', () => {
  expect(rows({ TypeVideo: 'Questions au gouvernement' })).toHaveLength(1);
  expect(rows({ TypeVideo: 'Commission' })).toHaveLength(3);
  expect(rows({ Commission: 'Finances (commission)' })).toHaveLength(1);
});

it('gives each field the form that clients have met', () => {
  const sitting = filmed('petites rivières');
  expect(rows({ Date: '06/10/2026' })[0]).toEqual({
    nid: null,
    mediaId: sitting.mediaId,
    date: String(sitting.recording.startsAtMs / 1000),
    thumbnail: `${ORIGIN}/Datas/an/${sitting.videoId}/files/seances.jpg`,
    published: true,
    vis: '2',
    description:
      '- Questions au Gouvernement<br>- Discussion de la proposition de loi visant à protéger les sources et les petites rivières<br>',
    video_type: 'S',
    theme: 'Environnement',
    commission: null,
    title: sitting.title,
    url: `/${sitting.videoId}`,
    size: 0,
  });
  expect(search({})).toContain(String.raw`"url":"\/${sitting.videoId}"`);
});

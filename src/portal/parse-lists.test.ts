import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fixture } from '../../tests/support/portal-fixtures.ts';
import { SAMPLES, sample } from '../../tests/support/samples.ts';
import { parseHomeLinks } from './parse-home-links.ts';
import { parseLiveList } from './parse-live-list.ts';

describe('live.txt', () => {
  test('words may be ids or paths, with a leading slash or not; noise is reported', () => {
    expect(parseLiveList(fixture('live-list/leading-slash-path-and-noise.txt'))).toEqual({
      streams: [
        { flux: '36', videoId: '30100003_6ac5aaaaaa003' },
        { flux: '12', videoId: '30100002_6ac4c6e0aa002' },
        { flux: '7', videoId: '30100008_6ac4c6e0aa008' },
      ],
      rejected: [
        { entry: '44 ../../etc/passwd', reason: 'no video id' },
        { entry: 'seul', reason: 'no video id' },
      ],
    });
  });

  test('an empty file means that nothing is on the air', () => {
    expect(parseLiveList(fixture('live-list/nothing-live.txt'))).toEqual({ streams: [], rejected: [] });
  });

  test('refuses a web page and more lines than rooms', () => {
    expect(() => parseLiveList(fixture('html-instead.html'))).toThrowError(
      expect.objectContaining({ code: 'portal/html-instead' }),
    );
    expect(() => parseLiveList(Buffer.from('x\n'.repeat(501)))).toThrowError(
      expect.objectContaining({ code: 'portal/malformed' }),
    );
  });
});

describe('links to videos on a page', () => {
  test('each video counts once, with the slug of whichever of its links has one', () => {
    expect(parseHomeLinks(fixture('home/each-card-links-twice.html'))).toEqual([
      { videoId: '30100001_6ac548b9aa001', slug: '2eme-seance--jardins-partages-suite-6-octobre-2026' },
      { videoId: '30100002_6ac4c6e0aa002', slug: 'biodiversite--audition-de-mme-od-6-octobre-2026' },
      { videoId: '30100003_6ac5aaaaaa003', slug: null },
    ]);
  });

  test('a page with more links than a list can show is read no further', () => {
    const links = Array.from({ length: 6000 }, (_, i) => `video.${100_000 + i}_6ac548b9aa001`).join(' ');
    expect(parseHomeLinks(Buffer.from(links))).toHaveLength(5000);
  });
});

test.skipIf(SAMPLES === null)('the real home page of 9 June 2025 links to four videos, twice each', () => {
  const links = parseHomeLinks(readFileSync(sample('home-links/exploration_results_20250609_191205.json')));
  expect(links.map(({ videoId }) => videoId)).toEqual([
    '17023620_6841ecc048526',
    '17020434_6841915054b31',
    '17020232_68418c697d527',
    '17020027_684186d953662',
  ]);
  expect(links[0]?.slug).toBe('3eme-seance--examen-de-diverses-propositions-de-loi--5-juin-2025');
});

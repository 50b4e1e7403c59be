import { expect, test } from 'vitest';
import { candidatesOf, type Recorded } from './candidates.ts';
import { createSources } from './registry.ts';
import type { MediaCandidate, Source } from './source.ts';

const mp3: MediaCandidate = { kind: 'mp3', url: 'https://media.example/a.mp3', durationAtLeastSeconds: 3_600 };
const hls: MediaCandidate = { kind: 'hls', url: 'https://media.example/a.m3u8', durationAtLeastSeconds: 3_600 };
const page = 'https://videos.example/video.1';
const debate: Recorded = { source: 'portal', sourceRef: '1', sittingState: 'ended', pageUrl: page, media: [mp3] };

const portal = (answer: () => Promise<MediaCandidate[]>) =>
  createSources([{ id: 'portal', media: answer } as Partial<Source> as Source]);
const silent = portal(() => Promise.reject(new Error('out of reach')));
const none = createSources([]);

test.each([
  ['is what the register knows, once the sound is published', debate, silent, [mp3]],
  ['is what the source knows, before that', { ...debate, media: [] }, portal(async () => [hls]), [hls]],
  ['is what the register knows, when the source is silent', { ...debate, media: [hls] }, silent, [hls]],
  ['is what was known, when the source is gone', { ...debate, media: [hls] }, none, [hls]],
])('the sound %s; and its page, as long as that says', async (_name, known, sources, expected) => {
  expect(await candidatesOf(known, sources)).toEqual([
    ...expected,
    { kind: 'page', url: page, durationAtLeastSeconds: 3_600 },
  ]);
});

test('a page binds to what was known of the recording before its source knew of none', async () => {
  const sources = portal(async () => []);
  expect(await candidatesOf({ ...debate, media: [hls] }, sources)).toEqual([
    { kind: 'page', url: page, durationAtLeastSeconds: 3_600 },
  ]);
});

test.each([
  ['no page', { ...debate, pageUrl: null }, [mp3]],
  ['no recording', { ...debate, sourceRef: null }, []],
  ['a sitting on the air', { ...debate, sittingState: 'live' }, []],
])('of %s there is nothing more', async (_name, known, expected) => {
  expect(await candidatesOf(known, none)).toEqual(expected);
});

test('a page is named once, and bound by nothing when nothing is known', async () => {
  const own: MediaCandidate = { kind: 'page', url: page, durationAtLeastSeconds: null };
  expect(await candidatesOf({ ...debate, media: [own] }, none)).toEqual([own]);
  expect(await candidatesOf({ ...debate, media: [] }, none)).toEqual([own]);
});

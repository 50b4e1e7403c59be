import { describe, expect, it } from 'vitest';
import { liveSegmentCount, renderLiveMaster, renderLivePlaylist, renderVodMaster, renderVodPlaylist } from './hls.ts';

it('a recording has the three variants that were seen, lowest first', () => {
  expect(renderVodMaster().match(/chunklist_\w+\.m3u8/g)).toEqual([
    'chunklist_b500000.m3u8',
    'chunklist_b1000000.m3u8',
    'chunklist_b2000000.m3u8',
  ]);
});

it('a recorded variant lists its segments to the end', () => {
  const playlist = renderVodPlaylist('b500000', [4, 4, 1.2]);
  expect(playlist).toContain('#EXT-X-TARGETDURATION:4\n');
  expect(playlist).toMatch(/#EXTINF:1\.200,\nmedia_b500000_2\.ts\n#EXT-X-ENDLIST\n$/);
});

describe('a live stream', () => {
  it('has three variants, the highest second', () => {
    expect(renderLiveMaster(36, 7).match(/BANDWIDTH=\d+|stream\S+/g)).toEqual([
      'BANDWIDTH=2000000',
      'stream36_1_7.m3u8',
      'BANDWIDTH=4000000',
      'stream36_2_7.m3u8',
      'BANDWIDTH=500000',
      'stream36_3_7.m3u8',
    ]);
  });

  it.each([
    [0, 0],
    [3.9, 0],
    [4, 1],
    [9.9, 2],
    [10, 3],
    [14, 4],
    [25, 7],
  ])('after %s s has made %i segments', (elapsedSeconds, count) => {
    expect(liveSegmentCount([4, 4, 2], elapsedSeconds)).toBe(count);
  });

  it('has no end, and says where its loop begins again', () => {
    const playlist = renderLivePlaylist({ number: 2, mediaId: 7 }, [4, 4, 2], 14);
    expect(playlist).not.toContain('ENDLIST');
    expect(playlist).toMatch(/media_2_7_2\.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:4\.000,\nmedia_2_7_3\.ts\n$/);
  });

  it('forgets what is older than four hours, and counts what it forgot', () => {
    const playlist = renderLivePlaylist({ number: 2, mediaId: 7 }, [4, 4, 2], 10 * 3600);
    expect(playlist.match(/#EXTINF/g)).toHaveLength(3600);
    expect(playlist).toContain('#EXT-X-MEDIA-SEQUENCE:7200\n');
    expect(playlist).toContain('#EXT-X-DISCONTINUITY-SEQUENCE:2400\n');
  });
});

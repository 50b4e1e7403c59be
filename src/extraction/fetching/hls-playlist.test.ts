import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../platform/errors/index.ts';
import { formatLocalPlaylist, readPlaylist } from './hls-playlist.ts';

const BASE = 'https://hls.test/2026/10/hemi_1.mp4/master.m3u8';

const master = (...lines: string[]): string => ['#EXTM3U', ...lines, ''].join('\n');
const media = (...lines: string[]): string => master('#EXT-X-VERSION:6', '#EXT-X-TARGETDURATION:10', ...lines);
const variant = (bandwidth: number, uri: string, more = ''): string =>
  `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth}${more}\n${uri}`;

describe('which variant', () => {
  const soundUrl = (text: string): string => {
    const playlist = readPlaylist(text, BASE);
    return playlist.kind === 'master' ? playlist.soundUrl : '';
  };

  it('the lowest, wherever it stands', () => {
    const text = master(variant(2e6, 'b2000000.m3u8'), variant(5e5, 'b500000.m3u8'), variant(1e6, 'b1000000.m3u8'));
    expect(soundUrl(text)).toBe('https://hls.test/2026/10/hemi_1.mp4/b500000.m3u8');
  });

  it('never one that names its codecs and no sound among them', () => {
    const text = master(
      variant(1e5, 'silent.m3u8', ',CODECS="avc1.42e00a"'),
      variant(5e5, 'b500000.m3u8', ',CODECS="avc1.42e00a,mp4a.40.2"'),
    );
    expect(soundUrl(text)).toMatch(/b500000/);
  });

  it('the sound track of its own where there is one', () => {
    const text = master(
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="fr",DEFAULT=YES,URI="sound.m3u8"',
      variant(5e5, 'b500000.m3u8', ',AUDIO="a"'),
    );
    expect(soundUrl(text)).toMatch(/sound\.m3u8$/);
  });

  it('no sound at all is said so', () => {
    const text = master(variant(1e5, 'silent.m3u8', ',CODECS="avc1.42e00a"'));
    expect(() => readPlaylist(text, BASE)).toThrow('extraction/no-sound');
  });
});

describe('segments', () => {
  it('have absolute addresses, durations, byte ranges and maps', () => {
    const text = media(
      '#EXT-X-MAP:URI="init.mp4",BYTERANGE="100@0"',
      '#EXTINF:10.0,',
      '#EXT-X-BYTERANGE:500@100',
      'all.mp4',
      '#EXTINF:4.5,',
      '#EXT-X-BYTERANGE:300',
      'all.mp4',
      '#EXT-X-ENDLIST',
    );
    const map = { url: 'https://hls.test/2026/10/hemi_1.mp4/init.mp4', span: { start: 0, end: 100 } };
    const url = 'https://hls.test/2026/10/hemi_1.mp4/all.mp4';
    expect(readPlaylist(text, BASE)).toEqual({
      kind: 'media',
      durationSeconds: 14.5,
      segments: [
        { url, span: { start: 100, end: 600 }, durationSeconds: 10, discontinuity: false, map },
        { url, span: { start: 600, end: 900 }, durationSeconds: 4.5, discontinuity: false, map },
      ],
    });
  });

  const one = (uri: string): string => media('#EXTINF:10,', uri, '#EXT-X-ENDLIST');

  it.each([
    ['another host', 'https://elsewhere.test/a.ts'],
    ['another port', 'https://hls.test:8443/a.ts'],
    ['a host of the private network', 'http://169.254.169.254/latest/meta-data'],
    ['a scheme-relative address', '//elsewhere.test/a.ts'],
    ['a file of this machine', 'file:///etc/passwd'],
    ['plain http where the playlist came over https', 'http://hls.test/a.ts'],
  ])('are not fetched from %s', (_name, uri) => {
    expect(() => readPlaylist(one(uri), BASE)).toThrow('extraction/foreign-address');
  });

  it('may be safer than their playlist', () => {
    expect(readPlaylist(one('https://hls.test/a.ts'), 'http://hls.test/p.m3u8').kind).toBe('media');
  });
});

describe('what cannot be used ends in its code', () => {
  it.each<[string, string, string]>([
    ['something else under the right type', 'offline', 'extraction/broken-playlist'],
    ['a page', '<html>#EXTM3U', 'extraction/broken-playlist'],
    ['a broadcast that still runs', media('#EXTINF:10,', 'a.ts'), 'extraction/still-live'],
    ['no segment', media('#EXT-X-ENDLIST'), 'extraction/broken-playlist'],
    [
      'encryption',
      media('#EXT-X-KEY:METHOD=AES-128,URI="k"', '#EXTINF:10,', 'a.ts', '#EXT-X-ENDLIST'),
      'extraction/broken-playlist',
    ],
    ['an endless list', media('#EXTINF:1,\na.ts\n'.repeat(12_001), '#EXT-X-ENDLIST'), 'extraction/broken-playlist'],
  ])('%s', (_name, text, code) => {
    expect(() => readPlaylist(text, BASE)).toThrow(code);
  });
});

it('the local playlist holds only names of ours', () => {
  const segment = { url: 'https://h/"evil"', durationSeconds: 6.006, discontinuity: false, map: null };
  const text = formatLocalPlaylist([
    { ...segment, file: '00000.m4s', mapFile: 'map-0.mp4' },
    { ...segment, file: '00001.m4s', mapFile: 'map-0.mp4', discontinuity: true },
  ]);
  expect(text.split('\n')).toEqual([
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    '#EXT-X-TARGETDURATION:7',
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-MAP:URI="map-0.mp4"',
    '#EXTINF:6.006000,',
    '00000.m4s',
    '#EXT-X-DISCONTINUITY',
    '#EXTINF:6.006000,',
    '00001.m4s',
    '#EXT-X-ENDLIST',
    '',
  ]);
});

it('whatever the text, there is a playlist or a coded error', () => {
  const line = fc.oneof(
    fc.constantFrom(
      '#EXTINF:10,',
      'a.ts',
      '#EXT-X-ENDLIST',
      '#EXT-X-BYTERANGE:5',
      '#EXT-X-MAP:URI="i"',
      '#EXT-X-KEY:METHOD=NONE',
    ),
    fc.constantFrom(
      '#EXT-X-STREAM-INF:BANDWIDTH',
      '#EXT-X-MEDIA:TYPE=AUDIO',
      '#EXTINF:-1,',
      '#EXT-X-TARGETDURATION:x',
      'http://[',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      try {
        readPlaylist(['#EXTM3U', ...lines].join('\n'), BASE);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
    { numRuns: 500 },
  );
});

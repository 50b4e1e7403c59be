import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodedSeconds, ffmpeg, hasFfmpeg } from '../../../tests/support/ffmpeg.ts';
import { fileOf, type MediaServer, startMediaServer } from '../../../tests/support/media-server.ts';
import { type Clock, systemClock } from '../../platform/clock/index.ts';
import { createFetcher, type Fetcher } from '../../platform/fetch/index.ts';
import { DOWNLOAD_LIMITS, type DownloadDeps } from './download-context.ts';
import { downloadHls, type HlsSound } from './download-hls.ts';
import { type Ffmpeg, findFfmpeg } from './ffmpeg.ts';

const SECONDS = 20;
let recordings: string;
let tool: Ffmpeg;
let media: MediaServer;
let fetcher: Fetcher;
let directory: string;
/** Waiting costs nothing. */
const eagerClock: Clock = { ...systemClock, sleep: (_ms, signal) => systemClock.sleep(1, signal) };

beforeAll(async () => {
  if (!hasFfmpeg) return;
  const found = await findFfmpeg({ configured: undefined, path: process.env.PATH, clock: systemClock });
  if (found === null) throw new Error('ffmpeg runs but is not found');
  tool = found;
  recordings = mkdtempSync(join(tmpdir(), 'robian-recordings-'));
  const picture = ['-f', 'lavfi', '-i', `testsrc=size=64x36:rate=5:duration=${SECONDS}`];
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=44100:duration=${SECONDS}`];
  const encode = ['-c:v', 'mpeg2video', '-g', '10', '-c:a', 'aac', '-b:a', '32k'];
  const hls = ['-f', 'hls', '-hls_time', '4', '-hls_playlist_type', 'vod'];
  ffmpeg([...picture, ...sound, ...encode, ...hls, '-hls_segment_filename', 'ts-%d.ts', 'ts.m3u8'], recordings);
  const fragmented = ['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', 'init.mp4'];
  const encodeMp4 = ['-c:v', 'mpeg4', '-g', '10', '-c:a', 'aac', '-b:a', '32k'];
  ffmpeg(
    [...picture, ...sound, ...encodeMp4, ...hls, ...fragmented, '-hls_segment_filename', 'f-%d.m4s', 'fmp4.m3u8'],
    recordings,
  );
  ffmpeg([...picture, ...hls, '-c:v', 'mpeg2video', '-hls_segment_filename', 'mute-%d.ts', 'mute.m3u8'], recordings);
});

afterAll(() => {
  if (hasFfmpeg) rmSync(recordings, { recursive: true });
});

beforeEach(async () => {
  media = await startMediaServer();
  fetcher = createFetcher({ userAgent: 'test', clock: eagerClock, random: () => 0, bodyTimeoutMs: 300 });
  directory = mkdtempSync(join(tmpdir(), 'robian-hls-'));
  if (!hasFfmpeg) return;
  for (const name of readdirSync(recordings)) {
    const contentType = name.endsWith('.m3u8') ? 'application/vnd.apple.mpegurl' : 'video/mp2t';
    media.files.set(`/v/${name}`, fileOf(readFileSync(join(recordings, name)), { contentType }));
  }
  serveText('/v/master.m3u8', [
    '#EXTM3U',
    '#EXT-X-STREAM-INF:BANDWIDTH=2000000',
    'big.m3u8',
    '#EXT-X-STREAM-INF:BANDWIDTH=500000',
    'ts.m3u8',
  ]);
});

afterEach(async () => {
  await fetcher.close();
  await media.close();
  rmSync(directory, { recursive: true });
});

function serveText(path: string, lines: string[]): void {
  media.files.set(path, fileOf(Buffer.from(`${lines.join('\n')}\n`), { contentType: 'application/vnd.apple.mpegurl' }));
}

const fetched: number[] = [];
const copied: number[] = [];

function download(
  path: string,
  change: { limits?: Partial<DownloadDeps['limits']>; signal?: AbortSignal } = {},
): Promise<HlsSound> {
  fetched.length = 0;
  copied.length = 0;
  return downloadHls(
    {
      fetcher,
      clock: eagerClock,
      random: () => 0,
      freeBytes: async () => Number.MAX_SAFE_INTEGER,
      collectYoung: () => undefined,
      limits: { ...DOWNLOAD_LIMITS, ...change.limits },
      ffmpeg: tool,
    },
    {
      url: media.url(path),
      directory,
      signal: change.signal ?? new AbortController().signal,
      onFetching: ({ doneSeconds }) => fetched.push(doneSeconds),
      onCopying: ({ doneSeconds }) => copied.push(doneSeconds),
    },
  );
}

const requestsOf = (path: string): number => media.requests.filter((request) => request.path === path).length;

describe.runIf(hasFfmpeg)('the sound of a broadcast', () => {
  it.each(['master.m3u8', 'ts.m3u8', 'fmp4.m3u8'])('of %s is copied whole', async (name) => {
    const sound = await download(`/v/${name}`);
    expect(sound.durationSeconds).toBeCloseTo(SECONDS, 0);
    expect(Math.abs(decodedSeconds(sound.path) - SECONDS)).toBeLessThan(0.2);
    expect(fetched.at(-1)).toBeCloseTo(SECONDS, 0);
    expect(copied.at(-1)).toBeCloseTo(SECONDS, 0);
    expect(media.mostAtOnce).toBeLessThanOrEqual(DOWNLOAD_LIMITS.connections);
  });

  it('is stored as fragments with one index before them', async () => {
    const bytes = readFileSync((await download('/v/ts.m3u8')).path);
    const sidx = bytes.indexOf('sidx');
    expect(sidx).toBeGreaterThan(0);
    expect(sidx).toBeLessThan(bytes.indexOf('moof'));
    expect(bytes.indexOf('sidx', sidx + 4)).toBe(-1);
  });

  it('segments that are there are not fetched again', async () => {
    media.faults.push(({ path }) => (path === '/v/ts-3.ts' ? { do: 'status', status: 403 } : undefined));
    await expect(download('/v/ts.m3u8')).rejects.toMatchObject({ code: 'extraction/source-refused' });
    media.faults.length = 0;
    await download('/v/ts.m3u8');
    expect(requestsOf('/v/ts-0.ts')).toBe(1);
    expect(requestsOf('/v/ts-3.ts')).toBe(2);
  });

  it('a finished copy is not made again', async () => {
    await download('/v/ts.m3u8');
    await download('/v/ts.m3u8');
    expect(requestsOf('/v/ts-0.ts')).toBe(1);
  });

  it('a segment that fails for a moment is asked for again', async () => {
    const troubles = [
      { do: 'status', status: 404 },
      { do: 'drop', afterBytes: 1000 },
      { do: 'status', status: 503 },
    ] as const;
    media.faults.push(({ path, number }) => (path === '/v/ts-2.ts' ? troubles[number - 1] : undefined));
    await download('/v/ts.m3u8');
    expect(requestsOf('/v/ts-2.ts')).toBe(4);
  });

  it('an abort during the copy ends ffmpeg', async () => {
    const abort = new AbortController();
    const reason = new Error('cancelled');
    media.faults.push(({ path }) => {
      if (path === '/v/ts-4.ts') abort.abort(reason);
      return undefined;
    });
    await expect(download('/v/ts.m3u8', { signal: abort.signal })).rejects.toBe(reason);
  });
});

describe.runIf(hasFfmpeg)('a broadcast that cannot be used ends in its code', () => {
  it('a segment that is missing for good', async () => {
    media.files.delete('/v/ts-2.ts');
    await expect(download('/v/ts.m3u8')).rejects.toMatchObject({
      code: 'extraction/segment-missing',
      params: { segment: '00002.ts' },
    });
    expect(requestsOf('/v/ts-2.ts')).toBe(4);
  });

  it('a segment that always comes short', async () => {
    media.faults.push(({ path }) =>
      path === '/v/ts-2.ts' ? { do: 'no-ranges', announceLength: true, dropAfterBytes: 500 } : undefined,
    );
    await expect(download('/v/ts.m3u8')).rejects.toMatchObject({ code: 'extraction/source-cut' });
  });

  it('a page in place of a segment', async () => {
    media.faults.push(({ path }) => (path === '/v/ts-2.ts' ? { do: 'html' } : undefined));
    await expect(download('/v/ts.m3u8')).rejects.toMatchObject({ code: 'extraction/not-audio' });
  });

  it('segments that hold less sound than the playlist says', async () => {
    const half = join(directory, 'half.ts');
    writeFileSync(half, readFileSync(join(recordings, 'ts-1.ts')));
    truncateSync(half, 188 * 3);
    media.files.set('/v/ts-1.ts', fileOf(readFileSync(half), { contentType: 'video/mp2t' }));
    await expect(download('/v/ts.m3u8')).rejects.toMatchObject({ code: 'extraction/wrong-duration' });
  });

  it('segments that are no media at all', async () => {
    for (let n = 0; n < 6; n += 1) media.files.set(`/v/ts-${n}.ts`, fileOf(Buffer.alloc(4000, 7)));
    await expect(download('/v/ts.m3u8')).rejects.toMatchObject({ code: 'extraction/ffmpeg-failed' });
  });

  it('a video without sound', async () => {
    await expect(download('/v/mute.m3u8')).rejects.toMatchObject({ code: 'extraction/no-sound' });
  });

  it('a segment that redirects elsewhere', async () => {
    const headers = { location: media.url('/v/ts-0.ts') };
    media.faults.push(({ path }) => (path === '/v/ts-2.ts' ? { do: 'status', status: 302, headers } : undefined));
    await expect(download('/v/ts.m3u8')).rejects.toMatchObject({ code: 'extraction/source-misbehaves' });
  });

  it('more bytes than allowed', async () => {
    await expect(download('/v/ts.m3u8', { limits: { maxBytes: 10_000 } })).rejects.toMatchObject({
      code: 'extraction/too-large',
    });
  });

  it('a master that leads to another master', async () => {
    serveText('/v/loop.m3u8', ['#EXTM3U', '#EXT-X-STREAM-INF:BANDWIDTH=5', 'loop.m3u8']);
    await expect(download('/v/loop.m3u8')).rejects.toMatchObject({ code: 'extraction/broken-playlist' });
  });

  it('a playlist that is not there', async () => {
    await expect(download('/v/none.m3u8')).rejects.toMatchObject({ code: 'extraction/source-missing' });
  });
});

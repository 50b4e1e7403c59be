import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filmed, NOW, SITTINGS } from '../../tests/support/demo-sittings.ts';
import { createManualClock, type ManualClock } from '../../tests/support/manual-clock.ts';
import { readRecording } from './recordings.ts';
import { createReplay, type Replay } from './replay.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).error === undefined;
const plenary = filmed('petites rivières');
const hlsOnly = filmed('littoral');
const live = filmed('jeunes agriculteurs');
const dataPath = `/Datas/an/${plenary.videoId}/content/data.nvs`;

let clock: ManualClock;
let replay: Replay;

beforeEach(async () => {
  clock = createManualClock(NOW.toISOString());
  replay = await createReplay({ sittings: SITTINGS, clock });
});

afterEach(async () => {
  await replay.close();
});

const ask = (path: string, headers: Record<string, string> = {}) => fetch(`${replay.url}${path}`, { headers });

describe('each address answers as the host it stands for', () => {
  it.each([
    ['/php/eventsearch.php?Date=06%2F10%2F2026', 'text/html', '"mediaId":99000100'],
    ['/php/getedito.php?rnd=1', 'text/xml', '<titre>Jeudi 8 octobre 2026</titre>'],
    ['/live/live.txt?rnd=1', 'text/plain', live.videoId],
    ['/direct.php', 'text/html', `direct.${live.videoId}`],
    [`${dataPath}?modulo=1`, 'text/xml', `interfaceuid="${plenary.videoId}"`],
    [`/Datas/an/${plenary.videoId}/content/finalplayer.nvs`, 'text/xml', '<player starttime='],
    [`/Datas/an/${live.videoId}/content/liveplayer.nvs`, 'text/xml', '<player starttime='],
    [`/Datas/an/${plenary.videoId}/files/hemi_20261006145954_1.srt`, 'text/plain', '00:00:06,000 --> '],
    [`/video.${plenary.videoId}`, 'text/html', plenary.title],
    [`/video.${plenary.videoId}.any-slug-6-octobre-2026`, 'text/html', plenary.title],
    [`/video.${plenary.videoId}.srt`, 'text/html', plenary.title],
    [`/direct.${live.videoId}`, 'text/html', 'var show_live = true;'],
    ['/video.1_6ac548b948b27', 'text/html', 'Demande de vidéo'],
    ['/', 'text/html', `video.${plenary.videoId}.`],
    ['/seance-publique', 'text/html', `video.${plenary.videoId}.`],
    ['/commissions', 'text/html', `video.${hlsOnly.videoId}.`],
    ['/presidence', 'text/html', 'presidence'],
    [`/videos/definst/mp4/ida/domain1/${hlsOnly.recording.base}.smil/master.m3u8`, 'mpegurl', 'chunklist_b500000.m3u8'],
    [`/live/live36/index36_${live.mediaId}.m3u8?DVR`, 'mpegurl', `stream36_1_${live.mediaId}.m3u8`],
    ['/live/live36/stream36.m3u8', 'mpegurl', '\n'],
  ])('%s', async (path, type, text) => {
    const answer = await ask(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain(type);
    expect(await answer.text()).toContain(text);
  });

  it.each([
    `/Datas/an/${plenary.videoId}/files/seances.jpg`,
    `/Datas/an/${plenary.videoId}/files/storyboard/0.jpg`,
    '/live/images/59048.jpg',
  ])('%s is a picture', async (path) => {
    const bytes = Buffer.from(await (await ask(path)).arrayBuffer());
    expect(bytes.subarray(0, 3).toString('hex')).toBe('ffd8ff');
  });

  it.each([
    ['of an unknown video', '/Datas/an/1_6ac548b948b27/content/data.nvs'],
    ['final times while live', `/Datas/an/${live.videoId}/content/finalplayer.nvs`],
    ['live times afterwards', `/Datas/an/${plenary.videoId}/content/liveplayer.nvs`],
    ['storyboard while live', `/Datas/an/${live.videoId}/files/storyboard/0.jpg`],
    ['captions that nobody made', `/Datas/an/${filmed('Audition').videoId}/files/6238_20261006092957_1.srt`],
    ['captions under another name', `/Datas/an/${plenary.videoId}/files/hemi_1.srt`],
    ['MP3 that is not made yet', `/vod/mp4/ida/domain1/${hlsOnly.recording.base}.mp3`],
    ['MP3 of what is live', `/vod/mp4/ida/domain1/${live.recording.base}.mp3`],
    ['HLS that the origin has not', `/videos/definst/mp4/ida/domain1/${plenary.recording.base}_1.mp4/master.m3u8`],
    ['unknown variant', `/videos/definst/mp4/ida/domain1/${hlsOnly.recording.base}_1.mp4/chunklist_b7.m3u8`],
    ['segment of an unknown variant', `/videos/definst/mp4/ida/domain1/${hlsOnly.recording.base}.smil/media_b7_0.ts`],
    ['segment after the last', `/videos/definst/mp4/ida/domain1/${hlsOnly.recording.base}.smil/media_b500000_5.ts`],
    ['unknown live variant', `/live/live36/stream36_9_${live.mediaId}.m3u8`],
    ['live segment still to come', `/live/live36/media_2_${live.mediaId}_999.ts`],
    ['live stream of what is over', `/live/live36/index36_${plenary.mediaId}.m3u8`],
    ['anything else', '/wp-login.php'],
  ])('404: %s', async (_, path) => {
    expect((await ask(path)).status).toBe(404);
  });
});

describe('what an unchanged second look costs', () => {
  it('304 for data.nvs by its ETag and by its date', async () => {
    const { headers } = await ask(dataPath);
    const etag = headers.get('etag') ?? '';
    const modified = headers.get('last-modified') ?? '';
    expect((await ask(dataPath, { 'if-none-match': etag })).status).toBe(304);
    expect((await ask(dataPath, { 'if-modified-since': modified })).status).toBe(304);
  });

  it('once the sitting changes, both validators are old', async () => {
    const { headers } = await ask(dataPath);
    replay.setSittings(
      SITTINGS.map((sitting) => (sitting === plenary ? { ...plenary, title: 'Autre titre' } : sitting)),
    );
    const etag = headers.get('etag') ?? '';
    const modified = headers.get('last-modified') ?? '';
    expect((await ask(dataPath, { 'if-none-match': etag })).status).toBe(200);
    const changed = await ask(dataPath, { 'if-modified-since': modified });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('last-modified')).toBe(NOW.toUTCString());
    expect(await changed.text()).toContain('mediatitle="Autre titre"');
  });

  it('what PHP makes has no validators', async () => {
    const { headers } = await ask('/php/eventsearch.php');
    expect(headers.has('etag')).toBe(false);
    expect(headers.has('last-modified')).toBe(false);
  });
});

it('a video that vanishes is gone from the list, its data and its page', async () => {
  replay.setSittings(SITTINGS.filter((sitting) => sitting !== plenary));
  expect(await (await ask('/php/eventsearch.php?Date=06/10/2026')).text()).not.toContain(String(plenary.mediaId));
  expect((await ask(dataPath)).status).toBe(404);
  expect(await (await ask(`/video.${plenary.videoId}`)).text()).toContain('Demande de vidéo');
});

it('the published MP3 is the committed recording, by range too', async () => {
  const path = `/vod/mp4/ida/domain1/${plenary.recording.base}.mp3`;
  const recording = readRecording('seance-apres-midi.mp3');
  expect(Buffer.from(await (await ask(path)).arrayBuffer()).equals(recording)).toBe(true);
  const answer = await ask(path, { range: 'bytes=1000-1999' });
  expect(answer.status).toBe(206);
  expect(Buffer.from(await answer.arrayBuffer()).equals(recording.subarray(1000, 2000))).toBe(true);
});

describe.skipIf(!hasFfmpeg)('a real player reads', () => {
  const run = promisify(execFile);

  /** Seconds of sound that ffmpeg makes of an address, or of its first `limitSeconds`. */
  async function decodedSeconds(path: string, limitSeconds = 60): Promise<number> {
    const output = ['-t', String(limitSeconds), '-vn', '-ac', '1', '-ar', '8000', '-f', 's16le', 'pipe:1'];
    const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', `${replay.url}${path}`, ...output], {
      encoding: 'buffer',
      maxBuffer: 10_000_000,
      timeout: 20_000,
    });
    return stdout.length / (8000 * 2);
  }

  it('the MP3', async () => {
    const seconds = await decodedSeconds(`/vod/mp4/ida/domain1/${plenary.recording.base}.mp3`);
    // The encoder fills its last frames with up to 0.1 s of silence.
    expect(Math.abs(seconds - plenary.recording.durationSeconds)).toBeLessThan(0.1);
  });

  it.each(['_1.mp4', '.smil'])('the HLS of a recording, by its name in %s', async (suffix) => {
    const path = `/videos/definst/mp4/ida/domain1/${hlsOnly.recording.base}${suffix}/master.m3u8`;
    expect(Math.abs((await decodedSeconds(path)) - hlsOnly.recording.durationSeconds)).toBeLessThan(0.2);
  });

  it('the live stream', async () => {
    expect(await decodedSeconds(`/live/live36/index36_${live.mediaId}.m3u8?DVR`, 6)).toBeCloseTo(6, 1);
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodedSeconds, ffmpeg, hasFfmpeg } from '../../../tests/support/ffmpeg.ts';
import { systemClock } from '../../platform/clock/index.ts';
import { createFetcher, type Fetcher } from '../../platform/fetch/index.ts';
import type { Advance } from '../progress.ts';
import { DOWNLOAD_LIMITS } from './download-context.ts';
import { type FetchedSound, fetchSound, type Tools } from './fetch-sound.ts';
import { findFfmpeg } from './ffmpeg.ts';

let workspace: string;
let fetcher: Fetcher;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'robian-sound-'));
  fetcher = createFetcher({ userAgent: 'test', clock: systemClock, random: () => 0 });
});
afterEach(async () => {
  await fetcher.close();
  rmSync(workspace, { recursive: true });
});

const seen: Advance[] = [];

/** The sound of a page that a stand-in for yt-dlp "finds" to be `file`. */
async function fetchPage(file: string, tools: Partial<Tools> = {}): Promise<FetchedSound> {
  const ytDlp = join(workspace, 'yt-dlp');
  const name = `page.${file.split('.').at(-1)}`;
  const script = `echo "robian-progress 5 10 NA"; cp "${file}" "$PWD/${name}"; echo "robian-file $PWD/${name}"`;
  writeFileSync(ytDlp, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  seen.length = 0;
  const found = await findFfmpeg({ configured: undefined, path: process.env.PATH, clock: systemClock });
  return fetchSound(
    {
      fetcher,
      clock: systemClock,
      random: () => 0,
      freeBytes: async () => 1e15,
      collectYoung: () => undefined,
      limits: DOWNLOAD_LIMITS,
    },
    { ffmpeg: found, ytDlp: { path: ytDlp, admit: async () => undefined, openProxy: async () => NO_PROXY }, ...tools },
    {
      candidate: { kind: 'page', url: 'https://page.test/x', durationAtLeastSeconds: 3 },
      workspace,
      signal: new AbortController().signal,
      onProgress: (advance) => seen.push(advance),
    },
  );
}

/** The stand-in asks for nothing. */
const NO_PROXY = { url: '', close: async () => undefined };

describe.runIf(hasFfmpeg)('the sound of a page', () => {
  const sine = ['-f', 'lavfi', '-i', 'sine=duration=3'];

  it('that is an MP3 stays as published', async () => {
    const mp3 = join(workspace, 'found.mp3');
    ffmpeg([...sine, mp3]);
    const sound = await fetchPage(mp3);
    expect(sound).toMatchObject({ format: 'mp3', origin: 'published' });
    expect(readFileSync(sound.path).equals(readFileSync(mp3))).toBe(true);
    expect(seen).toEqual([{ step: 'fetching', doneBytes: 5, totalBytes: 10 }]);
  });

  it.each(['mp4', 'webm'])('that is a video (%s) is copied out of it', async (extension) => {
    const video = join(workspace, `found.${extension}`);
    const codecs = extension === 'webm' ? ['-c:v', 'libvpx', '-c:a', 'libopus'] : ['-c:v', 'mpeg4', '-c:a', 'aac'];
    ffmpeg(['-f', 'lavfi', '-i', 'testsrc=size=64x36:rate=5:duration=3', ...sine, ...codecs, video]);
    const sound = await fetchPage(video);
    expect(sound).toMatchObject({ format: 'm4a', origin: 'copied' });
    expect(Math.abs(decodedSeconds(sound.path) - 3)).toBeLessThan(0.2);
    expect(seen.at(-1)).toMatchObject({ step: 'copying', totalSeconds: 3 });
    // Killed after the copy, before it was published: the copy is still there for the next worker.
    expect((await fetchPage(video)).path).toBe(sound.path);
  });

  it('that needs ffmpeg ends in its code where there is none', async () => {
    const video = join(workspace, 'found.mp4');
    ffmpeg([...sine, '-c:a', 'aac', video]);
    await expect(fetchPage(video, { ffmpeg: null })).rejects.toMatchObject({ code: 'extraction/ffmpeg-missing' });
  });

  it('needs yt-dlp', async () => {
    await expect(fetchPage('x.mp3', { ytDlp: null })).rejects.toMatchObject({ code: 'extraction/yt-dlp-missing' });
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MediaServer, startMediaServer } from '../../../tests/support/media-server.ts';
import { syntheticMp3 } from '../../../tests/support/synthetic-mp3.ts';
import { systemClock } from '../../platform/clock/index.ts';
import { createFetcher, createHostRule, FetchError, type Fetcher, openPageProxy } from '../../platform/fetch/index.ts';
import { DOWNLOAD_LIMITS, type DownloadDeps } from './download-context.ts';
import { downloadPage, findYtDlp, parsePageProgress, type YtDlp } from './yt-dlp.ts';

/** What lets yt-dlp through to the media server of a test, and nowhere else. */
const openProxy = () => openPageProxy({ rule: createHostRule({ own: [media.url('/')], listed: [] }) });
const real = await findYtDlp({
  configured: process.env.YTDLP_PATH,
  path: process.env.PATH,
  admit: async () => undefined,
  openProxy,
});
const SIZE = 3_000_000;

let media: MediaServer;
let fetcher: Fetcher;
let directory: string;

beforeEach(async () => {
  media = await startMediaServer();
  media.files.set('/debat.mp3', { sizeBytes: SIZE, read: syntheticMp3 });
  fetcher = createFetcher({ userAgent: 'test', clock: systemClock, random: () => 0 });
  directory = mkdtempSync(join(tmpdir(), 'robian-page-'));
});

afterEach(async () => {
  await fetcher.close();
  await media.close();
  rmSync(directory, { recursive: true });
});

const progress: [number, number | null][] = [];

function download(
  ytDlp: YtDlp,
  url = media.url('/debat.mp3'),
  signal = new AbortController().signal,
  freeBytes: DownloadDeps['freeBytes'] = async () => 1e15,
): Promise<string> {
  progress.length = 0;
  return downloadPage(
    {
      fetcher,
      clock: systemClock,
      random: () => 0,
      freeBytes,
      collectYoung: () => undefined,
      limits: DOWNLOAD_LIMITS,
      ytDlp,
    },
    { url, directory, signal, onProgress: (done, total) => progress.push([done, total]) },
  );
}

describe.runIf(real !== null)('the real yt-dlp', () => {
  const ytDlp = real ?? { path: '', admit: async () => undefined, openProxy };

  it('fetches a page that is a sound file, and tells its progress in bytes', async () => {
    const path = await download(ytDlp);
    expect(basename(path)).toBe('page.mp3');
    expect(readFileSync(path).equals(syntheticMp3(0, SIZE))).toBe(true);
    expect(progress.at(-1)).toEqual([SIZE, SIZE]);
  });

  it('goes on from what an earlier run left', async () => {
    writeFileSync(join(directory, 'page.mp3.part'), syntheticMp3(0, SIZE / 2));
    const path = await download(ytDlp);
    expect(readFileSync(path).equals(syntheticMp3(0, SIZE))).toBe(true);
    expect(media.requests.some((request) => request.start === SIZE / 2)).toBe(true);
  });

  it('a page that is not there ends in its code', async () => {
    await expect(download(ytDlp, media.url('/none'))).rejects.toMatchObject({ code: 'extraction/source-missing' });
  });

  it('a page without any sound ends in its code', async () => {
    media.faults.push(() => ({ do: 'html' }));
    await expect(download(ytDlp)).rejects.toMatchObject({ code: 'extraction/page-unsupported' });
  });

  it('follows a page to public addresses only', async () => {
    const inside = await startMediaServer();
    inside.files.set('/debat.mp3', { sizeBytes: SIZE, read: syntheticMp3 });
    const headers = { location: inside.url('/debat.mp3') };
    media.faults.push(() => ({ do: 'status', status: 302, headers }));
    await expect(download(ytDlp)).rejects.toMatchObject({ code: 'extraction/source-refused' });
    expect(inside.requests).toEqual([]);
    await inside.close();
  });

  it('is ended by an abort', async () => {
    const abort = new AbortController();
    media.faults.push(() => {
      abort.abort(new Error('cancelled'));
      return { do: 'stall', afterBytes: 1000 };
    });
    await expect(download(ytDlp, undefined, abort.signal)).rejects.toThrow('cancelled');
  });
});

/** A stand-in for what the real one does only on bad days. */
function standIn(script: string): YtDlp {
  const path = join(directory, 'yt-dlp');
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { path, admit: async () => undefined, openProxy };
}

/** Fetches an address into a file, by the proxy that the environment names. */
const ASK_THROUGH = `
import { createWriteStream } from 'node:fs';
import { get } from 'node:http';
const [, , url, path] = process.argv;
const { hostname, port, username, password } = new URL(process.env.http_proxy);
const authorization = 'Basic ' + Buffer.from(username + ':' + password).toString('base64');
const headers = { host: new URL(url).host, 'proxy-authorization': authorization };
get({ hostname, port, path: url, headers }, (answer) => answer.pipe(createWriteStream(path)));
`;

describe('what yt-dlp says is not believed', () => {
  it.each<[string, string, string]>([
    ['success without a file', 'exit 0', 'extraction/yt-dlp-failed'],
    ['success with an empty file', ': > page.m4a; echo "robian-file $PWD/page.m4a"', 'extraction/yt-dlp-failed'],
    ['a file elsewhere', 'echo "robian-file /etc/passwd"', 'extraction/yt-dlp-failed'],
    ['an unknown failure', 'echo boom >&2; exit 1', 'extraction/yt-dlp-failed'],
    ['403', 'echo "ERROR: HTTP Error 403: Forbidden" >&2; exit 1', 'extraction/source-refused'],
    ['410', 'echo "ERROR: HTTP Error 410: Gone" >&2; exit 1', 'extraction/source-gone'],
    ['429', 'echo "ERROR: HTTP Error 429: Too Many Requests" >&2; exit 1', 'extraction/source-busy'],
    ['a full disk', 'echo "No space left on device" >&2; exit 1', 'extraction/disk-full'],
  ])('%s', async (_name, script, code) => {
    await expect(download(standIn(script))).rejects.toMatchObject({ code });
  });

  it('it is given one way out, with a password, for as long as it runs', async () => {
    const program = join(directory, 'ask.mjs');
    writeFileSync(program, ASK_THROUGH);
    const asks = `"${process.execPath}" ${program} ${media.url('/debat.mp3')} "$PWD/page.mp3"`;
    const say = 'echo "$http_proxy $https_proxy $all_proxy $HTTPS_PROXY" > way.txt';
    const ytDlp = standIn(`${say}; ${asks} && echo "robian-file $PWD/page.mp3"`);
    const path = await download(ytDlp);
    expect(readFileSync(path).equals(syntheticMp3(0, SIZE))).toBe(true);
    const ways = new Set(readFileSync(join(directory, 'way.txt'), 'utf8').trim().split(' '));
    expect(ways.size).toBe(1);
    const [way = ''] = ways;
    expect(way).toMatch(/^http:\/\/robian:[\w-]{32}@127\.0\.0\.1:\d+$/);
    await expect(fetch(`http://${new URL(way).host}/`)).rejects.toThrow('fetch failed');
  });

  it('a disk that runs low while it writes ends it', async () => {
    const ytDlp = standIn('echo "robian-progress 200000000 NA NA"; exec sleep 60');
    let looks = 0;
    const low = download(ytDlp, undefined, undefined, async () => (++looks > 1 ? 1 : 1e15));
    await expect(low).rejects.toMatchObject({ code: 'extraction/disk-low' });
  });

  it('an address that is not a page is not handed to it', async () => {
    const ytDlp = standIn('echo "robian-file $PWD/yt-dlp"');
    await expect(download(ytDlp, 'file:///etc/passwd')).rejects.toMatchObject({ code: 'extraction/page-unsupported' });
    const refused = { ...ytDlp, admit: () => Promise.reject(new FetchError('refused', 'https://inside.example')) };
    await expect(download(refused)).rejects.toMatchObject({ reason: 'refused' });
    await expect(download(ytDlp, '--exec=id')).rejects.toMatchObject({ code: 'extraction/page-unsupported' });
  });
});

it.each([
  ['robian-progress 1024 2048 NA', { doneBytes: 1024, totalBytes: 2048 }],
  ['robian-progress 1024 NA 3000.5', { doneBytes: 1024, totalBytes: 3001 }],
  ['robian-progress 1024 NA NA', { doneBytes: 1024, totalBytes: null }],
  ['robian-progress NA NA NA', null],
  ['[download] Destination: x', null],
])('yt-dlp progress: %s', (line, expected) => {
  expect(parsePageProgress(line)).toEqual(expected);
});

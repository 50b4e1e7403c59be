import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultAction, fileOf, type MediaServer, startMediaServer } from '../../../tests/support/media-server.ts';
import { syntheticMp3 } from '../../../tests/support/synthetic-mp3.ts';
import { type Clock, systemClock } from '../../platform/clock/index.ts';
import { createFetcher, type Fetcher } from '../../platform/fetch/index.ts';
import { DOWNLOAD_LIMITS, type DownloadDeps, type DownloadLimits } from './download-context.ts';
import { type Downloaded, type DownloadRequest, downloadFile } from './download-file.ts';

const MiB = 1024 * 1024;
const PATH = '/2026/10/hemi_20261006211505.mp3';
const SIZE = 12 * MiB + 123;

let media: MediaServer;
let fetcher: Fetcher;
let directory: string;
/** How long a silent server is waited for. */
const IMPATIENT = { headersTimeoutMs: 300, bodyTimeoutMs: 300 };
const sleeps: number[] = [];
/** Real time, except that waiting costs none and is written down. */
const eagerClock: Clock = {
  ...systemClock,
  sleep: async (ms, signal) => {
    sleeps.push(ms);
    await systemClock.sleep(Math.min(ms, 5), signal);
  },
};

beforeEach(async () => {
  sleeps.length = 0;
  media = await startMediaServer();
  fetcher = createFetcher({ userAgent: 'test', clock: eagerClock, random: () => 0, ...IMPATIENT });
  directory = mkdtempSync(join(tmpdir(), 'robian-download-'));
  media.files.set(PATH, {
    sizeBytes: SIZE,
    read: syntheticMp3,
    etag: '"v1"',
    lastModified: 'Tue, 06 Oct 2026 22:00:00 GMT',
  });
});

afterEach(async () => {
  await fetcher.close();
  await media.close();
  rmSync(directory, { recursive: true });
});

interface Change {
  limits?: Partial<DownloadLimits>;
  freeBytes?: DownloadDeps['freeBytes'];
  request?: Partial<DownloadRequest>;
}

function download(change: Change = {}): Promise<Downloaded> {
  return downloadFile(
    {
      fetcher,
      clock: eagerClock,
      random: () => 0,
      freeBytes: change.freeBytes ?? (async () => Number.MAX_SAFE_INTEGER),
      collectYoung: () => undefined,
      limits: { ...DOWNLOAD_LIMITS, ...change.limits },
    },
    {
      url: media.url(PATH),
      directory,
      name: 'source.mp3',
      expects: 'mp3',
      signal: new AbortController().signal,
      ...change.request,
    },
  );
}

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const expectIdentical = (downloaded: Downloaded, size = SIZE): void => {
  expect(hash(readFileSync(downloaded.path))).toBe(hash(syntheticMp3(0, size)));
  expect(readdirSync(directory), 'nothing is left beside the file').toEqual(['source.mp3']);
};
const sent = (): number => media.sentBytes.get(PATH) ?? 0;
/** The fault for requests that `when` picks. */
const fault = (action: FaultAction, when: (start: number | null, number: number) => boolean = () => true): void => {
  media.faults.push((request) => (when(request.start, request.number) ? action : undefined));
};

describe('downloading a published file', () => {
  it('comes byte-identical over several ranges, each byte sent once', async () => {
    media.bytesPerSecond = 20_000_000;
    const downloaded = await download();
    expectIdentical(downloaded);
    expect(downloaded).toMatchObject({ sizeBytes: SIZE, fetchedBytes: SIZE });
    expect(sent()).toBe(SIZE);
    expect(media.mostAtOnce).toBeGreaterThan(1);
    expect(media.mostAtOnce).toBeLessThanOrEqual(DOWNLOAD_LIMITS.connections);
  });

  it('progress is true: grows, and ends at the size', async () => {
    const seen: number[] = [];
    await download({ request: { onProgress: (done, total) => seen.push(done, total ?? -1) } });
    const done = seen.filter((_, index) => index % 2 === 0);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(seen.slice(-2)).toEqual([SIZE, SIZE]);
  });

  it('a finished file is not fetched again', async () => {
    await download();
    const requests = media.requests.length;
    expect(await download()).toMatchObject({ sizeBytes: SIZE, fetchedBytes: 0 });
    expect(media.requests.length).toBe(requests);
  });

  it('a file smaller than one range comes in one request', async () => {
    media.files.set(PATH, { sizeBytes: 5_000, read: syntheticMp3 });
    expectIdentical(await download(), 5_000);
    expect(media.requests.length).toBe(1);
  });

  it('a dropped connection is gone on with from the exact byte', async () => {
    fault({ do: 'drop', afterBytes: 300_000 }, (_start, number) => number <= 6);
    const downloaded = await download();
    expectIdentical(downloaded);
    expect(downloaded.fetchedBytes).toBe(SIZE);
  });

  it('a connection that falls silent is replaced', async () => {
    fault({ do: 'stall', afterBytes: 70_000 }, (_start, number) => number === 2);
    expectIdentical(await download());
  });

  it('the rest of a slow connection is taken over by idle ones', async () => {
    // Alone, the slow connection would need 25 s for its third of the file.
    fault({ do: 'slow', bytesPerSecond: 150_000 }, (_start, number) => number === 2);
    const startedMs = performance.now();
    expectIdentical(await download());
    expect(performance.now() - startedMs).toBeLessThan(15_000);
  });

  it('429 with Retry-After: fewer connections, and silence for as long as asked', async () => {
    fault(
      { do: 'status', status: 429, headers: { 'retry-after': '2' } },
      (_start, number) => number === 3 || number === 4,
    );
    expectIdentical(await download());
    expect(Math.max(...sleeps)).toBeGreaterThan(1_500);
  });
});

describe('servers without ranges', () => {
  it.each([true, false])('answer 200 with the whole file, its length announced: %s', async (announceLength) => {
    fault({ do: 'no-ranges', announceLength });
    expectIdentical(await download());
    expect(media.requests.length).toBe(1);
  });

  it('a length that the server does not know is no obstacle', async () => {
    fault({ do: 'unknown-total' });
    expectIdentical(await download());
  });

  it('a cut whole body is begun again, a bounded number of times', async () => {
    fault({ do: 'no-ranges', announceLength: true, dropAfterBytes: MiB });
    await expect(download()).rejects.toMatchObject({ code: 'extraction/source-cut' });
    expect(media.requests.length).toBe(3);
  });
});

describe('a source that fails ends in a coded error', () => {
  it.each<[string, FaultAction, string]>([
    ['403', { do: 'status', status: 403 }, 'extraction/source-refused'],
    ['404', { do: 'status', status: 404 }, 'extraction/source-missing'],
    ['410', { do: 'status', status: 410 }, 'extraction/source-gone'],
    ['a page in place of the sound', { do: 'html' }, 'extraction/not-audio'],
    ['ranges that were not asked for', { do: 'wrong-range' }, 'extraction/source-misbehaves'],
    [
      '429 for longer than a minute',
      { do: 'status', status: 429, headers: { 'retry-after': '600' } },
      'extraction/source-busy',
    ],
  ])('%s: at once', async (_name, action, code) => {
    fault(action);
    await expect(download()).rejects.toMatchObject({ code });
    expect(media.requests.length).toBe(1);
  });

  it('500 for ever: after a bounded number of attempts', async () => {
    fault({ do: 'status', status: 500 });
    await expect(download()).rejects.toMatchObject({ code: 'extraction/source-failing' });
    expect(media.requests.length).toBe(9);
  });

  it('silence for ever: after a bounded number of timeouts', async () => {
    fault({ do: 'stall', afterBytes: 0 });
    await expect(download()).rejects.toMatchObject({ code: 'extraction/source-timeout' });
    expect(media.requests.length).toBe(3);
  });

  it('nobody there', async () => {
    await media.close();
    await expect(download()).rejects.toMatchObject({ code: 'extraction/source-unreachable' });
    media = await startMediaServer();
  });

  it('a body that drips for ever', async () => {
    fault({ do: 'slow', bytesPerSecond: 500 });
    await expect(download({ limits: { slowWindowMs: 200 } })).rejects.toMatchObject({
      code: 'extraction/source-too-slow',
    });
  });

  it('a page that begins only in the middle of the transfer', async () => {
    fault({ do: 'html' }, (start) => (start ?? 0) > 0);
    await expect(download()).rejects.toMatchObject({ code: 'extraction/not-audio' });
  });

  it('something else than sound under a generic type, before all of it is fetched', async () => {
    media.files.set(PATH, fileOf(Buffer.alloc(SIZE), { contentType: 'application/octet-stream' }));
    await expect(download()).rejects.toMatchObject({ code: 'extraction/not-audio', params: { found: 'unknown data' } });
    expect(media.requests.length).toBe(1);
  });

  it('an empty file', async () => {
    media.files.set(PATH, fileOf(Buffer.alloc(0)));
    await expect(download()).rejects.toMatchObject({ code: 'extraction/not-audio', params: { found: 'nothing' } });
  });

  it.each([true, false])('a file over the limit, its length announced: %s', async (announceLength) => {
    if (!announceLength) fault({ do: 'no-ranges', announceLength });
    await expect(download({ limits: { maxBytes: 5 * MiB } })).rejects.toMatchObject({ code: 'extraction/too-large' });
    if (announceLength) expect(sent()).toBeLessThan(3 * MiB);
  });

  it('a file that never stops changing', async () => {
    const file = media.files.get(PATH);
    media.faults.push((request) => {
      if (file) media.files.set(PATH, { ...file, etag: `"v${request.number}"` });
      return undefined;
    });
    await expect(download()).rejects.toMatchObject({ code: 'extraction/source-changing' });
  });

  it('an abort is not an error of the source', async () => {
    const abort = new AbortController();
    const reason = new Error('cancelled');
    const request = { signal: abort.signal, onProgress: () => abort.abort(reason) };
    await expect(download({ request })).rejects.toBe(reason);
  });
});

describe('room on the disk', () => {
  it('is looked at before anything is fetched', async () => {
    await expect(download({ freeBytes: async () => 1 })).rejects.toMatchObject({ code: 'extraction/disk-low' });
    expect(media.requests.length).toBe(0);
  });

  it('counts what is still to be written', async () => {
    const freeBytes = async (): Promise<number> => DOWNLOAD_LIMITS.freeBytesFloor + SIZE - 1;
    await expect(download({ freeBytes })).rejects.toMatchObject({ code: 'extraction/disk-low' });
  });

  it('is looked at while writing', async () => {
    let looks = 0;
    const freeBytes = async (): Promise<number> => (++looks > 4 ? 1 : Number.MAX_SAFE_INTEGER);
    await expect(download({ freeBytes, limits: { diskCheckEveryBytes: MiB } })).rejects.toMatchObject({
      code: 'extraction/disk-low',
    });
    expect(sent()).toBeLessThan(SIZE);
  });

  it.runIf(existsSync('/dev/full'))('a full disk (a device that is always full) ends in its code', async () => {
    symlinkSync('/dev/full', join(directory, 'source.mp3.part'));
    await expect(download()).rejects.toMatchObject({ code: 'extraction/disk-full' });
  });
});

describe('going on after an interruption', () => {
  /** Stops a download once about half has come, as an abort does; the `.part` stays. */
  async function half(): Promise<number> {
    const abort = new AbortController();
    const onProgress = (done: number): void => {
      if (done > SIZE / 2) abort.abort(new Error('stop'));
    };
    await expect(download({ request: { signal: abort.signal, onProgress } })).rejects.toThrow('stop');
    const before = sent();
    media.sentBytes.clear();
    return before;
  }

  it('keeps what it has', async () => {
    const before = await half();
    const downloaded = await download();
    expectIdentical(downloaded);
    expect(downloaded.fetchedBytes).toBeLessThan(SIZE / 2);
    expect(before).toBeGreaterThan(SIZE / 2);
  });

  it('begins again when the file has changed at the source', async () => {
    await half();
    const changed = syntheticMp3(3 * MiB, 3 * MiB + SIZE);
    media.files.set(PATH, fileOf(changed, { etag: '"v2"' }));
    const downloaded = await download();
    expect(hash(readFileSync(downloaded.path))).toBe(hash(changed));
    expect(downloaded.fetchedBytes).toBe(SIZE);
  });

  it('begins again when the file has become shorter', async () => {
    await half();
    media.files.set(PATH, { sizeBytes: MiB, read: syntheticMp3 });
    expectIdentical(await download(), MiB);
  });

  it('begins again for another address', async () => {
    await half();
    media.files.set('/other.mp3', { sizeBytes: SIZE, read: syntheticMp3 });
    const downloaded = await download({ request: { url: media.url('/other.mp3') } });
    expect(downloaded.fetchedBytes).toBe(SIZE);
  });

  it('begins again when the journal is unreadable', async () => {
    await half();
    writeFileSync(join(directory, 'source.mp3.part.journal'), 'garbage');
    expect((await download()).fetchedBytes).toBe(SIZE);
  });

  it('a part that only lacked its name is finished without a request', async () => {
    writeFileSync(join(directory, 'source.mp3.part'), syntheticMp3(0, 5_000));
    const header = { format: 'robian-part/1', url: media.url(PATH), lengthBytes: 5_000 };
    writeFileSync(join(directory, 'source.mp3.part.journal'), `${JSON.stringify(header)}\n0 5000\nsynced 1\n`);
    expectIdentical(await download(), 5_000);
    expect(media.requests.length).toBe(0);
  });
});

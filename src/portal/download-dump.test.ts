import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../tests/support/manual-clock.ts';
import { createFetcher, type Fetcher } from '../platform/fetch/index.ts';
import { createDumpDownloader, type DumpDownloader } from './download-dump.ts';

const DUMP = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
const ETAG = '"v1"';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

describe('createDumpDownloader', () => {
  let folder: string;
  let path: string;
  let server: Server;
  let url: string;
  let fetcher: Fetcher;
  let downloader: DumpDownloader;
  let handler: Handler;
  let requests: IncomingMessage[];
  let clock: ManualClock;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'robian-download-'));
    path = join(folder, 'dump.zip');
    requests = [];
    clock = createManualClock('2030-01-15T15:00:00Z');
    server = createServer((request, response) => {
      requests.push(request);
      handler(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dump.zip`;
    fetcher = createFetcher({ userAgent: 'robian-test', clock, random: () => 0.5, retries: 0, bodyTimeoutMs: 2_000 });
    downloader = createDumpDownloader({ fetcher, clock, random: () => 0.5 });
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await fetcher.close();
    await rm(folder, { recursive: true });
  });

  it('downloads a dump and leaves nothing else behind', async () => {
    handler = serve({ etag: ETAG });
    const progress: (number | null)[] = [];
    const done = await downloader.download({
      url,
      path,
      onProgress: (received, total) => progress.push(received, total),
    });
    expect(done).toEqual({ kind: 'downloaded', validator: ETAG, sizeBytes: DUMP.length });
    expect((await readFile(path)).equals(DUMP)).toBe(true);
    expect(await readdir(folder)).toEqual(['dump.zip']);
    expect(progress.slice(-2)).toEqual([DUMP.length, DUMP.length]);
  });

  it.each([
    ['a strong ETag', { etag: ETAG }, ETAG],
    [
      'a weak one and a date',
      { etag: 'W/"v1"', 'last-modified': 'Tue, 15 Jan 2030 15:00:00 GMT' },
      'Tue, 15 Jan 2030 15:00:00 GMT',
    ],
    ['nothing but the size', {}, undefined],
  ])('goes on by Range after each drop, with %s', async (_, headers, ifRange) => {
    handler = serve(headers, { holdAfterBytes: 60_000 });
    // The server drops the connection once its bytes have arrived, so that the next range is known.
    const onProgress = (received: number) => received % 60_000 === 0 && requests.at(-1)?.socket.destroy();
    await downloader.download({ url, path, onProgress });
    expect((await readFile(path)).equals(DUMP)).toBe(true);
    expect(requests.map(({ headers: sent }) => sent.range)).toEqual([
      undefined,
      'bytes=60000-',
      'bytes=120000-',
      'bytes=180000-',
    ]);
    expect(requests[1]?.headers['if-range']).toBe(ifRange);
  });

  it('starts over when the dump has changed between two halves (200 instead of 206)', async () => {
    await leavePart({ bytes: Buffer.alloc(60_000, 7), validator: '"old"' });
    handler = serve({ etag: ETAG });
    expect(await downloader.download({ url, path })).toMatchObject({ validator: ETAG });
    expect(requests[0]?.headers).toMatchObject({ range: 'bytes=60000-', 'if-range': '"old"' });
    expect((await readFile(path)).equals(DUMP)).toBe(true);
  });

  it('starts over when the total has changed and nothing else tells', async () => {
    await leavePart({ bytes: Buffer.alloc(60_000, 7), totalBytes: 199_999 });
    handler = serve({});
    await downloader.download({ url, path });
    expect((await readFile(path)).equals(DUMP)).toBe(true);
  });

  it('starts over when the server answers another range than was asked', async () => {
    await leavePart({ bytes: DUMP.subarray(0, 60_000), validator: ETAG });
    handler = (_, response) => {
      response.writeHead(206, { etag: ETAG, 'content-range': `bytes 0-${DUMP.length - 1}/${DUMP.length}` });
      response.end(DUMP);
    };
    await downloader.download({ url, path });
    expect((await readFile(path)).equals(DUMP)).toBe(true);
  });

  it.each([
    ['with the total', { 'content-range': `bytes */${DUMP.length}` }],
    ['without', {}],
  ])('takes 416 for "already complete", %s', async (_, headers) => {
    await leavePart({ bytes: DUMP, validator: ETAG });
    handler = (__, response) => response.writeHead(416, headers).end();
    expect(await downloader.download({ url, path })).toEqual({
      kind: 'downloaded',
      validator: ETAG,
      sizeBytes: DUMP.length,
    });
    expect((await readFile(path)).equals(DUMP)).toBe(true);
  });

  it('does not take 416 for complete when the whole has another size', async () => {
    await leavePart({ bytes: Buffer.alloc(300_000), validator: ETAG });
    const whole = serve({ etag: ETAG });
    handler = (request, response) => {
      if (request.headers.range) response.writeHead(416, { 'content-range': `bytes */${DUMP.length}` }).end();
      else whole(request, response);
    };
    await downloader.download({ url, path });
    expect((await readFile(path)).equals(DUMP)).toBe(true);
  });

  it.each([
    ['no version beside it', null],
    ['half a version beside it', '{"valid'],
  ])('never goes on from a part with %s', async (_, version) => {
    await writeFile(`${path}.part`, 'of another day');
    if (version !== null) await writeFile(`${path}.part.json`, version);
    handler = serve({ etag: ETAG });
    await downloader.download({ url, path });
    expect(requests[0]?.headers.range).toBeUndefined();
    expect((await readFile(path)).equals(DUMP)).toBe(true);
  });

  it.each([
    ['an ETag', '"v1"', 'if-none-match'],
    ['a date', 'Tue, 15 Jan 2030 15:00:00 GMT', 'if-modified-since'],
  ])('asks with %s and does not download what has not changed', async (_, validator, header) => {
    handler = (__, response) => response.writeHead(304).end();
    expect(await downloader.download({ url, path, validator })).toEqual({ kind: 'unchanged' });
    expect(requests[0]?.headers[header]).toBe(validator);
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives up after five drops without a byte, longer apart each time, and keeps the part for the next call', async () => {
    await leavePart({ bytes: DUMP.subarray(0, 60_000), validator: ETAG });
    handler = (request) => request.socket.destroy();
    await expect(downloader.download({ url, path })).rejects.toMatchObject({ name: 'FetchError' });
    expect(requests).toHaveLength(5);
    expect(clock.slept).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect((await stat(`${path}.part`)).size).toBe(60_000);
  });

  it('does not insist on a 404', async () => {
    handler = (_, response) => response.writeHead(404).end();
    await expect(downloader.download({ url, path })).rejects.toMatchObject({ reason: 'status', status: 404 });
    expect(requests).toHaveLength(1);
  });

  it('waits as long as the server asks', async () => {
    const whole = serve({ etag: ETAG });
    handler = (request, response) => {
      if (requests.length === 1) response.writeHead(429, { 'retry-after': '30' }).end();
      else whole(request, response);
    };
    await downloader.download({ url, path });
    expect(clock.slept).toEqual([30_000]);
  });

  it('stops when aborted, keeping the part', async () => {
    const abort = new AbortController();
    handler = serve({ etag: ETAG }, { holdAfterBytes: 60_000 });
    const download = downloader.download({
      url,
      path,
      signal: abort.signal,
      onProgress: (received) => {
        if (received === 60_000) abort.abort(new Error('leaving'));
      },
    });
    await expect(download).rejects.toThrow('leaving');
    expect(requests).toHaveLength(1);
    expect(await readdir(folder)).toContain('dump.zip.part');
  });

  it('tells an error of the disk as it is, without asking again', async () => {
    handler = serve({ etag: ETAG });
    await expect(downloader.download({ url, path: join(folder, 'absent', 'dump.zip') })).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(requests).toHaveLength(1);
  });

  async function leavePart(part: { bytes: Buffer; validator?: string; totalBytes?: number }): Promise<void> {
    await writeFile(`${path}.part`, part.bytes);
    const version = { validator: part.validator ?? null, totalBytes: part.totalBytes ?? null };
    await writeFile(`${path}.part.json`, JSON.stringify(version));
  }
});

/** A server that honours Range and If-Range, and may fall silent in the middle. */
function serve(headers: Record<string, string>, options: { holdAfterBytes?: number } = {}): Handler {
  return (request, response) => {
    const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const ifRange = request.headers['if-range'];
    const current = ifRange === undefined || ifRange === headers.etag || ifRange === headers['last-modified'];
    const from = asked !== undefined && current ? Number(asked) : 0;
    const body = DUMP.subarray(from);
    const range = { 'content-range': `bytes ${from}-${DUMP.length - 1}/${DUMP.length}` };
    response.writeHead(from > 0 ? 206 : 200, { ...headers, 'content-length': body.length, ...(from > 0 ? range : {}) });
    const { holdAfterBytes = body.length } = options;
    if (body.length <= holdAfterBytes) response.end(body);
    else response.write(body.subarray(0, holdAfterBytes));
  };
}

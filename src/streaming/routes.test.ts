import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { truncate, writeFile } from 'node:fs/promises';
import { Agent, get, request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { parse as parseDisposition } from 'content-disposition';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mp3Frames } from '../../tests/support/audio-fixtures.ts';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { createManualClock } from '../../tests/support/manual-clock.ts';
import { sampleDebate } from '../../tests/support/sample-debate.ts';
import { createDebates, type Debates } from '../debates/index.ts';
import { systemClock } from '../platform/clock/index.ts';
import { createEvents, type Events } from '../platform/events/index.ts';
import { createFetcher } from '../platform/fetch/index.ts';
import { type App, createHttpServer } from '../platform/http/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import {
  type AudioFile,
  createLocalStorage,
  createVault,
  type DirectAnswer,
  type ObjectKey,
  type OpenObject,
  type Vault,
  vaultErrors,
} from '../vault/index.ts';
import {
  createPlayables,
  createRelay,
  type ExtractionState,
  registerStreamingRoutes,
  type Streaming,
} from './index.ts';

/** Four blocks and a bit, so that answers cross from one to the next. */
const sitting = mp3Frames(2_600, 3);
const publicUrl = 'https://robian.example';
const title = '2ème séance : Réponse intégrale aux violences…';
const clock = createManualClock('2026-10-07T08:00:00Z');

let database: TestDatabase;
let events: Events;
let debates: Debates;
let vault: Vault;
let app: App;
let streaming: Streaming;
let base: string;
let file: AudioFile;
let extraction: ExtractionState | null = null;
const stored = '19502241_6ac548b948b27';
const lines: string[] = [];
/** Debates whose first bytes went to somebody. */
let played: string[] = [];
/** Objects open at this moment: none may stay open when answers have ended. */
let openObjects = 0;
/** Runs before each read of a stored file. */
let beforeRead: () => Promise<void> = async () => undefined;

/** Where the storage says that its bytes are; null: it is a folder. */
let directTo: ((key: ObjectKey, answer: DirectAnswer) => string) | null = null;

function counted(object: OpenObject | null): OpenObject | null {
  if (!object) return null;
  openObjects += 1;
  const close = (): void => {
    openObjects -= 1;
    object.close();
  };
  return {
    ...object,
    close,
    read: async (...range) => {
      await beforeRead();
      return object.read(...range);
    },
  };
}

async function publish(
  debateId: string,
  bytes: Buffer,
  change: Partial<Parameters<Vault['publish']>[0]> = {},
): Promise<AudioFile> {
  const path = join(await vault.workspace(randomUUID()), 'a.mp3');
  await writeFile(path, bytes);
  const inspection = await vault.inspect(path, { format: 'mp3' });
  const sourceUrl = 'http://media.example/a.mp3';
  return vault.publish({
    debateId,
    path,
    inspection,
    origin: 'published',
    sourceUrl,
    within: async () => undefined,
    ...change,
  });
}

beforeAll(async () => {
  database = await openTestDatabase();
  const { db, dataDir } = database;
  const logger = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  events = createEvents({ database, onError: (error) => expect.unreachable(String(error)) });
  debates = createDebates({ db, events });
  const storage = createLocalStorage({ folder: join(dataDir, 'vault'), clock });
  const stagingFolder = join(dataDir, 'staging');
  vault = createVault({ db, storage, stagingFolder, register: debates, events, clock, logger });
  await debates.record(sampleDebate(stored, { title }));
  file = await publish(stored, sitting);
  app = await createHttpServer({ logger, publicUrl, trustProxy: false, version: '1' });
  const fetcher = createFetcher({ userAgent: 'test', clock: systemClock, random: () => 0 });
  streaming = registerStreamingRoutes(app, {
    playables: await createPlayables({ debates, vault, events }),
    vault: {
      open: async (key) => counted(await vault.open(key)),
      openNow: (key) => (directTo ? null : counted(vault.openNow(key))),
    },
    redirect: async (key, answer) => directTo?.(key, answer) ?? null,
    relay: createRelay({ fetcher, maxRelays: 1 }),
    extractionOf: async () => extraction,
    clock,
    publicUrl,
    linkSecret: 'a secret',
    onPlay: (_request, debateId) => void played.push(debateId),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  // A client may hold connections open that it has not used yet.
  app.server.closeAllConnections();
  await app.close();
  await vault.close();
  await events.close();
  await database.close();
});

const stream = (headers: Record<string, string> = {}, method = 'GET', path = `/api/streaming/${stored}/stream`) =>
  fetch(base + path, { headers, method });
/** The status of an answer whose body is read and dropped, so that its connection is free again. */
async function statusOf(...asked: Parameters<typeof stream>): Promise<number> {
  const response = await stream(...asked);
  await response.arrayBuffer();
  return response.status;
}
const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

describe('the sound', () => {
  it('is the same whether the framework answers or what is in memory is sent before it', async () => {
    const path = `/api/streaming/${stored}/stream`;
    const asked = { range: 'bytes=100-70000', origin: 'https://player.example', 'x-request-id': 'mine' };
    // The framework fetches it into memory, and answers what has a query.
    await statusOf();
    for (const method of ['GET', 'HEAD']) {
      for (const more of [{}, { 'if-none-match': '*' }, { 'if-range': '"another"' }, { 'if-match': '"another"' }]) {
        const [short, long] = await Promise.all([
          stream({ ...asked, ...more }, method),
          stream({ ...asked, ...more }, method, `${path}?format=mp3`),
        ]);
        const [shortBytes, longBytes] = await Promise.all([bytesOf(short), bytesOf(long)]);
        const told = ({ status, headers }: Response) => ({
          status,
          headers: { ...Object.fromEntries(headers), date: '' },
        });
        expect(told(short)).toEqual(told(long));
        expect(shortBytes.equals(longBytes)).toBe(true);
      }
    }
  });

  it.each([
    ['the whole', {}, 'GET', 200, 1],
    ['the first piece', { range: 'bytes=0-99' }, 'GET', 206, 1],
    ['the rest of an open range', { range: 'bytes=0-' }, 'GET', 206, 1],
    ['a later piece', { range: 'bytes=100-199' }, 'GET', 206, 0],
    ['the last piece', { range: 'bytes=-100' }, 'GET', 206, 0],
    ['nothing of it', {}, 'HEAD', 200, 0],
    ['beyond its end', { range: 'bytes=99999999-' }, 'GET', 416, 0],
    ['what it has already', { 'if-none-match': '*' }, 'GET', 304, 1],
    ['on a condition that fails', { 'if-match': '"another"' }, 'GET', 412, 0],
  ])('begins to be played when a listener asks for %s', async (_, headers, method, status, plays) => {
    played = [];
    expect(await statusOf(headers, method)).toBe(status);
    expect(played).toEqual(Array(plays).fill(stored));
  });

  it('is served whole, with everything a player and a cache need to know', async () => {
    const response = await stream();
    expect(response.status).toBe(200);
    expect((await bytesOf(response)).equals(sitting)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'public, no-cache',
      'content-length': String(sitting.length),
      'content-type': 'audio/mpeg',
      etag: `"${file.sha256.slice(0, 32)}"`,
      'last-modified': 'Wed, 07 Oct 2026 08:00:00 GMT',
      link: `<https://portal.example/video.${stored}>; rel="canonical"`,
      'x-request-id': expect.stringMatching(/.+/),
    });
    expect(response.headers.has('content-range')).toBe(false);
  });

  it('that was taken is counted to the byte', async () => {
    const before = streaming.stats().stored.sentBytes;
    await bytesOf(await stream({ range: 'bytes=262100-600000' }));
    await statusOf({}, 'HEAD');
    expect(streaming.stats().stored.sentBytes - before).toBe(600_001 - 262_100);
  });

  it.each([
    ['bytes=0-99', 0, 99],
    ['bytes=262100-262200', 262_100, 262_200],
    ['bytes=100000-900000', 100_000, 900_000],
    ['bytes=1000000-', 1_000_000, sitting.length - 1],
    ['bytes=-1000', sitting.length - 1_000, sitting.length - 1],
    [`bytes=0-${sitting.length * 2}`, 0, sitting.length - 1],
  ])('is served in part: %s', async (range, start, end) => {
    const response = await stream({ range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/${sitting.length}`);
    expect(response.headers.get('content-length')).toBe(String(end + 1 - start));
    expect((await bytesOf(response)).equals(sitting.subarray(start, end + 1))).toBe(true);
  });

  it('is the same to many who ask at once for overlapping parts', async () => {
    const asked = Array.from({ length: 40 }, (_, at) => [at * 25_000, at * 25_000 + 60_000] as const);
    const parts = await Promise.all(
      asked.map(async ([start, end]) => bytesOf(await stream({ range: `bytes=${start}-${end}` }))),
    );
    for (const [at, [start, end]] of asked.entries())
      expect(parts[at]?.equals(sitting.subarray(start, end + 1))).toBe(true);
  });

  it('has a head of its own', async () => {
    const whole = await stream({}, 'HEAD');
    expect([whole.status, whole.headers.get('content-length')]).toEqual([200, String(sitting.length)]);
    const part = await stream({ range: 'bytes=10-19' }, 'HEAD');
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${sitting.length}`]);
  });

  it('is not sent again to who has it', async () => {
    const response = await stream({ 'if-none-match': file.sha256.slice(0, 32).replace(/^|$/g, '"') });
    expect([response.status, await response.text(), response.headers.has('etag')]).toEqual([304, '', true]);
    expect(await statusOf({ 'if-modified-since': 'Wed, 07 Oct 2026 08:00:00 GMT' })).toBe(304);
  });

  it('is sent whole to who has the beginning of another file', async () => {
    expect(await statusOf({ range: 'bytes=10-', 'if-range': '"another"' })).toBe(200);
    expect(await statusOf({ range: 'bytes=10-', 'if-range': `"${file.sha256.slice(0, 32)}"` })).toBe(206);
  });

  it('refuses in words what it cannot serve', async () => {
    const beyond = await stream({ range: `bytes=${sitting.length}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${sitting.length}`]);
    expect(await beyond.json()).toMatchObject({ code: 'streaming/range-not-satisfiable' });
    const changed = await stream({ 'if-match': '"another"' });
    expect([changed.status, await changed.json()]).toMatchObject([412, { code: 'streaming/precondition-failed' }]);
    const missing = await stream({}, 'GET', `/api/streaming/${stored}/stream?format=m4a`);
    expect([missing.status, await missing.json()]).toMatchObject([404, { code: 'streaming/no-such-rendition' }]);
    expect(await statusOf({}, 'GET', `/api/streaming/${stored}/stream?bitrate=1`)).toBe(400);
    expect(await statusOf({}, 'GET', '/api/streaming/unknown/stream')).toBe(404);
  });

  it('is under /api/v1 too, and with a slash at the end', async () => {
    const response = await stream({ range: 'bytes=0-3' }, 'GET', `/api/v1/streaming/${stored}/stream/`);
    expect((await bytesOf(response)).equals(sitting.subarray(0, 4))).toBe(true);
  });

  it('leaves one line in the log for each piece, and for each refusal', async () => {
    const before = lines.length;
    await statusOf({ range: 'bytes=0-3' });
    await statusOf({ 'if-match': '"another"' });
    const logged = (): string[] => lines.slice(before).filter((line) => line.includes('"msg":"request"'));
    await expect.poll(logged).toHaveLength(2);
    expect(logged()[0]).toContain('"status":206');
    expect(logged()[1]).toContain('"status":412');
  });

  it('goes out on one connection again and again', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const start of [0, 200_000, 500_000]) {
      const [message] = (await once(
        get(`${base}/api/streaming/${stored}/stream`, {
          agent,
          headers: { range: `bytes=${start}-${start + 300_000}` },
        }),
        'response',
      )) as [IncomingMessage];
      expect(Buffer.concat(await message.toArray()).equals(sitting.subarray(start, start + 300_001))).toBe(true);
      expect(message.headers.connection).toBe('keep-alive');
    }
    agent.destroy();
  });
});

describe('listeners who leave', () => {
  it('leave nothing open behind them', async () => {
    for (let at = 0; at < 20; at += 1) {
      const request = httpRequest(`${base}/api/streaming/${stored}/stream`);
      request.on('error', () => undefined);
      request.end();
      const [message] = (await once(request, 'response')) as [IncomingMessage];
      await once(message, 'data');
      request.destroy();
    }
    await expect.poll(() => openObjects).toBe(0);
    expect((await bytesOf(await stream())).equals(sitting)).toBe(true);
  });

  it('before the first byte is read cost nothing', async () => {
    const reading = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const debateId = await newDebate({});
    await publish(debateId, mp3Frames(60, 9));
    beforeRead = () => {
      reached.resolve();
      return reading.promise;
    };
    const request = httpRequest(`${base}/api/streaming/${debateId}/stream`);
    request.on('error', () => undefined);
    request.end();
    await reached.promise;
    request.destroy();
    beforeRead = async () => undefined;
    reading.resolve();
    await expect.poll(() => openObjects).toBe(0);
  });

  it('or read slowly are waited for, and hold no more than what they were sent', async () => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(base).port) });
    socket.write(`GET /api/streaming/${stored}/stream HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    socket.pause();
    await once(socket, 'connect');
    const received = Buffer.concat(await socket.toArray());
    expect(received.subarray(received.indexOf('\r\n\r\n') + 4).equals(sitting)).toBe(true);
    await expect.poll(() => openObjects).toBe(0);
  });
});

describe('a stored file that fails', () => {
  it('while it is read breaks the connection instead of passing for whole', async () => {
    const debateId = await newDebate({});
    const short = await publish(debateId, mp3Frames(1_300, 11));
    const path = join(
      database.dataDir,
      'vault',
      short.sha256.slice(0, 2),
      short.sha256.slice(2, 4),
      `${short.sha256}.mp3`,
    );
    expect(await statusOf({}, 'HEAD', `/api/streaming/${debateId}/stream`)).toBe(200);
    await truncate(path, 300_000);
    const response = await stream({}, 'GET', `/api/streaming/${debateId}/stream`);
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect(openObjects).toBe(0);
    await expect.poll(() => lines.some((line) => line.includes('ends at 300000'))).toBe(true);
  });

  it('because it is gone is told to the operator, and the source is asked instead', async () => {
    const debateId = await newDebate({ media: [] });
    const gone = await publish(debateId, mp3Frames(70, 12));
    await createLocalStorage({ folder: join(database.dataDir, 'vault'), clock }).delete(gone);
    const response = await stream({}, 'GET', `/api/streaming/${debateId}/stream`);
    expect([response.status, await response.json()]).toMatchObject([404, { code: 'streaming/no-audio' }]);
    expect(lines.some((line) => line.includes('a ready file is not in the storage'))).toBe(true);
  });
});

async function newDebate(change: Parameters<typeof sampleDebate>[1]): Promise<string> {
  const { id } = await debates.record(sampleDebate(`1950_${randomUUID()}`, { media: [], ...change }));
  return id;
}

describe('info', () => {
  const info = async (debateId: string): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`${base}/api/streaming/${debateId}/info`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('tells what is stored', async () => {
    const address = `${publicUrl}/api/streaming/${stored}`;
    expect(await info(stored)).toEqual({
      status: 200,
      body: {
        debate_id: stored,
        title,
        delivery: 'stored',
        duration_seconds: file.durationSeconds,
        sitting_starts_at_ms: null,
        stream_url: `${address}/stream`,
        hls_url: null,
        download_url: `${address}/download`,
        renditions: [
          {
            format: 'mp3',
            mime_type: 'audio/mpeg',
            size_bytes: sitting.length,
            duration_seconds: file.durationSeconds,
            bitrate_kbps: 128,
            sample_rate_hz: 44_100,
            channels: 2,
            sha256: file.sha256,
            origin: 'published',
            url: `${address}/stream?format=mp3&origin=published`,
          },
        ],
        extraction: null,
        attribution: { name: 'Assemblée nationale', url: `https://portal.example/video.${stored}` },
      },
    });
  });

  it('tells what can be relayed, what is being extracted, and that nothing can be heard', async () => {
    const relayed = await newDebate({
      media: [{ kind: 'mp3', url: 'http://media.example/x.mp3', durationAtLeastSeconds: null }],
    });
    expect((await info(relayed)).body).toMatchObject({
      delivery: 'relayed',
      renditions: [],
      stream_url: expect.any(String),
    });
    extraction = { status: 'running', progress: 41.5, step: 'fetch', etaSeconds: 12, errorCode: null };
    const nothing = (await info(await newDebate({}))).body;
    extraction = null;
    expect(nothing).toMatchObject({
      delivery: 'none',
      stream_url: null,
      download_url: null,
      extraction: { status: 'running', progress: 41.5, step: 'fetch', eta_seconds: 12, error_code: null },
    });
  });

  it('changes with the file, at once', async () => {
    const debateId = await newDebate({});
    expect((await info(debateId)).body.delivery).toBe('none');
    await publish(debateId, mp3Frames(80, 13));
    await expect.poll(async () => (await info(debateId)).body.delivery).toBe('stored');
  });

  it('of a withdrawn debate says so, as its sound does', async () => {
    const debateId = await newDebate({});
    await publish(debateId, mp3Frames(90, 14));
    await debates.withdraw({ source: 'portal', id: debateId, url: 'https://portal.example' });
    await expect.poll(async () => (await info(debateId)).status).toBe(410);
    expect(await statusOf({}, 'GET', `/api/streaming/${debateId}/stream`)).toBe(410);
  });
});

describe('download', () => {
  const path = `/api/streaming/${stored}/download`;
  const filename = '2026-10-06 2ème séance - Réponse intégrale aux violences….mp3';

  it('is an attachment under a name that one finds again', async () => {
    const response = await stream({}, 'GET', path);
    const disposition = response.headers.get('content-disposition') ?? '';
    expect(parseDisposition(disposition)).toMatchObject({ type: 'attachment', parameters: { filename } });
    expect(disposition).toContain('filename="2026-10-06 2eme seance - Reponse integrale aux violences....mp3"');
    expect((await bytesOf(response)).equals(sitting)).toBe(true);
    expect(response.headers.get('vary')).toBe('accept');
  });

  it('is an address for programs, that works until it expires and for nothing else', async () => {
    const response = await stream({ accept: 'application/json, text/plain, */*' }, 'GET', path);
    const body = (await response.json()) as { url: string };
    expect(body).toEqual({
      url: expect.stringContaining(`${publicUrl}/files/${file.sha256}.mp3?`),
      expires_at: '2026-10-07T14:00:00.000Z',
      filename,
      size_bytes: sitting.length,
      sha256: file.sha256,
    });
    const address = body.url.slice(publicUrl.length);
    const part = await stream({ range: 'bytes=5-9' }, 'GET', address);
    expect([part.status, (await bytesOf(part)).equals(sitting.subarray(5, 10))]).toEqual([206, true]);
    expect(part.headers.get('cache-control')).toBe('public, max-age=21600, immutable');
    expect(part.headers.get('etag')).toBe(`"${file.sha256.slice(0, 32)}"`);
    const forged = await stream({}, 'GET', address.replace('name=2026', 'name=2025'));
    expect([forged.status, await forged.json()]).toMatchObject([403, { code: 'streaming/invalid-link' }]);
    clock.advance(6 * 3_600_000);
    const expired = await stream({}, 'GET', address);
    expect([expired.status, await expired.json()]).toMatchObject([410, { code: 'streaming/expired-link' }]);
  });

  it('of a file that is no longer kept says so', async () => {
    const debateId = await newDebate({});
    const gone = await publish(debateId, mp3Frames(100, 15));
    const response = await stream({ accept: 'application/json' }, 'GET', `/api/streaming/${debateId}/download`);
    const { url } = (await response.json()) as { url: string };
    await createLocalStorage({ folder: join(database.dataDir, 'vault'), clock }).delete(gone);
    const answer = await stream({}, 'GET', url.slice(publicUrl.length));
    expect([answer.status, await answer.json()]).toMatchObject([410, { code: 'streaming/file-gone' }]);
  });

  it('of what only the source has is an address here that does not expire, and nothing that was not checked', async () => {
    const debateId = await newDebate({
      media: [{ kind: 'mp3', url: 'http://media.example/x.mp3', durationAtLeastSeconds: null }],
    });
    const response = await stream({ accept: 'application/json' }, 'GET', `/api/streaming/${debateId}/download`);
    expect(await response.json()).toMatchObject({
      url: `${publicUrl}/api/streaming/${debateId}/download`,
      expires_at: null,
      size_bytes: null,
      sha256: null,
    });
    const nothing = await stream(
      { accept: 'application/json' },
      'GET',
      `/api/streaming/${await newDebate({})}/download`,
    );
    expect(nothing.status).toBe(404);
  });
});

describe('stored sound that listeners fetch from the storage itself', () => {
  const asked: { key: ObjectKey; answer: DirectAnswer }[] = [];
  let debateId: string;
  let file: AudioFile;
  beforeAll(async () => {
    debateId = await newDebate({});
    file = await publish(debateId, sitting);
  });
  beforeEach(() => {
    asked.length = 0;
    played = [];
    directTo = (key, answer) => {
      asked.push({ key, answer });
      return `https://audio.example/${key.sha256}`;
    };
  });
  afterEach(() => {
    directTo = null;
  });
  const ask = (headers: Record<string, string> = {}, method = 'GET', path = `/api/streaming/${debateId}/stream`) =>
    fetch(base + path, { headers, method, redirect: 'manual' });

  it('is answered with a signed address that nobody keeps, and counted as a play once', async () => {
    const whole = await ask();
    expect([whole.status, whole.headers.get('location')]).toEqual([302, `https://audio.example/${file.sha256}`]);
    expect(whole.headers.get('cache-control')).toBe('no-store');
    expect(whole.headers.get('link')).toContain('rel="canonical"');
    expect((await ask({ range: 'bytes=1000-1999' })).status).toBe(302);
    expect(played).toEqual([debateId]);
    const [first] = asked;
    expect(first?.key.sha256).toBe(file.sha256);
    // Six hours, of the clock of this test.
    expect(first?.answer).toEqual({
      expiresAt: new Date(clock.now().getTime() + 6 * 3_600_000),
      cacheControl: 'private, max-age=21600, immutable',
      contentDisposition: undefined,
    });
  });

  it('is still judged here: HEAD, preconditions, ranges outside', async () => {
    const head = await ask({}, 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(sitting.length)]);
    const etag = head.headers.get('etag') ?? '';
    expect((await ask({ 'if-none-match': etag })).status).toBe(304);
    expect((await ask({ 'if-match': '"other"' })).status).toBe(412);
    const outside = await ask({ range: 'bytes=99999999-' });
    expect([outside.status, outside.headers.get('content-range')]).toEqual([416, `bytes */${sitting.length}`]);
    expect(asked).toEqual([]);
  });

  it('keeps its name as a download, and an address of ours never lives longer than its link', async () => {
    expect((await ask({}, 'GET', `/api/streaming/${debateId}/download`)).status).toBe(302);
    const link = await fetch(`${base}/api/streaming/${debateId}/download`, { headers: { accept: 'application/json' } });
    const { url } = (await link.json()) as { url: string };
    clock.advance(3_600_000);
    expect((await ask({}, 'GET', url.slice(publicUrl.length))).status).toBe(302);
    expect(asked.map(({ answer }) => answer.contentDisposition?.startsWith('attachment; filename='))).toEqual([
      true,
      true,
    ]);
    expect(asked[1]?.answer.expiresAt.getTime()).toBe(clock.now().getTime() + 5 * 3_600_000);
  });

  it('whose storage is away is a coded 503', async () => {
    directTo = () => {
      throw vaultErrors.error('storage-away', { retryAfterSeconds: 15 });
    };
    const response = await ask();
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '15']);
    expect(await response.json()).toMatchObject({ code: 'vault/storage-away' });
    expect(openObjects).toBe(0);
  });
});

import { createHash } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../tests/support/manual-clock.ts';
import { type BigRecording, createReplay, type Replay } from './replay.ts';

/** The replay's own waits are written down and over at once. */
let clock: ManualClock;
let replay: Replay;
let file: BigRecording;

beforeEach(async () => {
  clock = createManualClock('2026-10-08T12:00:00Z');
  replay = await createReplay({ sittings: [], clock });
  file = replay.addBigRecording({ base: '2026/10/hemi_20261006211505', sizeBytes: 1_000_000 });
});

afterEach(async () => {
  await replay.close();
});

/** The answer as soon as its headers are there. */
function open(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on('error', reject);
  });
}

/** Reads what comes until the body ends or the connection dies. */
async function readAll(answer: IncomingMessage): Promise<{ body: Buffer; complete: boolean }> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of answer) pieces.push(piece);
  } catch {
    // The connection died: `complete` says so.
  }
  return { body: Buffer.concat(pieces), complete: answer.complete };
}

async function fetchAll(headers: Record<string, string> = {}) {
  const answer = await open(file.url, headers);
  return { answer, ...(await readAll(answer)) };
}

describe('a recording without faults', () => {
  it('is served whole, with its length and validators', async () => {
    const { answer, body, complete } = await fetchAll();
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'audio/mpeg',
      'content-length': String(file.sizeBytes),
      'accept-ranges': 'bytes',
      etag: file.etag,
    });
    expect(complete).toBe(true);
    expect(body.equals(file.slice(0, file.sizeBytes))).toBe(true);
  });

  it('is served by range', async () => {
    const { answer, body } = await fetchAll({ range: 'bytes=300000-699999', 'if-range': file.etag });
    expect(answer.statusCode).toBe(206);
    expect(body.equals(file.slice(300_000, 700_000))).toBe(true);
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const answer = await fetch(file.url, { method: 'HEAD' });
    expect(answer.headers.get('content-length')).toBe(String(file.sizeBytes));
    expect(await answer.text()).toBe('');
  });

  it('is 404 under another name, and no other method is allowed', async () => {
    expect((await open(`${replay.url}/vod/mp4/ida/domain1/2026/10/other.mp3`)).statusCode).toBe(404);
    expect((await fetch(file.url, { method: 'POST' })).status).toBe(405);
  });
});

describe('what was asked is counted', () => {
  it('by path, with ranges and bytes', async () => {
    await fetchAll({ range: 'bytes=0-99' });
    await fetchAll({ range: 'bytes=100-' });
    const served = { requests: 2, bytesServed: file.sizeBytes, ranges: ['bytes=0-99', 'bytes=100-'] };
    // The client may have read the last bytes before the server is told that they left.
    await expect.poll(() => replay.counters.of(file.path)).toEqual(served);
    expect(replay.counters.of('/never')).toEqual({ requests: 0, bytesServed: 0, ranges: [] });
    replay.counters.reset();
    expect(replay.counters.total()).toEqual({ requests: 0, bytesServed: 0 });
  });

  it('with the most requests that were open at one moment', async () => {
    replay.faults.add({ match: file.path, kind: 'stall', afterBytes: 10 });
    const stalled = await Promise.all([open(file.url), open(file.url), open(file.url)]);
    expect(replay.counters.maxConcurrent()).toBe(3);
    for (const answer of stalled) answer.destroy();
  });
});

describe('each fault does what its name says', () => {
  it('status: another status, with its headers, as often as asked', async () => {
    replay.faults.add({ match: file.path, times: 2, kind: 'status', status: 503, headers: { 'retry-after': '7' } });
    const first = await open(file.url);
    expect(first.statusCode).toBe(503);
    expect(first.headers['retry-after']).toBe('7');
    expect((await open(file.url)).statusCode).toBe(503);
    expect((await open(file.url)).statusCode).toBe(200);
  });

  it('too-many-connections: 429 above the limit, and only there', async () => {
    replay.faults.add({ match: file.path, kind: 'too-many-connections', maxOpen: 2 });
    const removeStall = replay.faults.add({ match: file.path, kind: 'stall', afterBytes: 10 });
    const held = await Promise.all([open(file.url), open(file.url)]);
    expect((await open(file.url)).statusCode).toBe(429);
    removeStall();
    for (const answer of held) {
      const left = new Promise((resolve) => answer.once('close', resolve));
      answer.destroy();
      await left;
    }
    await expect.poll(async () => (await open(file.url)).statusCode).toBe(200);
  });

  it('delay: waits before the answer', async () => {
    replay.faults.add({ match: file.path, kind: 'delay', delayMs: 60 });
    expect((await fetchAll()).complete).toBe(true);
    expect(clock.slept).toEqual([60]);
  });

  it('slow: the bytes take the time that the cap gives them', async () => {
    replay.faults.add({ match: file.path, kind: 'slow', bytesPerSecond: 100_000 });
    const { body } = await fetchAll({ range: 'bytes=0-199999' });
    expect(body.length).toBe(200_000);
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(2000);
  });

  it('stall: so many bytes, then silence on an open connection', async () => {
    replay.faults.add({ match: file.path, kind: 'stall', afterBytes: 1000 });
    const answer = await open(file.url);
    let received = 0;
    await new Promise<void>((resolve) => {
      answer.on('data', (piece: Buffer) => {
        received += piece.length;
        if (received === 1000) resolve();
      });
      answer.on('error', () => undefined);
    });
    expect(answer.complete).toBe(false);
    expect(answer.destroyed).toBe(false);
  });

  it('drop: the connection dies after exactly so many bytes', async () => {
    replay.faults.add({ match: file.path, kind: 'drop', afterBytes: 123_456 });
    const { body, complete } = await fetchAll();
    expect(complete).toBe(false);
    expect(body.equals(file.slice(0, 123_456))).toBe(true);
  });

  it('html: a page with status 200', async () => {
    replay.faults.add({ match: file.path, kind: 'html' });
    const { answer, body } = await fetchAll({ range: 'bytes=0-9' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(body.toString()).toMatch(/^<!DOCTYPE html>/);
  });

  it.each([
    [5000, false, 1_000_000],
    [-5000, true, 995_000],
  ])('wrong-length: announces %i bytes more than are sent', async (extraBytes, complete, readable) => {
    replay.faults.add({ match: file.path, kind: 'wrong-length', extraBytes });
    const answer = await fetchAll();
    expect(Number(answer.answer.headers['content-length'])).toBe(file.sizeBytes + extraBytes);
    expect(answer.complete).toBe(complete);
    expect(Math.abs(answer.body.length - readable)).toBeLessThan(418);
  });

  it('no-ranges: the whole with 200', async () => {
    replay.faults.add({ match: file.path, kind: 'no-ranges' });
    const { answer, body } = await fetchAll({ range: 'bytes=0-9' });
    expect(answer.statusCode).toBe(200);
    expect(body.length).toBe(file.sizeBytes);
  });

  it('truncated-file: a shorter file that looks whole', async () => {
    replay.faults.add({ match: file.path, kind: 'truncated-file', sizeBytes: 600_000 });
    const { answer, body, complete } = await fetchAll({ range: 'bytes=500000-' });
    expect(answer.headers['content-range']).toBe('bytes 500000-599999/600000');
    expect(complete).toBe(true);
    expect(body.equals(file.slice(500_000, 600_000))).toBe(true);
  });

  it('corrupt-bytes: other bytes there and nowhere else', async () => {
    replay.faults.add({ match: file.path, kind: 'corrupt-bytes', fromByte: 1000, toByte: 1010 });
    const { body } = await fetchAll();
    const right = file.slice(0, file.sizeBytes);
    const different = [...body.keys()].filter((index) => body[index] !== right[index]);
    expect(different).toEqual([1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009]);
  });

  it('changed-file: another file at the same address, which If-Range notices', async () => {
    const other = replay.addBigRecording({ base: '2026/10/other', sizeBytes: 500_000, seed: 1 });
    replay.faults.add({ match: file.path, kind: 'changed-file', as: other.path });
    const { answer, body } = await fetchAll({ range: 'bytes=400000-', 'if-range': file.etag });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.etag).toBe(other.etag);
    expect(createHash('sha1').update(body).digest('hex')).toBe(
      createHash('sha1').update(other.slice(0, other.sizeBytes)).digest('hex'),
    );
  });

  it('several at once, chosen by the request itself', async () => {
    replay.faults.add({ match: (_, request) => request.headers.range !== undefined, kind: 'delay', delayMs: 60 });
    replay.faults.add({ match: () => true, kind: 'drop', afterBytes: 5 });
    expect((await fetchAll()).body.length).toBe(5);
    expect(clock.slept).toEqual([]);
    expect((await fetchAll({ range: 'bytes=0-99' })).body.length).toBe(5);
    expect(clock.slept).toEqual([60]);
    replay.faults.clear();
    expect((await fetchAll()).complete).toBe(true);
  });
});

it('closing cuts connections that would never end', async () => {
  replay.faults.add({ match: file.path, kind: 'stall', afterBytes: 0 });
  const answer = await open(file.url);
  const ended = readAll(answer);
  await replay.close();
  expect((await ended).complete).toBe(false);
});

import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bucket } from './bucket.ts';
import { DamagedError } from './fault.ts';
import { faultOf, openBucket, parseS3Address, type S3Address } from './index.ts';

const url = process.env.TEST_S3_URL;
/** Two whole parts and a bit. */
const LARGE = Buffer.alloc(2 * 5 * 1_048_576 + 1_000, 'sound');
const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What the way to the server does to a request: nothing, or something bad. */
type Trouble = (seen: {
  method: string;
  path: string;
  count: number;
}) => 'corrupt' | 'lose-answer' | 'refuse' | 'busy' | undefined;

describe.skipIf(url === undefined)('a bucket (TEST_S3_URL, by scripts/with-s3.sh)', () => {
  let server: S3Address;
  let address: S3Address;
  let proxy: Server;
  let trouble: Trouble;
  let seen: { method: string; path: string }[];
  let bucket: Bucket;
  let admin: S3Client;
  let folder: string;

  beforeAll(async () => {
    server = parseS3Address(url ?? '');
    proxy = createServer((incoming, outgoing) => forward(incoming, outgoing)).listen(0, '127.0.0.1');
    await new Promise((listening) => proxy.once('listening', listening));
    admin = new S3Client({ endpoint: String(server.endpoint), forcePathStyle: true });
  });
  afterAll(() => {
    admin.destroy();
    proxy.closeAllConnections();
    proxy.close();
  });
  beforeEach(async () => {
    trouble = () => undefined;
    seen = [];
    folder = mkdtempSync(join(tmpdir(), 'robian-bucket-'));
    const endpoint = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    address = { ...server, endpoint, prefix: `${server.prefix}${randomUUID()}/` };
    bucket = await openBucket(address);
  });
  afterEach(() => {
    bucket.close();
    rmSync(folder, { recursive: true });
  });

  /** The server believes that it was asked directly: the Host that was signed goes through unchanged. */
  function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = '', url: path = '', headers } = incoming;
    seen.push({ method, path });
    const bad = trouble({ method, path, count: seen.length });
    if (bad === 'refuse') {
      incoming.socket.destroy();
      return;
    }
    if (bad === 'busy') {
      incoming.resume();
      outgoing.writeHead(503).end();
      return;
    }
    const target = new URL(server.endpoint ?? '');
    const upstream = request({ host: target.hostname, port: target.port, method, path, headers }, (answer) => {
      if (bad === 'lose-answer') {
        answer.resume().on('end', () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on('error', () => incoming.socket.destroy());
    incoming.on('close', () => !incoming.complete && upstream.destroy());
    if (bad === 'corrupt') {
      incoming.on('data', (piece: Buffer) => upstream.write(piece.fill(0x21)));
      incoming.on('end', () => upstream.end());
    } else {
      incoming.pipe(upstream);
    }
  }

  const fileOf = async (bytes: Buffer): Promise<string> => {
    const path = join(folder, randomUUID());
    await writeFile(path, bytes);
    return path;
  };
  async function put(bytes: Buffer, change: { sha256?: string; signal?: AbortSignal } = {}): Promise<string> {
    const name = randomUUID();
    const path = await fileOf(bytes);
    await bucket.putFile(name, { path, sha256: sha256Of(bytes), contentType: 'audio/mpeg', ...change });
    return name;
  }
  const stored = (): Promise<unknown[]> => Array.fromAsync(bucket.list());
  async function uploads(): Promise<number> {
    const found = await admin.send(new ListMultipartUploadsCommand({ Bucket: address.bucket, Prefix: address.prefix }));
    return found.Uploads?.length ?? 0;
  }
  const failureOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => error,
    );

  it.each([
    ['small', Buffer.from('a little sound')],
    ['large', LARGE],
  ])('a %s file whose bytes are not those that are named is not stored', async (_size, bytes) => {
    expect(await failureOf(put(bytes, { sha256: 'ab'.repeat(32) }))).toBeInstanceOf(DamagedError);
    expect([await stored(), await uploads()]).toEqual([[], 0]);
  });

  it.each([
    ['small', Buffer.from('a little sound')],
    ['large', LARGE],
  ])('a %s file that arrives otherwise than it was sent is not stored', async (_size, bytes) => {
    trouble = ({ method }) => (method === 'PUT' ? 'corrupt' : undefined);
    expect(await failureOf(put(bytes))).toBeInstanceOf(Error);
    trouble = () => undefined;
    expect([await stored(), await uploads()]).toEqual([[], 0]);
  });

  it('an upload that is broken off leaves nothing, and throws the reason', async () => {
    const stop = new AbortController();
    const reason = new Error('cancelled');
    trouble = ({ path }) => {
      if (path.includes('partNumber=2')) stop.abort(reason);
      return undefined;
    };
    expect(await failureOf(put(LARGE, { signal: stop.signal }))).toBe(reason);
    expect([await stored(), await uploads()]).toEqual([[], 0]);
  });

  it('a part that cannot be sent ends the upload, which leaves nothing', async () => {
    trouble = ({ path }) => (path.includes('partNumber=2') ? 'refuse' : undefined);
    expect(faultOf(await failureOf(put(LARGE)))).toBe('away');
    // Tried three times, no more.
    expect(seen.filter(({ path }) => path.includes('partNumber=2'))).toHaveLength(3);
    expect([await stored(), await uploads()]).toEqual([[], 0]);
  });

  it('troubles that pass cost a repetition', async () => {
    trouble = ({ count }) => (count % 3 === 1 ? 'busy' : undefined);
    const name = await put(LARGE);
    expect((await bucket.head(name))?.sizeBytes).toBe(LARGE.length);
  });

  it('an object whose answer got lost is there all the same', async () => {
    trouble = ({ method, path }) => (method === 'POST' && path.includes('uploadId=') ? 'lose-answer' : undefined);
    const name = await put(LARGE);
    expect((await bucket.head(name))?.sizeBytes).toBe(LARGE.length);
    expect(await uploads()).toBe(0);
  });

  it('forgets uploads of processes that died, and only those that are old enough', async () => {
    const { bucket: Bucket, prefix } = address;
    await admin.send(new CreateMultipartUploadCommand({ Bucket, Key: `${prefix}left-behind` }));
    const hourMs = 3_600_000;
    expect(await bucket.abortUploads(new Date(Date.now() - hourMs))).toBe(0);
    expect(await uploads()).toBe(1);
    expect(await bucket.abortUploads(new Date(Date.now() + hourMs))).toBe(1);
    expect(await uploads()).toBe(0);
  });

  it('reads on after a broken connection, and never from other bytes than those that were opened', async () => {
    const name = await put(LARGE);
    const etag = (await bucket.head(name))?.etag ?? '';
    const buffer = Buffer.alloc(10);
    let broken = 0;
    trouble = ({ method }) => {
      if (method !== 'GET' || broken === 2) return undefined;
      broken += 1;
      return 'lose-answer';
    };
    expect(await bucket.read(name, etag, buffer, { start: 5 * 1_048_576 - 5, length: 10 })).toBe(10);
    expect(buffer.equals(LARGE.subarray(5 * 1_048_576 - 5, 5 * 1_048_576 + 5))).toBe(true);
    expect(broken).toBe(2);
    const failure = await failureOf(bucket.read(name, '"other"', buffer, { start: 0, length: 10 }));
    expect(faultOf(failure)).toBe('changed');
    await bucket.delete(name);
    expect(faultOf(await failureOf(bucket.read(name, etag, buffer, { start: 0, length: 10 })))).toBe('missing');
  });

  it('lists more than one page', async () => {
    // Listing is by 1,000; the second page begins behind the last name of the first.
    const path = await fileOf(Buffer.from('x'));
    const sha256 = sha256Of(Buffer.from('x'));
    const names = Array.from({ length: 1_003 }, (_, index) => `n${String(index).padStart(4, '0')}`);
    const left = [...names];
    const worker = async (): Promise<void> => {
      for (let name = left.pop(); name !== undefined; name = left.pop()) {
        await bucket.putFile(name, { path, sha256, contentType: 'audio/mpeg' });
      }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    const listed = await Array.fromAsync(bucket.list());
    expect(listed.map(({ name }) => name)).toEqual(names);
  }, 120_000);

  describe('a signed address', () => {
    const options = (seconds: number) => ({
      now: new Date(),
      expiresAt: new Date(Date.now() + seconds * 1_000),
      contentType: 'audio/mpeg',
      cacheControl: 'private, max-age=60',
      contentDisposition: 'attachment; filename="seance.mp3"',
    });

    it('gives the bytes and their ranges under the headers that were asked for', async () => {
      const signed = await bucket.signedUrl(await put(LARGE), options(60));
      const whole = await fetch(signed);
      expect(sha256Of(Buffer.from(await whole.arrayBuffer()))).toBe(sha256Of(LARGE));
      expect(whole.headers.get('content-disposition')).toBe('attachment; filename="seance.mp3"');
      expect(whole.headers.get('content-type')).toBe('audio/mpeg');
      expect(whole.headers.get('cache-control')).toBe('private, max-age=60');
      const piece = await fetch(signed, { headers: { range: 'bytes=100-199' } });
      expect([piece.status, piece.headers.get('content-range')]).toEqual([206, `bytes 100-199/${LARGE.length}`]);
      expect(Buffer.from(await piece.arrayBuffer()).equals(LARGE.subarray(100, 200))).toBe(true);
    });

    it('works for nothing else, and not for ever', async () => {
      const name = await put(Buffer.from('secret sound'));
      const other = await put(Buffer.from('other sound'));
      const signed = await bucket.signedUrl(name, options(60));
      expect((await fetch(signed.replace(name, other))).status).toBe(403);
      expect((await fetch(signed.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))).status).toBe(403);
      const past = new Date(Date.now() - 120_000);
      const old = await bucket.signedUrl(name, {
        ...options(0),
        now: past,
        expiresAt: new Date(past.getTime() + 60_000),
      });
      expect((await fetch(old)).status).toBe(403);
    });

    it('names the address that clients reach', async () => {
      const open = await openBucket({ ...address, publicEndpoint: 'https://audio.example' });
      expect(await open.signedUrl('a', options(60))).toMatch(/^https:\/\/audio\.example\/robian\/.*X-Amz-Signature=/);
      open.close();
    });
  });

  it('says whether it is there', async () => {
    await bucket.ping();
    const wrong = await openBucket({ ...address, bucket: 'no-such-bucket' });
    await expect(wrong.ping()).rejects.toThrow();
    wrong.close();
  });
});

describe('a bucket that nobody serves', () => {
  it('is away, after three attempts', async () => {
    process.env.AWS_ACCESS_KEY_ID ??= 'nobody';
    process.env.AWS_SECRET_ACCESS_KEY ??= 'nothing';
    // Port 9 is discard: nothing listens there.
    const bucket = await openBucket(parseS3Address('s3://sound?endpoint=http://127.0.0.1:9'));
    const failure = await bucket.head('x').catch((error: unknown) => error);
    expect(faultOf(failure)).toBe('away');
    expect(failure).toMatchObject({ $metadata: { attempts: 3 } });
    bucket.close();
  });
});

import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock/index.ts';
import { openBucket, parseS3Address } from '../platform/s3/index.ts';
import { createLocalStorage } from './local-storage.ts';
import { createS3Storage } from './s3-storage.ts';
import { type ObjectKey, objectPath, parseObjectPath, type Storage } from './storage.ts';

/** A storage of the test's own, and the hand of somebody who changes it without asking. */
interface Stage {
  storage: Storage;
  /** Puts anything under any path. */
  tamper(path: string, content: string): Promise<void>;
}

interface Driver {
  name: string;
  open(folder: string): Promise<Stage>;
  /** Whether those who have an object open may read on when it is deleted. */
  readsOutliveDelete: boolean;
}

const folderDriver: Driver = {
  name: 'in a folder',
  readsOutliveDelete: true,
  open: async (folder) => ({
    storage: createLocalStorage({ folder, clock: systemClock }),
    tamper: async (path, content) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    },
  }),
};

const bucketUrl = process.env.TEST_S3_URL;

const bucketDriver: Driver = {
  name: 'in a bucket (TEST_S3_URL, by scripts/with-s3.sh)',
  readsOutliveDelete: false,
  open: async () => {
    const given = parseS3Address(bucketUrl ?? '');
    const address = { ...given, prefix: `${given.prefix}${randomUUID()}/` };
    return {
      storage: createS3Storage({ bucket: await openBucket(address), clock: systemClock }),
      tamper: async (path, content) => {
        const client = new S3Client({ endpoint: String(address.endpoint), forcePathStyle: address.pathStyle });
        await client.send(new PutObjectCommand({ Bucket: address.bucket, Key: address.prefix + path, Body: content }));
        client.destroy();
      },
    };
  },
};

for (const driver of [folderDriver, bucketDriver]) {
  describe.skipIf(driver === bucketDriver && bucketUrl === undefined)(`the storage ${driver.name}`, () => {
    let root: string;
    let stage: Stage;
    let storage: Storage;
    beforeEach(async () => {
      root = mkdtempSync(join(tmpdir(), 'robian-storage-'));
      stage = await driver.open(join(root, 'vault'));
      storage = stage.storage;
    });
    afterEach(async () => {
      await storage.close();
      rmSync(root, { recursive: true });
    });

    const staged = (): string => join(root, 'staged');

    async function put(content: string | Buffer, format: ObjectKey['format'] = 'mp3'): Promise<ObjectKey> {
      await writeFile(staged(), content);
      const key: ObjectKey = { sha256: createHash('sha256').update(content).digest('hex'), format };
      await storage.put(key, staged());
      return key;
    }

    async function readAll(key: ObjectKey): Promise<string | null> {
      const object = await storage.open(key);
      if (!object) return null;
      const buffer = Buffer.alloc(1_000);
      const length = await object.read(buffer, 0, buffer.length);
      object.close();
      return buffer.toString('utf8', 0, length);
    }

    it('keeps bytes under their hash, with their size and date, and takes the staged file away', async () => {
      const key = await put('some sound');
      expect(existsSync(staged())).toBe(false);
      const head = await storage.head(key);
      expect(head?.sizeBytes).toBe(10);
      // Whole seconds, of a server's clock.
      expect(Math.abs((head?.storedAt.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
      expect(await readAll(key)).toBe('some sound');
    });

    it('reads any piece, and less than asked only at the end', async () => {
      const key = await put('0123456789');
      const object = await storage.open(key);
      const buffer = Buffer.alloc(8);
      expect(await object?.read(buffer, 2, 3)).toBe(3);
      expect(buffer.toString('utf8', 0, 3)).toBe('234');
      expect(await object?.read(buffer, 8, 8)).toBe(2);
      expect(await object?.read(buffer, 10, 8)).toBe(0);
      expect(object).toMatchObject({ ...(await storage.head(key)) });
      object?.close();
    });

    it('takes a file of many pieces whole', async () => {
      // Two parts of 5 MiB and an odd one, of bytes that differ everywhere.
      const content = Buffer.alloc(11_534_337);
      for (let at = 0; at + 4 <= content.length; at += 4) content.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
      const key = await put(content);
      const object = await storage.open(key);
      expect(object?.sizeBytes).toBe(content.length);
      const hash = createHash('sha256');
      const buffer = Buffer.alloc(1_048_576);
      for (let position = 0; ; ) {
        const length = (await object?.read(buffer, position, buffer.length)) ?? 0;
        if (length === 0) break;
        hash.update(buffer.subarray(0, length));
        position += length;
      }
      object?.close();
      expect(hash.digest('hex')).toBe(key.sha256);
    });

    it('takes an empty file', async () => {
      const key = await put('');
      expect(await storage.head(key)).toMatchObject({ sizeBytes: 0 });
      expect(await readAll(key)).toBe('');
    });

    it('knows nothing of what was never stored', async () => {
      const key: ObjectKey = { sha256: 'ab'.repeat(32), format: 'mp3' };
      expect(await storage.head(key)).toBeNull();
      expect(await storage.open(key)).toBeNull();
    });

    it('replaces an object that was damaged, also for readers that had it open before', async () => {
      const key = await put('the true bytes');
      await stage.tamper(objectPath(key), 'the');
      expect(await readAll(key)).toBe('the');
      await put('the true bytes');
      expect(await readAll(key)).toBe('the true bytes');
    });

    it('deletes, twice if need be', async () => {
      const key = await put('gone soon');
      const object = await storage.open(key);
      await storage.delete(key);
      await storage.delete(key);
      const buffer = Buffer.alloc(20);
      const read = object?.read(buffer, 0, 20);
      if (driver.readsOutliveDelete) expect(await read).toBe(9);
      else await expect(read).rejects.toMatchObject({ code: 'vault/storage-away' });
      object?.close();
      expect(await storage.open(key)).toBeNull();
      expect(await storage.head(key)).toBeNull();
    });

    it('lists its objects and nothing else', async () => {
      expect(await Array.fromAsync(storage.list())).toEqual([]);
      const keys = [await put('one'), await put('two', 'm4a')];
      await stage.tamper('README', 'not an object');
      await stage.tamper('ab/cd/README', 'not an object');
      const listed = await Array.fromAsync(storage.list());
      const expected = await Promise.all(keys.map(async (key) => ({ ...key, ...(await storage.head(key)) })));
      const plain = (all: object[]): Set<string> =>
        new Set(all.map((one) => JSON.stringify(one, Object.keys(one).sort())));
      expect(plain(listed)).toEqual(plain(expected));
    });

    it('knows how much room is left, and that it is there', async () => {
      expect(await storage.freeBytes()).toBeGreaterThan(0);
      await storage.ping?.();
    });

    it('leaves the staged file where it is when it cannot be stored', async () => {
      await writeFile(staged(), 'x');
      await storage.close();
      const broken = await brokenOf(driver, root);
      await expect(broken.put({ sha256: 'ab'.repeat(32), format: 'mp3' }, staged())).rejects.toThrow();
      expect(existsSync(staged())).toBe(true);
      await broken.close();
    });
  });
}

/** A storage that cannot be written to. */
async function brokenOf(driver: Driver, root: string): Promise<Storage> {
  if (driver === bucketDriver) {
    const bucket = await openBucket({ ...parseS3Address(bucketUrl ?? ''), bucket: 'no-such-bucket' });
    return createS3Storage({ bucket, clock: systemClock });
  }
  await writeFile(join(root, 'a-file'), 'where the folder should be');
  return createLocalStorage({ folder: join(root, 'a-file'), clock: systemClock });
}

describe('the path of an object', () => {
  const sha256 = `12ab${'cd'.repeat(30)}`;
  it.each([
    [`12/ab/${sha256}.mp3`, { sha256, format: 'mp3' }],
    [`12/ab/${sha256}.m4a`, { sha256, format: 'm4a' }],
    [`12/ac/${sha256}.mp3`, null],
    [`${sha256}.mp3`, null],
    [`12/ab/${sha256}.wav`, null],
    ['README', null],
    ['', null],
  ])('%s', (path, key) => {
    expect(parseObjectPath(path)).toEqual(key);
    if (key !== null) expect(objectPath(key as ObjectKey)).toBe(path);
  });
});

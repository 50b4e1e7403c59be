import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBucket, parseS3Address } from '../platform/s3/index.ts';
import { type BackupTarget, createBucketTarget, createFolderTarget } from './index.ts';

const url = process.env.TEST_S3_URL;
/** More than one part of an upload and one piece of a read. */
const LARGE = randomBytes(12 * 1_048_576 + 1);

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1_000_000) yield bytes.subarray(at, at + 1_000_000);
}
async function* breakingOff(): AsyncGenerator<Buffer> {
  yield Buffer.from('half');
  throw new Error('the database went away');
}

const DRIVERS: readonly [name: string, skipped: boolean, open: (folder: string) => BackupTarget][] = [
  ['a folder', false, (folder) => createFolderTarget(join(folder, 'backups'))],
  [
    'a bucket (TEST_S3_URL, by scripts/with-s3.sh)',
    url === undefined,
    (folder) => {
      const address = parseS3Address(url ?? '');
      const own = { ...address, prefix: `${address.prefix}${randomUUID()}/` };
      return createBucketTarget({ address: url ?? '', openBucket: () => openBucket(own), folder });
    },
  ],
];

describe.each(DRIVERS)('backups in %s', (_name, skipped, openTarget) => {
  let folder: string;
  let target: BackupTarget;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'robian-target-'));
    if (!skipped) target = openTarget(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const contentOf = async (name: string): Promise<Buffer | null> => {
    const found = await target.read(name);
    return found && buffer(found);
  };
  const namesBelow = async (prefix: string): Promise<string[]> => {
    const names: string[] = [];
    for await (const { name } of target.list(prefix)) names.push(name);
    return names.sort();
  };

  it.skipIf(skipped)('gives back what it was given, whatever its size', async () => {
    for (const bytes of [Buffer.from('small'), LARGE]) {
      await target.write('2026/database', inPieces(bytes));
      expect((await contentOf('2026/database'))?.equals(bytes)).toBe(true);
    }
  });

  it.skipIf(skipped)('lists by the beginning of names, with sizes and times', async () => {
    for (const name of ['a/manifest.json', 'a/database', 'b/manifest.json']) {
      await target.write(name, inPieces(Buffer.from(name)));
    }
    expect(await namesBelow('a/')).toEqual(['a/database', 'a/manifest.json']);
    expect(await namesBelow('')).toHaveLength(3);
    for await (const object of target.list('b/')) {
      expect(object).toEqual({ name: 'b/manifest.json', sizeBytes: 15, modifiedAt: expect.any(Date) });
    }
  });

  it.skipIf(skipped)('removes, and finds nothing where nothing is', async () => {
    await target.write('a/database', inPieces(Buffer.from('x')));
    await target.remove('a/database');
    await target.remove('a/database');
    expect(await contentOf('a/database')).toBeNull();
    expect(await namesBelow('')).toEqual([]);
  });

  it.skipIf(skipped)('keeps nothing of what broke off, and leaves nothing beside it', async () => {
    await expect(target.write('a/database', breakingOff())).rejects.toThrow('the database went away');
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(target.write('a/database', inPieces(LARGE), stopped)).rejects.toThrow('stopped');
    expect(await contentOf('a/database')).toBeNull();
    expect(readdirSync(folder, { recursive: true }).filter((name) => !/^backups(\/a)?$/.test(String(name)))).toEqual(
      [],
    );
  });

  it.skipIf(skipped).each(['../elsewhere', '/etc/passwd', 'a//b', '', '.hidden'])(
    'refuses the name %j',
    async (name) => {
      await expect(target.write(name, inPieces(Buffer.from('x')))).rejects.toThrow(RangeError);
      await expect(target.read(name)).rejects.toThrow(RangeError);
      await expect(target.remove(name)).rejects.toThrow(RangeError);
    },
  );
});

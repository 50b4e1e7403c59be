import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ZippedFile, zipOf } from '../../tests/support/zip.ts';
import { type ReadZipOptions, readZip } from './read-zip.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'robian-zip-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readZip', () => {
  it('gives the accepted members in the order of the archive, and no folders', async () => {
    const archive = zipOf([
      file('json/', ''),
      file('json/b.json', '{"b":1}'),
      file('notes.txt', 'x'),
      file('json/a.json', ''),
    ]);
    expect(await read(archive, { accept: (name) => name.startsWith('json/') })).toEqual([
      ['json/b.json', '{"b":1}'],
      ['json/a.json', ''],
    ]);
  });

  it.each([
    ['no zip', Buffer.from('<html>404</html>')],
    ['empty', Buffer.alloc(0)],
    ['cut', zipOf([file('a', 'x'.repeat(1000))]).subarray(0, 60)],
    ['a wrong checksum', zipOf([{ ...file('a', 'text'), declaredCrc32: 1 }])],
    ['a bomb that declares less than it holds', zipOf([{ ...file('a', '0'.repeat(100_000)), declaredBytes: 10 }])],
    ['a member that declares more than it holds', zipOf([{ ...file('a', 'abc'), declaredBytes: 10 }])],
    ['encrypted', zipOf([{ ...file('a', 'text'), encrypted: true }])],
    ['a name that climbs out', zipOf([file('../../etc/passwd', 'x')])],
    ['an absolute name', zipOf([file('/etc/passwd', 'x')])],
  ])('refuses %s with a coded error', async (_, archive) => {
    await expect(read(archive)).rejects.toMatchObject({ code: 'portal/malformed' });
  });

  it.each([
    ['too many members', { members: 1 }],
    ['a member too large', { memberBytes: 3 }],
    ['too much in all', { totalBytes: 7 }],
  ])('refuses %s', async (_, limits) => {
    const archive = zipOf([file('a', '1234'), file('b', '5678')]);
    await expect(read(archive, { limits })).rejects.toMatchObject({ code: 'portal/malformed' });
  });

  it('lets an error of the disk pass as it is', async () => {
    await expect(readZip(join(folder, 'absent.zip'), { accept: () => true }).next()).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it('stops between two members when aborted', async () => {
    const abort = new AbortController();
    const path = await store(zipOf([file('a', '1'), file('b', '2')]));
    const members = readZip(path, { accept: () => true, signal: abort.signal });
    await members.next();
    abort.abort(new Error('enough'));
    await expect(members.next()).rejects.toThrow('enough');
  });
});

function file(name: string, text: string): ZippedFile {
  return { name, bytes: Buffer.from(text) };
}

let stored = 0;
async function store(archive: Buffer): Promise<string> {
  stored += 1;
  const path = join(folder, `${stored}.zip`);
  await writeFile(path, archive);
  return path;
}

async function read(archive: Buffer, options: Partial<ReadZipOptions> = {}): Promise<[string, string][]> {
  const members = readZip(await store(archive), { accept: () => true, ...options });
  return (await Array.fromAsync(members)).map(({ name, bytes }) => [name, bytes.toString()]);
}

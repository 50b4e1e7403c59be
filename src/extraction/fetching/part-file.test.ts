import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBootId } from './boot-id.ts';
import { openPart, type PartFile, type PartPaths, partPaths, readPart } from './part-file.ts';

const MiB = 1024 * 1024;
const representation = { url: 'http://m/a.mp3', lengthBytes: 8 * MiB, etag: null, lastModified: null };

let directory: string;
let paths: PartPaths;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'robian-part-'));
  paths = partPaths(directory, 'a.mp3');
});
afterEach(() => rmSync(directory, { recursive: true }));

const begin = (change: Partial<Parameters<typeof openPart>[0]> = {}): Promise<PartFile> =>
  openPart({ paths, representation, spans: [], bootId: 'boot-1', syncEveryBytes: MiB, ...change });
const piece = (n: number): Buffer[] => [Buffer.alloc(MiB / 2, n), Buffer.alloc(MiB / 2, n)];

describe('the part of a file', () => {
  it('is written anywhere, in any order, and knows what it has', async () => {
    const part = await begin();
    await Promise.all([part.write(piece(3), 3 * MiB), part.write(piece(1), MiB)]);
    expect(part.spans).toEqual([
      { start: MiB, end: 2 * MiB },
      { start: 3 * MiB, end: 4 * MiB },
    ]);
    expect(part.bytesDone).toBe(2 * MiB);
    await part.close();
    const bytes = readFileSync(paths.data);
    expect([bytes[0], bytes[MiB], bytes[2 * MiB - 1], bytes[3 * MiB]]).toEqual([0, 1, 1, 3]);
  });

  it('after a power cut keeps what was synced on the way', async () => {
    const part = await begin();
    for (let n = 0; n < 4; n += 1) await part.write(piece(n), n * MiB);
    // No close: the process is gone. The journal as it stands then, read under another kernel.
    const trusted = await readPart(paths, 'boot-2');
    const bytes = trusted?.spans.reduce((sum, { start, end }) => sum + end - start, 0) ?? 0;
    expect(bytes).toBeGreaterThanOrEqual(2 * MiB);
    expect(await readPart(paths, 'boot-1')).toMatchObject({ spans: [{ start: 0, end: 4 * MiB }] });
    await part.release();
  });

  it('taken up again keeps its bytes, and trusts them under this boot', async () => {
    const first = await begin();
    await first.write(piece(7), 0);
    await first.close();
    const second = await begin({ spans: first.spans, bootId: 'boot-2' });
    await second.write(piece(8), MiB);
    await second.close();
    expect((await readPart(paths, 'boot-3'))?.spans).toEqual([{ start: 0, end: 2 * MiB }]);
    expect(readFileSync(paths.data)[0]).toBe(7);
  });

  it('begun anew forgets the bytes that were there', async () => {
    const first = await begin();
    await first.write(piece(7), 0);
    await first.close();
    await (await begin()).close();
    expect(readFileSync(paths.data).length).toBe(0);
    expect((await readPart(paths, 'boot-1'))?.spans).toEqual([]);
  });

  it('that cannot be synced is never called done', async () => {
    // What cannot be synced on this system: a device.
    symlinkSync('/dev/null', paths.data);
    const part = await begin({ syncEveryBytes: 100 * MiB });
    await part.write(piece(1), 0);
    await expect(part.close()).rejects.toThrow(/sync/);
  });

  it('whose sync failed on the way says so at the next write', async () => {
    symlinkSync('/dev/null', paths.data);
    const part = await begin({ syncEveryBytes: 1 });
    await part.write(piece(1), 0);
    await expect(
      (async () => {
        for (;;) await part.write(piece(1), 0);
      })(),
    ).rejects.toThrow(/sync/);
    await part.release();
  });

  it('is nothing where there is no part, or no journal', async () => {
    expect(await readPart(paths, 'boot-1')).toBeNull();
    closeSync(openSync(paths.data, 'w'));
    expect(await readPart(paths, 'boot-1')).toBeNull();
  });
});

it('the boot has a name where the system tells it, and none elsewhere', async () => {
  expect(await readBootId('/no/such/file')).toBeNull();
  if (process.platform === 'linux') expect(await readBootId()).toMatch(/^[0-9a-f-]{36}$/);
});

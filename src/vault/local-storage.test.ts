import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock/index.ts';
import { isDiskFull } from './errors.ts';
import { createLocalStorage } from './local-storage.ts';
import type { ObjectKey, Storage } from './storage.ts';
import { createWorkspaces } from './workspaces.ts';

let root: string;
let storage: Storage;
const now = new Date('2026-10-07T08:00:00.000Z');
const clock = { ...systemClock, now: () => now };
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'robian-storage-'));
  storage = createLocalStorage({ folder: join(root, 'vault'), clock });
});
afterEach(async () => {
  await storage.close();
  rmSync(root, { recursive: true });
});

async function put(content: string, format: ObjectKey['format'] = 'mp3'): Promise<ObjectKey> {
  const path = join(root, 'staged');
  await writeFile(path, content);
  const key: ObjectKey = { sha256: createHash('sha256').update(content).digest('hex'), format };
  await storage.put(key, path);
  return key;
}

describe('the storage in a folder', () => {
  it('keeps bytes under their hash, in two levels of folders, and takes the staged file away', async () => {
    const key = await put('some sound');
    const path = join(root, 'vault', key.sha256.slice(0, 2), key.sha256.slice(2, 4), `${key.sha256}.mp3`);
    expect(await readFile(path, 'utf8')).toBe('some sound');
    expect(readdirSync(root)).toEqual(['vault']);
    expect(await storage.head(key)).toEqual({ sizeBytes: 10, storedAt: now });
  });

  it('leaves the staged file where it is when it cannot be moved', async () => {
    await writeFile(join(root, 'staged'), 'x');
    await writeFile(join(root, 'vault'), 'a file where the folder should be');
    await expect(storage.put({ sha256: 'ab'.repeat(32), format: 'mp3' }, join(root, 'staged'))).rejects.toThrow();
    expect(readdirSync(root).sort()).toEqual(['staged', 'vault']);
    rmSync(join(root, 'vault'));
  });

  it.each([
    ['ENOSPC', true],
    ['EDQUOT', true],
    ['EIO', false],
  ])('takes %s for a full disk: %s', (code, full) => {
    expect(isDiskFull(Object.assign(new Error(code), { code }))).toBe(full);
  });
});

describe('workspaces', () => {
  const hour = 3_600_000;

  it('outlive the process and are the same folder for the same key', async () => {
    const folder = join(root, 'staging');
    const path = await createWorkspaces({ folder, clock }).create('run-1');
    await writeFile(join(path, 'sitting.mp3.part'), 'half');
    expect(await createWorkspaces({ folder, clock }).create('run-1')).toBe(path);
    expect(readdirSync(path)).toEqual(['sitting.mp3.part']);
  });

  it.each(['../run', '', 'a/b', '.', 'x'.repeat(101)])('refuse the key %j', async (key) => {
    const workspaces = createWorkspaces({ folder: join(root, 'staging'), clock });
    await expect(workspaces.create(key)).rejects.toThrow(RangeError);
    expect(() => workspaces.discard(key)).toThrow(RangeError);
  });

  it('are swept when nobody wants them and nothing in them has changed for long', async () => {
    const folder = join(root, 'staging');
    const workspaces = createWorkspaces({ folder, clock });
    expect(await workspaces.sweep(async () => false, hour)).toEqual([]);
    const aged = async (key: string, folderAgeMs: number, fileAgeMs: number): Promise<void> => {
      const path = await workspaces.create(key);
      const file = join(path, 'part');
      await writeFile(file, 'x');
      await utimes(file, now, new Date(now.getTime() - fileAgeMs));
      await utimes(path, now, new Date(now.getTime() - folderAgeMs));
    };
    await aged('abandoned', 2 * hour, 2 * hour);
    await aged('wanted', 2 * hour, 2 * hour);
    await aged('growing', 2 * hour, 1);
    await aged('new', 1, 1);
    await writeFile(join(folder, 'stray-file'), 'not a workspace');
    expect(await workspaces.sweep(async (key) => key === 'wanted', hour)).toEqual(['abandoned']);
    expect(readdirSync(folder).sort()).toEqual(['growing', 'new', 'stray-file', 'wanted']);
    expect((await stat(folder)).isDirectory()).toBe(true);
  });
});

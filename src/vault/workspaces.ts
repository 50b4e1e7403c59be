import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../platform/clock/index.ts';
import { nullWhenMissing } from './missing.ts';

/** Private folders where files are made before the vault takes them; they outlive the process, so that work resumes. */
export interface Workspaces {
  create(key: string): Promise<string>;
  discard(key: string): Promise<void>;
  sweep(isWanted: (key: string) => Promise<boolean>, olderThanMs: number): Promise<string[]>;
}

const KEY = /^[A-Za-z0-9_-]{1,100}$/;

export function createWorkspaces(options: { folder: string; clock: Clock }): Workspaces {
  const { folder, clock } = options;
  const pathOf = (key: string): string => {
    if (!KEY.test(key)) throw new RangeError(`not a workspace key: ${JSON.stringify(key.slice(0, 120))}`);
    return join(folder, key);
  };
  const discard = (key: string): Promise<void> => rm(pathOf(key), { recursive: true, force: true });

  return {
    create: async (key) => {
      const path = pathOf(key);
      await mkdir(path, { recursive: true, mode: 0o700 });
      return path;
    },
    discard,
    sweep: async (isWanted, olderThanMs) => {
      await mkdir(folder, { recursive: true });
      const swept: string[] = [];
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        const key = entry.name;
        if (!entry.isDirectory() || !KEY.test(key)) continue;
        const untouchedMs = clock.now().getTime() - (await lastTouchedMs(join(folder, key)));
        if (untouchedMs < olderThanMs || (await isWanted(key))) continue;
        await discard(key);
        swept.push(key);
      }
      return swept;
    },
  };
}

/** The latest change of the folder or of a file in it: a file that grows does not change its folder. */
async function lastTouchedMs(path: string): Promise<number> {
  const names = (await nullWhenMissing(readdir(path))) ?? [];
  const changed = await Promise.all(
    [path, ...names.map((name) => join(path, name))].map((one) => nullWhenMissing(stat(one))),
  );
  return Math.max(...changed.map((found) => found?.mtimeMs ?? 0));
}

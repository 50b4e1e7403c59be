// Loaded before a program that has an embedded database (`node --import`): after POWER_CUT_AFTER writes of the engine it leaves in
// POWER_CUT_COPY what a disk would hold after a power cut in that moment, and ends the process. What was written and not yet brought
// to the disk is lost, all of it or (POWER_CUT_LOSES=some) about half of it, in any order, as disks do.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, relative } from 'node:path';
import { isMainThread, workerData } from 'node:worker_threads';

interface Unsynced {
  position: number;
  length: number;
  before: Buffer;
  sizeBefore: number;
}

const after = Number(process.env.POWER_CUT_AFTER);
const copy = process.env.POWER_CUT_COPY ?? '';
const losesSome = process.env.POWER_CUT_LOSES === 'some';

if (!isMainThread) {
  const { dataFolder } = workerData as { dataFolder: string };
  const paths = new Map<number, string>();
  const unsynced = new Map<string, Unsynced[]>();
  const real = { ...fs };
  let writes = 0;
  // Any sequence will do, so long as it is the same at each run.
  let draw = after;
  const loses = (): boolean => {
    draw = (draw * 1_103_515_245 + 12_345) % 2_147_483_648;
    return !losesSome || draw > 1_073_741_824;
  };

  const cut = (): void => {
    real.cpSync(dataFolder, copy, { recursive: true });
    for (const [path, list] of unsynced) {
      const target = join(copy, relative(dataFolder, path));
      if (!real.existsSync(target)) continue;
      const fd = real.openSync(target, 'r+');
      for (const { position, length, before, sizeBefore } of list.toReversed()) {
        if (!loses()) continue;
        const lost = Buffer.alloc(length);
        before.copy(lost);
        real.writeSync(fd, lost, 0, length, position);
        if (!losesSome) real.ftruncateSync(fd, Math.max(sizeBefore, position + before.length));
      }
      real.closeSync(fd);
    }
    process.kill(process.pid, 'SIGKILL');
  };

  Object.assign(fs, {
    openSync: (path: string, ...rest: [fs.OpenMode]): number => {
      const fd = real.openSync(path, ...rest);
      if (String(path).startsWith(dataFolder)) paths.set(fd, String(path));
      return fd;
    },
    closeSync: (fd: number): void => {
      paths.delete(fd);
      real.closeSync(fd);
    },
    writeSync: (fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number => {
      const path = paths.get(fd);
      if (path !== undefined) {
        writes += 1;
        if (writes === after) cut();
        const sizeBefore = real.fstatSync(fd).size;
        const before = Buffer.alloc(Math.max(0, Math.min(length, sizeBefore - position)));
        if (before.length > 0) readFrom(path, before, position);
        unsynced.set(path, [...(unsynced.get(path) ?? []), { position, length, before, sizeBefore }]);
      }
      return real.writeSync(fd, bytes, offset, length, position);
    },
    fsyncSync: (fd: number): void => {
      unsynced.delete(paths.get(fd) ?? '');
      real.fsyncSync(fd);
    },
    fdatasyncSync: (fd: number): void => {
      unsynced.delete(paths.get(fd) ?? '');
      real.fdatasyncSync(fd);
    },
    renameSync: (from: string, to: string): void => {
      const list = unsynced.get(from);
      unsynced.delete(from);
      unsynced.delete(to);
      if (list !== undefined) unsynced.set(to, list);
      real.renameSync(from, to);
    },
    unlinkSync: (path: string): void => {
      unsynced.delete(path);
      real.unlinkSync(path);
    },
  });
  syncBuiltinESMExports();

  // The engine's own descriptor may be open for writing only.
  function readFrom(path: string, into: Buffer, position: number): void {
    const fd = real.openSync(path, 'r');
    real.readSync(fd, into, 0, into.length, position);
    real.closeSync(fd);
  }
}

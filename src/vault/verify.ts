import type { Clock } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import type { AudioFile } from './audio-file.ts';
import { type Garbage, sweepGarbage } from './garbage.ts';
import { hashOf } from './inspect.ts';
import { retireFiles, type Told } from './retire.ts';
import type { ObjectKey, Storage } from './storage.ts';
import { countReady, markVerified, readyFilesAfter } from './store.ts';

export interface VerifyOptions {
  signal?: AbortSignal;
  /** After each file. */
  onProgress?: (progress: { checked: number; total: number; checkedBytes: number; file: AudioFile }) => void;
  /** Retire missing files even when so many are missing that the storage itself seems to be away. */
  acceptLoss?: boolean;
}

export interface VerifyReport {
  checked: number;
  checkedBytes: number;
  missing: AudioFile[];
  corrupt: AudioFile[];
  /** True when the missing files were left ready, because it is more likely that the storage is away than that they are. */
  storageSuspected: boolean;
  /** Stored bytes that no file needs; those old enough are removed. */
  orphans: Garbage[];
}

/** Rows read at once. */
const PAGE = 200;

interface Parts extends Told {
  db: Db;
  storage: Storage;
  clock: Clock;
}

/**
 * Reads every ready file again and compares its hash. What is missing or corrupt is retired with that reason, so that it can
 * be extracted again; corrupt bytes are removed.
 */
export async function verifyVault(parts: Parts, options: VerifyOptions): Promise<VerifyReport> {
  const { db, storage, clock } = parts;
  const report: VerifyReport = {
    checked: 0,
    checkedBytes: 0,
    missing: [],
    corrupt: [],
    storageSuspected: false,
    orphans: [],
  };
  const total = await countReady(db);
  for await (const file of allReady(db)) {
    options.signal?.throwIfAborted();
    const state = await checkObject(storage, file);
    if (state === 'missing') report.missing.push(file);
    else if (state === 'corrupt') report.corrupt.push(file);
    else await markVerified(db, file.id, clock.now());
    report.checked += 1;
    report.checkedBytes += state === 'missing' ? 0 : file.sizeBytes;
    options.onProgress?.({ checked: report.checked, total, checkedBytes: report.checkedBytes, file });
  }
  report.storageSuspected = options.acceptLoss !== true && storageSeemsAway(report.missing.length, report.checked);
  await retireFiles(parts, report.corrupt, 'corrupt');
  for (const file of report.corrupt) await storage.delete(file);
  if (report.storageSuspected) return report;
  await retireFiles(parts, report.missing, 'missing');
  report.orphans = await sweepGarbage(parts);
  return report;
}

/** Files get lost one by one; when most are gone at once, the folder is not mounted or the address is wrong. */
export function storageSeemsAway(missing: number, checked: number): boolean {
  return missing > 1 && missing * 2 > checked;
}

/** Every ready file, page by page. */
export async function* allReady(db: Db): AsyncGenerator<AudioFile> {
  let page = await readyFilesAfter(db, null, PAGE);
  for (let last = page.at(-1); last; last = page.at(-1)) {
    yield* page;
    page = await readyFilesAfter(db, last.id, PAGE);
  }
}

async function checkObject(storage: Storage, file: ObjectKey): Promise<'whole' | 'missing' | 'corrupt'> {
  const object = await storage.open(file);
  if (!object) return 'missing';
  try {
    const found = await hashOf((buffer, position) => object.read(buffer, position, buffer.length));
    return found === file.sha256 ? 'whole' : 'corrupt';
  } finally {
    object.close();
  }
}

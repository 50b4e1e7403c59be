import { rm } from 'node:fs/promises';
import type { Clock } from '../platform/clock/index.ts';
import type { Db, Trx } from '../platform/database/index.ts';
import type { Logger } from '../platform/telemetry/index.ts';
import type { AudioFile, AudioOrigin } from './audio-file.ts';
import { type Garbage, sweepGarbage } from './garbage.ts';
import { type Inspection, type InspectOptions, inspectFile } from './inspect.ts';
import { freeBytesOf } from './local-storage.ts';
import { decideRetention, type RetentionRules } from './retention.ts';
import { announceAudio, retireFiles, type Told } from './retire.ts';
import type { DirectAnswer, ObjectKey, OpenObject, Storage } from './storage.ts';
import {
  deleteStaged,
  fileById,
  insertStaged,
  lockDebate,
  lockObject,
  type NewAudioFile,
  readyFiles,
  retireReplaced,
  stagedFiles,
  upsertReady,
} from './store.ts';
import { allReady, type VerifyOptions, type VerifyReport, verifyVault } from './verify.ts';
import { createWorkspaces } from './workspaces.ts';

export interface Publication {
  debateId: string;
  /** The inspected file, inside a workspace of the vault; it is moved, not copied. */
  path: string;
  inspection: Inspection;
  origin: AudioOrigin;
  sourceUrl: string;
  /** Breaks off the way into a storage that is elsewhere; its reason is thrown. */
  signal?: AbortSignal;
  /**
   * Runs in the transaction that makes the file `ready`: run completed, events. What it throws undoes both and is thrown by
   * `publish`; the bytes then stay in the vault as `staged`, and `recover` makes them ready.
   */
  within: (trx: Trx, file: AudioFile) => Promise<void>;
}

export interface Vault {
  /** The private folder of `key` (a run id) for files being made, created when absent; survives restarts. `key`: `[A-Za-z0-9_-]{1,100}`. */
  workspace(key: string): Promise<string>;
  discardWorkspace(key: string): Promise<void>;
  /** Removes workspaces nobody wants any more and that nothing has touched for `olderThanMs`; returns their keys. */
  sweepWorkspaces(isWanted: (key: string) => Promise<boolean>, olderThanMs: number): Promise<string[]>;
  /**
   * Reads a staged file once: hash, frames, size, duration; compares with what was announced.
   * @throws vault/not-audio, vault/truncated, vault/wrong-length, vault/wrong-duration; the signal's reason
   */
  inspect(path: string, options: InspectOptions): Promise<Inspection>;
  /**
   * Takes an inspected file in: row `staged`, bytes in place, then in one transaction `ready` + `within`.
   * The ready file of the same debate, format and origin that it replaces is retired. Publishing the same bytes again is
   * harmless and runs `within` again. A kill between two steps is repaired by the next `publish` or by `recover`.
   * @throws vault/disk-full, vault/storage-away, vault/storage-refused
   */
  publish(publication: Publication): Promise<AudioFile>;
  /** Makes ready what was in place when its process died, forgets what never arrived. Call at the start of a worker. */
  recover(): Promise<{ madeReady: AudioFile[]; forgotten: number }>;
  /** Ready files of each debate, published first; debates without one are absent from the map. `trx`: as that transaction sees it. */
  readyFiles(debateIds: readonly string[], trx?: Trx): Promise<Map<string, AudioFile[]>>;
  file(id: string): Promise<AudioFile | null>;
  /** Opens stored bytes for reading; null when they are not there. */
  open(key: ObjectKey): Promise<OpenObject | null>;
  /** The bytes if they can be read without waiting, as those of a file that was just read; otherwise null. */
  openNow(key: ObjectKey): OpenObject | null;
  /** An address from which clients fetch the bytes without us; null where the storage is a folder. Does not look whether they are there. */
  signedUrl(key: ObjectKey, answer: DirectAnswer): Promise<string | null>;
  /** Throws when a storage that is elsewhere cannot be reached. @throws vault/storage-away, vault/storage-refused */
  ping(): Promise<void>;
  /** Bytes that may still be written, in workspaces or storage, whichever has less. */
  freeBytes(): Promise<number>;
  /** Reads everything again; retires what is missing or corrupt, removes old orphans. */
  verify(options?: VerifyOptions): Promise<VerifyReport>;
  /** Retires what the rules no longer allow; returns how many files. The bytes follow a day later, by `sweepGarbage`. */
  applyRetention(rules: RetentionRules): Promise<number>;
  /** Lists stored bytes that no file needs, and removes those that have not been needed for a day. */
  sweepGarbage(): Promise<Garbage[]>;
  /** Closes open files. */
  close(): Promise<void>;
}

export interface VaultOptions extends Told {
  db: Db;
  storage: Storage;
  /** On the file system of a local storage: files are moved from here into it. */
  stagingFolder: string;
  clock: Clock;
  logger: Logger;
}

/** A staged row whose bytes are not there after this long belongs to a process that died before it could bring them. */
const FORGET_STAGED_MS = 24 * 3_600_000;
/** Publications under way at once are as few as workers; more are taken by the next call. */
const RECOVER_LIMIT = 1_000;

/** Published first: it is the original. */
const ORIGIN_ORDER: readonly AudioOrigin[] = ['published', 'copied', 're-encoded'];

export function createVault(options: VaultOptions): Vault {
  const { db, storage, clock, logger } = options;
  const workspaces = createWorkspaces({ folder: options.stagingFolder, clock });

  async function publish(publication: Publication): Promise<AudioFile> {
    const { inspection } = publication;
    await db.transaction().execute(async (trx) => {
      await lockObject(trx, inspection);
      await insertStaged(trx, publication, clock.now());
    });
    await putInPlace(publication);
    return makeReady(publication, publication.within);
  }

  async function putInPlace({ inspection, path, signal }: Publication): Promise<void> {
    const stored = await storage.head(inspection);
    // The same name and length are the same bytes: of another debate, or of a publication that was interrupted.
    if (stored?.sizeBytes === inspection.sizeBytes) await rm(path, { force: true });
    else await storage.put(inspection, path, { signal });
  }

  function makeReady(file: NewAudioFile, within: Publication['within']): Promise<AudioFile> {
    return db.transaction().execute(async (trx) => {
      await lockDebate(trx, file.debateId);
      const now = clock.now();
      await retireReplaced(trx, file, now);
      const ready = await upsertReady(trx, file, now);
      await within(trx, ready);
      await announceAudio(trx, options, ready);
      return ready;
    });
  }

  async function recover(): Promise<{ madeReady: AudioFile[]; forgotten: number }> {
    const madeReady: AudioFile[] = [];
    let forgotten = 0;
    for (const staged of await stagedFiles(db, RECOVER_LIMIT)) {
      const step = await recoveryOf(staged);
      if (step === 'make-ready') {
        madeReady.push(await makeReady({ ...staged, inspection: staged }, async () => undefined));
      } else if (step === 'forget') {
        await deleteStaged(db, staged.id);
        forgotten += 1;
      }
    }
    if (madeReady.length + forgotten > 0) {
      logger.info({ made_ready: madeReady.map((file) => file.id), forgotten }, 'vault recovered');
    }
    return { madeReady, forgotten };
  }

  async function recoveryOf(staged: AudioFile): Promise<'make-ready' | 'forget' | 'wait'> {
    const ready = await readyFiles(db, [staged.debateId]);
    const outdated = ready.some(
      (file) => file.format === staged.format && file.origin === staged.origin && file.createdAt > staged.createdAt,
    );
    if (outdated) return 'forget';
    if ((await storage.head(staged))?.sizeBytes === staged.sizeBytes) return 'make-ready';
    return clock.now().getTime() - staged.createdAt.getTime() > FORGET_STAGED_MS ? 'forget' : 'wait';
  }

  async function applyRetention(rules: RetentionRules): Promise<number> {
    if (rules.maxAgeDays === null && rules.maxTotalBytes === null) return 0;
    const files = await Array.fromAsync(allReady(db));
    const going = decideRetention(files, rules, clock.now());
    for (const reason of ['retention-age', 'retention-size'] as const) {
      await retireFiles(
        options,
        files.filter((file) => going.get(file.id) === reason),
        reason,
      );
    }
    return going.size;
  }

  return {
    workspace: workspaces.create,
    discardWorkspace: workspaces.discard,
    sweepWorkspaces: workspaces.sweep,
    inspect: inspectFile,
    publish,
    recover,
    readyFiles: async (debateIds, trx) => {
      const files = await readyFiles(trx ?? db, debateIds);
      files.sort((one, other) => ORIGIN_ORDER.indexOf(one.origin) - ORIGIN_ORDER.indexOf(other.origin));
      return Map.groupBy(files, (file) => file.debateId);
    },
    file: (id) => fileById(db, id),
    open: storage.open,
    openNow: (key) => storage.openNow?.(key) ?? null,
    signedUrl: async (key, answer) => (await storage.signedUrl?.(key, answer)) ?? null,
    ping: async () => storage.ping?.(),
    freeBytes: async () => Math.min(await freeBytesOf(options.stagingFolder), await storage.freeBytes()),
    verify: (verifyOptions = {}) => verifyVault(options, verifyOptions),
    applyRetention,
    sweepGarbage: () => sweepGarbage(options),
    close: storage.close,
  };
}

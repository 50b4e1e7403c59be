import type { Transaction } from 'kysely';
import type { AudioFile, AudioOrigin } from './audio-file.ts';
import type { Inspection, InspectOptions } from './inspect.ts';
import type { ObjectKey, OpenObject } from './storage.ts';

export interface Publication {
  debateId: string;
  /** The inspected file, inside a workspace of the vault; it is moved, not copied. */
  path: string;
  inspection: Inspection;
  origin: AudioOrigin;
  sourceUrl: string;
  /**
   * Runs in the transaction that makes the file `ready`: run completed, events. What it throws undoes both;
   * the bytes then stay in the vault as `staged` and `recover` makes them ready.
   */
  within: (trx: Transaction<object>, file: AudioFile) => Promise<void>;
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
   * @throws vault/disk-full
   */
  publish(publication: Publication): Promise<AudioFile>;
  /** Makes ready what was in place when its process died, forgets what never arrived. Call at the start of a worker. */
  recover(): Promise<{ madeReady: AudioFile[]; forgotten: number }>;
  /** Ready files of each debate, published first; debates without one are absent from the map. */
  readyFiles(debateIds: readonly string[]): Promise<Map<string, AudioFile[]>>;
  file(id: string): Promise<AudioFile | null>;
  /** Opens stored bytes for reading; null when they are not there. */
  open(key: ObjectKey): Promise<OpenObject | null>;
  /** Bytes that may still be written in workspaces and storage, the smaller of the two. */
  freeBytes(): Promise<number>;
}

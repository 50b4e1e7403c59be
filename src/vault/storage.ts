import type { AudioFormat } from './audio-file.ts';

/** The name of stored bytes is their hash: the same bytes are stored once, whoever brings them. */
export interface ObjectKey {
  /** Lower-case hexadecimal. */
  sha256: string;
  format: AudioFormat;
}

/** One text for one object. */
export function objectName(key: ObjectKey): string {
  return `${key.sha256}.${key.format}`;
}

/** Two levels of folders: a folder of 100,000 files is slow, and a bucket may be copied from a folder and back as it is. */
export function objectPath(key: ObjectKey): string {
  const { sha256 } = key;
  return `${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${objectName(key)}`;
}

const OBJECT_NAME = /^([0-9a-f]{64})\.(mp3|m4a)$/;

/** Null for a name that is not one of ours. */
export function parseObjectName(name: string): ObjectKey | null {
  const [, sha256, format] = OBJECT_NAME.exec(name) ?? [];
  return sha256 === undefined ? null : { sha256, format: format === 'm4a' ? 'm4a' : 'mp3' };
}

/** Null for a path that no object of ours has. */
export function parseObjectPath(path: string): ObjectKey | null {
  const key = parseObjectName(path.slice(path.lastIndexOf('/') + 1));
  return key && objectPath(key) === path ? key : null;
}

export interface ObjectHead {
  sizeBytes: number;
  /** When the bytes took their place in the storage. */
  storedAt: Date;
}

/** An object open for reading. Every opener closes it once; the bytes cannot change while it is open. */
export interface OpenObject {
  readonly sizeBytes: number;
  readonly storedAt: Date;
  /**
   * Reads `length` bytes at `position` to the start of `buffer`.
   * Returns the number of bytes read: fewer than asked only at the end of the object.
   */
  read(buffer: Buffer, position: number, length: number): Promise<number>;
  close(): void;
}

/** What a client is told beside the bytes that it fetches by a signed address. */
export interface DirectAnswer {
  expiresAt: Date;
  cacheControl: string;
  contentDisposition?: string | undefined;
}

/** Where audio files are kept: a folder, or a bucket. Keys are hashes, so a write is never an overwrite. */
export interface Storage {
  /**
   * Takes the staged file at `path` into the storage, durably, all or nothing; the staged file is gone afterwards.
   * An object that is already there is replaced (the name says that the bytes are the same, or should be).
   * @throws vault/disk-full, vault/storage-away, vault/storage-refused; the signal's reason, where writing takes long
   */
  put(key: ObjectKey, path: string, options?: { signal?: AbortSignal | undefined }): Promise<void>;
  head(key: ObjectKey): Promise<ObjectHead | null>;
  /** Returns null when there is no such object. */
  open(key: ObjectKey): Promise<OpenObject | null>;
  /** The object if it can be read from this moment on without asking anybody; null says nothing about its existence. */
  openNow?(key: ObjectKey): OpenObject | null;
  /** Deleting what is not there is not an error. In a folder, objects open at that moment stay readable until closed. */
  delete(key: ObjectKey): Promise<void>;
  /** All objects, in no promised order, without holding them all in memory. */
  list(): AsyncIterable<ObjectKey & ObjectHead>;
  /** Bytes that may still be written; Infinity where the storage has no such limit. */
  freeBytes(): Promise<number>;
  /** An address from which clients fetch the object without us, for storages that offer one. */
  signedUrl?(key: ObjectKey, answer: DirectAnswer): Promise<string>;
  /** Frees what writes begun before `before` left behind when their process died; returns how many. */
  abortWrites?(before: Date): Promise<number>;
  /** Throws when the storage cannot be reached, for storages that are elsewhere. */
  ping?(): Promise<void>;
  /** Closes every handle. */
  close(): Promise<void>;
}

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

/** Where an object stands, below wherever objects are kept. Two levels keep folders small at 100,000 files. */
export function objectPath(key: ObjectKey): string {
  const name = objectName(key);
  return `${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`;
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

/** Where audio files are kept: a folder now, an object store later. Keys are hashes, so a write is never an overwrite. */
export interface Storage {
  /**
   * Takes the staged file at `path` into the storage, durably, all or nothing; the staged file is gone afterwards.
   * An object that is already there is replaced (the name says that the bytes are the same, or should be).
   * @throws vault/disk-full
   */
  put(key: ObjectKey, path: string): Promise<void>;
  head(key: ObjectKey): Promise<ObjectHead | null>;
  /** Returns null when there is no such object. */
  open(key: ObjectKey): Promise<OpenObject | null>;
  /** The object if it can be read from this moment on without asking anybody; null says nothing about its existence. */
  openNow?(key: ObjectKey): OpenObject | null;
  /** Deleting what is not there is not an error. Objects open at that moment stay readable until closed. */
  delete(key: ObjectKey): Promise<void>;
  /** All objects, in no promised order, without holding them all in memory. */
  list(): AsyncIterable<ObjectKey & ObjectHead>;
  /** Bytes that may still be written; Infinity where the storage has no such limit. */
  freeBytes(): Promise<number>;
  /** An address from which clients fetch the object directly, for storages that offer one. */
  signedUrl?(key: ObjectKey, options: { expiresAt: Date; fileName: string }): Promise<string>;
  /** Closes every handle. */
  close(): Promise<void>;
}

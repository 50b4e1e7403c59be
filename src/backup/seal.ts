import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeWebStream } from 'node:stream/web';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { Decrypter, Encrypter } from 'age-encryption';
import { BackupDamaged, BackupRefused } from './errors.ts';
import type { BackupKeys } from './keys.ts';

/** Compressed (Zstandard), then encrypted for every recipient (age) where there is a key. Holds some pieces at a time in memory. */
export async function seal(content: AsyncIterable<Buffer>, keys: BackupKeys | null): Promise<Readable> {
  const compressed = through(Readable.from(content, { objectMode: false }), createZstdCompress());
  if (keys === null) return compressed;
  const encrypter = new Encrypter();
  for (const recipient of keys.recipients) encrypter.addRecipient(recipient);
  return fromWeb(await encrypter.encrypt(toWeb(compressed)));
}

/**
 * The way back.
 * @throws BackupRefused without a key that opens it; while it is read, BackupDamaged when it is not what was sealed
 */
export async function unseal(
  stored: Readable,
  encrypted: boolean,
  keys: BackupKeys | null,
): Promise<AsyncGenerator<Buffer>> {
  if (!encrypted) return undamaged(through(stored, createZstdDecompress()));
  if (keys === null || keys.identities.length === 0) {
    stored.destroy();
    throw new BackupRefused(
      'this backup is encrypted: name the file with its AGE-SECRET-KEY by --key-file or BACKUP_KEY_FILE',
    );
  }
  const decrypter = new Decrypter();
  for (const identity of keys.identities) decrypter.addIdentity(identity);
  const opened = await decrypter.decrypt(toWeb(stored)).catch((cause: unknown) => {
    stored.destroy();
    throw new BackupDamaged('no key of the key file opens it, or its beginning is changed', { cause });
  });
  return undamaged(through(fromWeb(opened), createZstdDecompress()));
}

/** What cannot be decrypted or decompressed was changed since it was stored. */
async function* undamaged(content: Readable): AsyncGenerator<Buffer> {
  try {
    yield* content as AsyncIterable<Buffer>;
  } catch (cause) {
    if (cause instanceof BackupRefused || cause instanceof BackupDamaged) throw cause;
    throw new BackupDamaged(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Counts and hashes what goes by. */
export function createMeter(): {
  through(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer>;
  bytes(): number;
  sha256(): string;
} {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    through: async function* (content) {
      for await (const piece of content) {
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
    },
    bytes: () => bytes,
    sha256: () => hash.copy().digest('hex'),
  };
}

/** An error on either side ends both, and is thrown by who reads. */
function through(source: Readable, step: NodeJS.ReadWriteStream): Readable {
  const out = new PassThrough();
  // The reader of `out` is told: the pipeline destroys it with the error.
  pipeline(source, step, out).catch(() => undefined);
  return out;
}

const toWeb = (stream: Readable): ReadableStream<Uint8Array> => Readable.toWeb(stream) as ReadableStream<Uint8Array>;
const fromWeb = (stream: ReadableStream<Uint8Array>): Readable => Readable.fromWeb(stream as NodeWebStream);

import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { AppError } from '../platform/errors/index.ts';
import { malformed } from './errors.ts';

export interface ZipMember {
  /** Path inside the archive, `json/reunion/RUANR….json`. Never used as a path on disk. */
  name: string;
  bytes: Buffer;
}

export interface ReadZipOptions {
  /** Members it refuses are not unpacked. */
  accept: (name: string) => boolean;
  signal?: AbortSignal;
  limits?: Partial<ZipLimits>;
}

interface ZipLimits {
  /** The dump of every person, mandate and organ since 1958 has some 100,000 members. */
  members: number;
  /** A record of a sitting has up to 3 MB. */
  memberBytes: number;
  /** The records of a legislature unpack to 311 MB; ten times that is a bomb. */
  totalBytes: number;
}

const LIMITS: ZipLimits = { members: 500_000, memberBytes: 32 * 1024 * 1024, totalBytes: 4 * 1024 ** 3 };

/**
 * Unpacks a zip file one member at a time, in the archive's order: memory does not grow with the archive.
 * @throws AppError `portal/malformed` when it is no zip, is corrupt or encrypted, or unpacks beyond the limits; the signal's reason.
 */
export async function* readZip(path: string, options: ReadZipOptions): AsyncGenerator<ZipMember> {
  const limits = { ...LIMITS, ...options.limits };
  const zip = await orMalformed(openPromise(path, { autoClose: false }));
  try {
    if (zip.entryCount > limits.members) throw malformed('zip', `more than ${limits.members} members`);
    let totalBytes = 0;
    for await (const entry of entriesOf(zip)) {
      options.signal?.throwIfAborted();
      if (entry.fileName.endsWith('/') || !options.accept(entry.fileName)) continue;
      // yauzl refuses a member that unpacks to another size than it declares, so the declared sizes can be trusted.
      totalBytes += entry.uncompressedSize;
      if (entry.uncompressedSize > limits.memberBytes)
        throw malformed('zip', `member of ${entry.uncompressedSize} bytes`);
      if (totalBytes > limits.totalBytes) throw malformed('zip', `more than ${limits.totalBytes} bytes`);
      yield { name: entry.fileName, bytes: await orMalformed(unpack(zip, entry)) };
    }
  } finally {
    zip.close();
  }
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  const entries = zip.eachEntry();
  while (true) {
    const next = await orMalformed(entries.next());
    if (next.done) return;
    yield next.value;
  }
}

async function unpack(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
  const bytes = Buffer.concat(pieces, entry.uncompressedSize);
  if (crc32(bytes) !== entry.crc32) throw malformed('zip', `checksum of ${entry.fileName}`);
  return bytes;
}

/** yauzl's errors say in plain words what is wrong with the file; errors of the disk pass as they are. */
async function orMalformed<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError || (error instanceof Error && 'syscall' in error)) throw error;
    throw malformed('zip', error instanceof Error ? error.message : String(error), error);
  }
}

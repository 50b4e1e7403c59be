import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { DamagedError, faultOf } from './fault.ts';

export interface UploadOptions {
  path: string;
  /** Lower-case hexadecimal. */
  sha256: string;
  contentType: string;
  /** Breaks the upload off; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

/** The smallest that S3 allows: signing one holds the event loop for milliseconds. 10,000 of them are 52 GB, a month of sound. */
const PART_BYTES = 5 * 1_048_576;
/** On the way at once: a long way needs several, and each is memory. */
const PARTS_AT_ONCE = 3;
/** Hashing this much takes about 3 ms with both hashes. */
const PIECE_BYTES = 1_048_576;
/** One part on a line of 1 Mbit/s, with its repetitions. */
const PART_TIMEOUT_MS = 120_000;
/** S3 puts the parts together within minutes at worst, and says nothing meanwhile. */
const COMPLETE_TIMEOUT_MS = 300_000;
const ABORT_TIMEOUT_MS = 10_000;

interface Target {
  client: S3Client;
  object: { Bucket: string; Key: string };
  head: () => Promise<{ sizeBytes: number } | null>;
}

/**
 * Stores a file under its name, whole or not at all. The bytes are hashed as they are read for sending, each part is compared
 * by the server with its MD5, and only when the SHA-256 of all is right do the parts become an object; its size is asked for
 * afterwards.
 * @throws DamagedError when the file or what was stored is not what was named; the client's errors; the signal's reason
 */
export async function uploadFile(target: Target, options: UploadOptions): Promise<void> {
  await using handle = await open(options.path, 'r');
  const { size } = await handle.stat();
  const file = { handle, size, hash: createHash('sha256') };
  try {
    await (size <= PART_BYTES ? putWhole(target, file, options) : putParts(target, file, options));
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  }
  const stored = await target.head();
  if (stored?.sizeBytes === size) return;
  await target.client.send(new DeleteObjectCommand(target.object), {
    abortSignal: AbortSignal.timeout(ABORT_TIMEOUT_MS),
  });
  throw new DamagedError(`${size} bytes were sent, ${stored?.sizeBytes ?? 0} are stored`);
}

interface Source {
  handle: FileHandle;
  size: number;
  /** Of all that was read. */
  hash: ReturnType<typeof createHash>;
}

async function putWhole({ client, object }: Target, file: Source, options: UploadOptions): Promise<void> {
  const { body, md5 } = await readPart(file, 0);
  compare(file, options);
  await client.send(
    new PutObjectCommand({ ...object, Body: body, ContentMD5: md5, ContentType: options.contentType }),
    within(PART_TIMEOUT_MS, options.signal),
  );
}

async function putParts(target: Target, file: Source, options: UploadOptions): Promise<void> {
  const { client, object } = target;
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...object, ContentType: options.contentType }),
    within(PART_TIMEOUT_MS, options.signal),
  );
  const broken = new AbortController();
  const signal = AbortSignal.any([broken.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  try {
    const parts = await sendParts(
      file,
      signal,
      (error) => broken.abort(error),
      async (PartNumber, { body, md5 }) => {
        const part = new UploadPartCommand({ ...object, UploadId, PartNumber, Body: body, ContentMD5: md5 });
        return { PartNumber, ETag: (await client.send(part, within(PART_TIMEOUT_MS, signal))).ETag };
      },
    );
    compare(file, options);
    const complete = new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts: parts } });
    await client.send(complete, within(COMPLETE_TIMEOUT_MS, options.signal));
  } catch (error) {
    // An answer that was lost after the object was made is no failure: what stands under a hash is what was named.
    if (faultOf(error) !== 'damaged' && (await sizeNow(target)) === file.size) return;
    await forget(target, UploadId);
    throw error;
  }
}

/** Reads and sends in order, some at once; gives what became of each. The first failure ends it, when none is on its way any more. */
async function sendParts<Sent>(
  file: Source,
  signal: AbortSignal,
  breakOff: (error: unknown) => void,
  send: (number: number, part: Part) => Promise<Sent>,
): Promise<Sent[]> {
  const sent: Promise<Sent>[] = [];
  try {
    for (let position = 0; position < file.size; position += PART_BYTES) {
      signal.throwIfAborted();
      await sent.at(-PARTS_AT_ONCE);
      const part = send(sent.length + 1, await readPart(file, position));
      // Reported by whoever waits for all of them, below.
      part.catch(() => undefined);
      sent.push(part);
    }
    return await Promise.all(sent);
  } catch (error) {
    breakOff(error);
    await Promise.allSettled(sent);
    throw error;
  }
}

interface Part {
  body: Buffer;
  /** Base64, as Content-MD5 wants it. */
  md5: string;
}

async function readPart({ handle, size, hash }: Source, position: number): Promise<Part> {
  const body = Buffer.allocUnsafeSlow(Math.min(PART_BYTES, size - position));
  const md5 = createHash('md5');
  for (let filled = 0; filled < body.length; ) {
    const wanted = Math.min(PIECE_BYTES, body.length - filled);
    const { bytesRead } = await handle.read(body, filled, wanted, position + filled);
    if (bytesRead === 0) throw new DamagedError('the file became shorter while it was sent');
    const piece = body.subarray(filled, filled + bytesRead);
    hash.update(piece);
    md5.update(piece);
    filled += bytesRead;
  }
  return { body, md5: md5.digest('base64') };
}

/** Once all of the file was read. */
function compare(file: Source, options: UploadOptions): void {
  const found = file.hash.digest('hex');
  if (found !== options.sha256) throw new DamagedError(`${found} was to be stored as ${options.sha256}`);
}

async function sizeNow(target: Target): Promise<number | null> {
  const stored = await target.head().catch(() => null);
  return stored?.sizeBytes ?? null;
}

/** Parts cost room until they are forgotten; where this fails, too, `abortUploads` finds them later. */
async function forget({ client, object }: Target, UploadId: string | undefined): Promise<void> {
  const command = new AbortMultipartUploadCommand({ ...object, UploadId });
  await client.send(command, { abortSignal: AbortSignal.timeout(ABORT_TIMEOUT_MS) }).catch(() => undefined);
}

function within(timeoutMs: number, signal: AbortSignal | undefined): { abortSignal: AbortSignal } {
  const timeout = AbortSignal.timeout(timeoutMs);
  return { abortSignal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]) };
}

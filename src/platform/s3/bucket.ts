import { addAbortSignal, type Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { S3Address } from './address.ts';
import { faultOf } from './fault.ts';
import { type UploadOptions, uploadFile } from './upload-file.ts';

export interface StoredObject {
  sizeBytes: number;
  /** To whole seconds. */
  storedAt: Date;
  /** Changes with the bytes. */
  etag: string;
}

/**
 * One bucket, below the prefix of its address. Each call ends within a bounded time; what failed for a passing reason was tried
 * three times. Errors are the client's: `faultOf` sorts them.
 */
export interface Bucket {
  /** Stores the file whole or not at all, if its bytes have the SHA-256 that is said. */
  putFile(name: string, options: UploadOptions): Promise<void>;
  head(name: string): Promise<StoredObject | null>;
  /** Bytes from `start` to the start of `buffer`, if they are still those of `etag`; returns how many, fewer only at the end. */
  read(name: string, etag: string, buffer: Buffer, range: { start: number; length: number }): Promise<number>;
  /** What is not there is no error. */
  delete(name: string): Promise<void>;
  /** All whose name begins with `start`, or all. */
  list(start?: string): AsyncIterable<StoredObject & { name: string }>;
  /** Frees what uploads begun before `before` left behind when their process died; returns how many. */
  abortUploads(before: Date): Promise<number>;
  /** An address that gives the object, with these headers, to whoever has it until `expiresAt`. */
  signedUrl(name: string, options: SignedUrlOptions): Promise<string>;
  /** Throws unless the bucket answers to these credentials. */
  ping(): Promise<void>;
  close(): void;
}

export interface SignedUrlOptions {
  now: Date;
  /** At most seven days after `now`: S3 signs no longer. */
  expiresAt: Date;
  contentType: string;
  cacheControl: string;
  contentDisposition?: string | undefined;
}

/** A server in the same network accepts within milliseconds. */
const CONNECT_TIMEOUT_MS = 3_000;
/** A connection on which nothing moves for this long is dead. */
const IDLE_TIMEOUT_MS = 15_000;
/** All attempts of a call that moves little, in ms: the listener of a range still waits then. */
const CALL_TIMEOUT_MS = 30_000;
/** How often one call is tried: the client waits a moment longer each time, with jitter. */
const ATTEMPTS = 3;
/** Listeners and extractions of one process; more of them wait for each other. */
const MAX_CONNECTIONS = 64;
/** What S3 gives at most. */
const PAGE = 1_000;
/** Amazon's default, also where there are no regions. */
const DEFAULT_REGION = 'us-east-1';

export function createBucket(address: S3Address): Bucket {
  const { bucket: Bucket, prefix } = address;
  const client = clientOf(address, address.endpoint);
  const signing = address.publicEndpoint === undefined ? client : clientOf(address, address.publicEndpoint);
  const objectOf = (name: string): { Bucket: string; Key: string } => ({ Bucket, Key: prefix + name });
  const limited = (): { abortSignal: AbortSignal } => ({ abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS) });

  async function head(name: string): Promise<StoredObject | null> {
    try {
      const found = await client.send(new HeadObjectCommand(objectOf(name)), limited());
      return storedObject(found.ContentLength, found.LastModified, found.ETag);
    } catch (error) {
      if (faultOf(error) === 'missing') return null;
      throw error;
    }
  }

  async function readOnce(name: string, etag: string, buffer: Buffer, range: string): Promise<number> {
    const { abortSignal } = limited();
    const command = new GetObjectCommand({ ...objectOf(name), Range: range, IfMatch: etag });
    const { Body: body } = await client.send(command, { abortSignal });
    let length = 0;
    for await (const piece of addAbortSignal(abortSignal, body as Readable)) {
      length += (piece as Buffer).copy(buffer, length);
    }
    return length;
  }

  return {
    head,
    putFile: (name, options) => uploadFile({ client, object: objectOf(name), head: () => head(name) }, options),

    read: async (name, etag, buffer, { start, length }) => {
      const range = `bytes=${start}-${start + length - 1}`;
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await readOnce(name, etag, buffer, range);
        } catch (error) {
          // The client tries again what was not answered; a body that broke off is ours to ask for again.
          if (faultOf(error) !== 'away' || attempt === ATTEMPTS) throw error;
        }
      }
    },

    delete: async (name) => {
      await client.send(new DeleteObjectCommand(objectOf(name)), limited());
    },

    list: async function* (start = '') {
      let after: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket, Prefix: prefix + start, MaxKeys: PAGE, ContinuationToken: after }),
          limited(),
        );
        for (const { Key = '', Size, LastModified, ETag } of page.Contents ?? []) {
          yield { name: Key.slice(prefix.length), ...storedObject(Size, LastModified, ETag) };
        }
        after = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (after !== undefined);
    },

    abortUploads: async (before) => {
      let aborted = 0;
      let after: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | null = {};
      while (after !== null) {
        const page: ListMultipartUploadsCommandOutput = await client.send(
          new ListMultipartUploadsCommand({ Bucket, Prefix: prefix, MaxUploads: PAGE, ...after }),
          limited(),
        );
        for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
          if (Initiated === undefined || Initiated >= before) continue;
          await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), limited());
          aborted += 1;
        }
        after =
          page.IsTruncated === true ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : null;
      }
      return aborted;
    },

    signedUrl: (name, options) =>
      getSignedUrl(
        signing,
        new GetObjectCommand({
          ...objectOf(name),
          ResponseContentType: options.contentType,
          ResponseCacheControl: options.cacheControl,
          ResponseContentDisposition: options.contentDisposition,
        }),
        {
          signingDate: options.now,
          expiresIn: Math.floor((options.expiresAt.getTime() - options.now.getTime()) / 1_000),
        },
      ),

    ping: async () => {
      await client.send(new HeadBucketCommand({ Bucket }), limited());
    },

    close: () => {
      client.destroy();
      signing.destroy();
    },
  };
}

/** Credentials come the way every program finds them: AWS_ variables, their files, a role of the machine or the pod. */
function clientOf(address: S3Address, endpoint: string | undefined): S3Client {
  const agent = { keepAlive: true, maxSockets: MAX_CONNECTIONS };
  return new S3Client({
    region: address.region ?? process.env.AWS_REGION ?? DEFAULT_REGION,
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: address.pathStyle,
    maxAttempts: ATTEMPTS,
    // Servers beside Amazon's refuse the checksums that the client would add of itself; ours is Content-MD5, which all know.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}

/** @throws Error when the server leaves out what S3 always says */
function storedObject(size: number | undefined, storedAt: Date | undefined, etag: string | undefined): StoredObject {
  if (size === undefined || storedAt === undefined || etag === undefined) {
    throw new Error('the S3 server named no size, date or ETag of an object');
  }
  return { sizeBytes: size, storedAt, etag };
}

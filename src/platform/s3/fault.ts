/**
 * Why a bucket did not do what it was asked:
 * `missing` no such object · `changed` other bytes stand under the name now · `full` no room or quota left ·
 * `refused` wrong credentials, bucket or address, until an operator changes something · `damaged` bytes arrived otherwise than
 * they were sent · `away` no answer in time, a connection that broke, or an answer that says to come back later.
 */
export type BucketFault = 'missing' | 'changed' | 'full' | 'refused' | 'damaged' | 'away';

/** What was sent is not what would have stood under the name. */
export class DamagedError extends Error {}

/** Codes of Amazon's list of S3 errors, and of MinIO, Ceph and Swift where they have their own. */
const BY_CODE: Readonly<Record<string, BucketFault>> = {
  NoSuchKey: 'missing',
  NoSuchBucket: 'refused',
  PreconditionFailed: 'changed',
  InsufficientStorage: 'full',
  QuotaExceeded: 'full',
  XMinioStorageFull: 'full',
  XMinioAdminBucketQuotaExceeded: 'full',
  EntityTooLarge: 'full',
  BadDigest: 'damaged',
  InvalidDigest: 'damaged',
  XAmzContentSHA256Mismatch: 'damaged',
  IncompleteBody: 'away',
  RequestTimeout: 'away',
  SlowDown: 'away',
  CredentialsProviderError: 'refused',
};
const BY_STATUS: Readonly<Record<number, BucketFault>> = {
  404: 'missing',
  408: 'away',
  412: 'changed',
  429: 'away',
  507: 'full',
};

/** Sorts what the S3 client or the network threw. What is neither an answer nor known by name is the network's. */
export function faultOf(error: unknown): BucketFault {
  if (error instanceof DamagedError) return 'damaged';
  const named = error instanceof Error ? BY_CODE[error.name] : undefined;
  if (named !== undefined) return named;
  const status = statusOf(error);
  if (status === undefined) return 'away';
  return BY_STATUS[status] ?? (status >= 300 && status < 500 ? 'refused' : 'away');
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return metadata?.httpStatusCode;
}

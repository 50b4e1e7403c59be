import type { S3Address } from './address.ts';
import type { Bucket } from './bucket.ts';

export { parseS3Address, type S3Address } from './address.ts';
export type { Bucket, StoredObject } from './bucket.ts';
export { type BucketFault, faultOf } from './fault.ts';

/** Reaches nobody yet. The client costs 37 MB and 0.15 s, so only those who keep things in a bucket load it. */
export async function openBucket(address: S3Address): Promise<Bucket> {
  const { createBucket } = await import('./bucket.ts');
  return createBucket(address);
}

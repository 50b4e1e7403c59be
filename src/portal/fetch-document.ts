import { hash } from 'node:crypto';
import type { Clock } from '../platform/clock/index.ts';
import { FetchError, type Fetcher } from '../platform/fetch/index.ts';

/** What to send back so that an unchanged document costs one small answer. */
export interface Validator {
  etag: string | null;
  lastModified: string | null;
  /** Of the bytes last seen, hex: settles it where the server knows no conditional requests. */
  sha256: string | null;
}

/** Where and when a document was seen, and what identifies its bytes. */
export interface Provenance extends Validator {
  /** Without what was added against caches. */
  url: string;
  fetchedAt: Date;
}

export interface DocumentRequest {
  url: string;
  maxBytes: number;
  /** Name of a query parameter that takes the time, against caches on the way. */
  bustWith?: string;
  validator?: Validator | undefined;
  signal?: AbortSignal | undefined;
}

export type FetchedDocument = { bytes: Buffer | null; provenance: Provenance };

/**
 * One document, conditionally when there is a validator. `bytes` is null when it has not changed: the server said 304,
 * or the bytes have the validator's hash.
 * @throws FetchError
 */
export async function fetchDocument(
  { fetcher, clock }: { fetcher: Fetcher; clock: Clock },
  { url, maxBytes, bustWith, validator, signal }: DocumentRequest,
): Promise<FetchedDocument> {
  const fetchedAt = clock.now();
  const asked = bustWith === undefined ? url : `${url}?${bustWith}=${fetchedAt.getTime()}`;
  try {
    const answer = await fetcher.bytes(asked, {
      maxBytes,
      headers: conditions(validator),
      ...(signal === undefined ? {} : { signal }),
    });
    const provenance = {
      url,
      fetchedAt,
      etag: answer.headers.etag ?? null,
      lastModified: answer.headers['last-modified'] ?? null,
      sha256: hash('sha256', answer.body, 'hex'),
    };
    return { bytes: provenance.sha256 === validator?.sha256 ? null : answer.body, provenance };
  } catch (error) {
    // The fetcher knows 2xx as success; 304 is one here, and only for who sent a condition.
    if (validator === undefined || !(error instanceof FetchError) || error.status !== 304) throw error;
    return { bytes: null, provenance: { ...validator, url, fetchedAt } };
  }
}

function conditions(validator: Validator | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  if (validator?.etag) headers['if-none-match'] = validator.etag;
  if (validator?.lastModified) headers['if-modified-since'] = validator.lastModified;
  return headers;
}

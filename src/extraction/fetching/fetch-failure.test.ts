import { describe, expect, it } from 'vitest';
import { AppError } from '../../platform/errors/index.ts';
import { FetchError, type FetchErrorReason } from '../../platform/fetch/index.ts';
import { withCode } from './fetch-failure.ts';

const coded = (error: unknown): string | null => {
  const result = withCode(error);
  return result instanceof AppError ? `${result.code} ${result.definition.retryable ? 'retryable' : 'final'}` : null;
};

describe('the code of a failure', () => {
  it.each<[FetchErrorReason, number | undefined, string]>([
    ['timeout', undefined, 'extraction/source-timeout retryable'],
    ['unreachable', undefined, 'extraction/source-unreachable retryable'],
    ['truncated', undefined, 'extraction/source-cut retryable'],
    ['rate-limited', 429, 'extraction/source-busy retryable'],
    ['too-large', undefined, 'extraction/source-misbehaves final'],
    ['status', 401, 'extraction/source-refused final'],
    ['status', 403, 'extraction/source-refused final'],
    ['status', 404, 'extraction/source-missing final'],
    ['status', 410, 'extraction/source-gone final'],
    ['status', 418, 'extraction/source-misbehaves final'],
    ['status', 408, 'extraction/source-failing retryable'],
    ['status', 503, 'extraction/source-failing retryable'],
  ])('of the network: %s %s is %s', (reason, status, expected) => {
    expect(coded(new FetchError(reason, 'http://m/', { status }))).toBe(expected);
  });

  it('keeps what the server asked for in Retry-After, in whole seconds', () => {
    const busy = withCode(new FetchError('rate-limited', 'http://m/', { status: 429, retryAfterMs: 1_200 }));
    expect(busy).toMatchObject({ retryAfterSeconds: 2 });
    const failing = withCode(new FetchError('status', 'http://m/', { status: 503, retryAfterMs: 5_000 }));
    expect(failing).toMatchObject({ retryAfterSeconds: 5 });
  });

  it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('of the disk: %s', (code) => {
    expect(coded(Object.assign(new Error('write'), { code }))).toBe('extraction/disk-full retryable');
  });

  it('leaves a defect and an abort as they are', () => {
    const defect = new TypeError('x');
    expect(withCode(defect)).toBe(defect);
  });
});

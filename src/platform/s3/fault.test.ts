import { describe, expect, it } from 'vitest';
import { DamagedError } from './fault.ts';
import { faultOf } from './index.ts';

const answer = (status: number, name = 'Error'): Error =>
  Object.assign(new Error('x'), { name, $metadata: { httpStatusCode: status } });

describe('why a bucket failed', () => {
  it.each([
    ['missing', answer(404, 'NotFound')],
    ['missing', answer(404, 'NoSuchKey')],
    ['refused', answer(404, 'NoSuchBucket')],
    ['refused', answer(403, 'AccessDenied')],
    ['refused', answer(301, 'PermanentRedirect')],
    ['refused', Object.assign(new Error('x'), { name: 'CredentialsProviderError' })],
    ['changed', answer(412)],
    ['full', answer(507)],
    ['full', answer(403, 'QuotaExceeded')],
    ['damaged', answer(400, 'BadDigest')],
    ['damaged', new DamagedError('other bytes')],
    ['away', answer(503, 'SlowDown')],
    ['away', answer(500, 'InternalError')],
    ['away', answer(400, 'RequestTimeout')],
    ['away', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
    ['away', 'not even an error'],
  ])('%s: %s', (fault, error) => {
    expect(faultOf(error)).toBe(fault);
  });
});

import { AppError } from '../../platform/errors/index.ts';
import { FetchError } from '../../platform/fetch/index.ts';
import { extractionErrors } from '../errors.ts';
import type { ConnectionFailure } from './patience.ts';

/** No room on the device, for this user, or for a file of this size: errno(3). */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * Gives a failure of the network or of the disk its public code.
 * Anything else is a defect or an abort and comes back as it is.
 */
export function withCode(error: unknown): unknown {
  if (error instanceof AppError) return error;
  if (error instanceof FetchError) return ofFetch(error);
  if (isNoRoom(error)) return extractionErrors.error('disk-full', { cause: error });
  return error;
}

function ofFetch(error: FetchError): AppError {
  const status = error.status ?? 0;
  switch (error.reason) {
    case 'timeout':
      return extractionErrors.error('source-timeout', { cause: error });
    case 'unreachable':
      return extractionErrors.error('source-unreachable', { cause: error });
    case 'truncated':
      return extractionErrors.error('source-cut', { cause: error });
    case 'too-large':
      return extractionErrors.error('source-misbehaves', { params: { what: 'size' }, cause: error });
    case 'refused':
      return extractionErrors.error('address-refused', { cause: error });
    case 'rate-limited':
      return extractionErrors.error('source-busy', {
        cause: error,
        ...(error.retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.ceil(error.retryAfterMs / 1000) }),
      });
    case 'status':
      return ofStatus(status, error);
  }
}

function ofStatus(status: number, cause: FetchError): AppError {
  const options = { params: { status }, cause };
  if (status === 404) return extractionErrors.error('source-missing', options);
  if (status === 410) return extractionErrors.error('source-gone', options);
  if (status === 401 || status === 403 || status === 451) return extractionErrors.error('source-refused', options);
  if (status >= 500 || status === 408) {
    return extractionErrors.error('source-failing', {
      ...options,
      ...(cause.retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.ceil(cause.retryAfterMs / 1000) }),
    });
  }
  return extractionErrors.error('source-misbehaves', { params: { what: `status ${status}` }, cause });
}

function isNoRoom(error: unknown): boolean {
  return error instanceof Error && NO_ROOM.has((error as NodeJS.ErrnoException).code ?? '');
}

/** How a coded failure counts for `bear`: only the source's own troubles may pass by asking again at once. */
export function failureKind(error: AppError): Omit<ConnectionFailure, 'broughtBytes'> {
  const retryAfterMs = error.retryAfterSeconds === undefined ? undefined : error.retryAfterSeconds * 1000;
  if (error.code === extractionErrors.code('source-busy')) return { kind: 'rate-limited', retryAfterMs };
  const { code } = error;
  if (code === extractionErrors.code('source-timeout') || code === extractionErrors.code('source-too-slow')) {
    return { kind: 'timed-out', retryAfterMs };
  }
  const ofSource = /^extraction\/(source|segment)-/.test(code);
  return { kind: ofSource && error.definition.retryable ? 'transient' : 'final', retryAfterMs };
}

import type { FastifySchema, RouteOptions } from 'fastify';
import type { Policy } from '../limits/index.ts';
import { invalidRequest, problemResponse } from './describe.ts';
import { httpErrors } from './errors.ts';

/** What any operation may answer. */
const always = { 400: invalidRequest, 500: problemResponse(httpErrors.error('internal')) };
const whenCounted = { 429: problemResponse(httpErrors.error('too-many-requests', { retryAfterSeconds: 1 })) };
/** RFC 9110 §13.1.2: every answer that can be kept has an ETag. */
const whenKept = {
  304: { description: 'Inchangé depuis If-None-Match / Unchanged since If-None-Match', type: 'null' },
};
/** A body that nobody asked for is read all the same, to be refused. */
const withBody = {
  413: problemResponse(httpErrors.error('body-too-large')),
  415: problemResponse(httpErrors.error('unsupported-media-type')),
};

/** RFC 9110 §9.2.2. */
const IDEMPOTENT_METHODS = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

/** What OpenAPI has no word for: how often it may be asked, whether twice is once, and what a token must allow. */
interface Extensions {
  /** Null: not counted. */
  'x-rate-limit': { name: string; requests: number; window_seconds: number } | null;
  /** Absent: nobody said, which a test of the contract refuses. */
  'x-idempotent'?: boolean;
  /** Null: for everyone. */
  'x-scope': string | null;
  'x-role'?: string;
}

/**
 * The schema of a route with what every operation has in common: outcomes that come from before its handler, and what its
 * `config` says, in the words of the document. So the document says what is done, not what somebody wrote beside it.
 * @param policy how its requests are counted; null: they are not
 */
export function describeOperation(route: RouteOptions, policy: Policy | null): FastifySchema & Extensions {
  const { schema = {}, config = {} } = route;
  const methods = [route.method].flat();
  const idempotent = config.idempotent ?? (methods.every(isIdempotent) || undefined);
  const outcomes = (schema.response ?? {}) as object;
  return {
    // An operation that declares no parameters takes none: what would be ignored is refused instead.
    querystring: { type: 'object', properties: {}, additionalProperties: false },
    ...(config.scope === undefined ? { security: [] } : {}),
    ...schema,
    response: {
      ...always,
      ...(policy === null ? {} : whenCounted),
      ...(methods.every(isReading) ? {} : withBody),
      ...(methods.every(isReading) && Object.hasOwn(outcomes, 200) ? whenKept : {}),
      ...outcomes,
    },
    'x-rate-limit': policy && { name: policy.name, requests: policy.quota, window_seconds: policy.windowSeconds },
    ...(idempotent === undefined ? {} : { 'x-idempotent': idempotent }),
    'x-scope': config.scope ?? null,
    ...(config.role === undefined ? {} : { 'x-role': config.role }),
  };
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function isIdempotent(method: string): boolean {
  return IDEMPOTENT_METHODS.has(method);
}

import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { type Computation, createTaggedCache, type Keep, type SharedTier, type TaggedCache } from '../cache/index.ts';
import type { Clock } from '../clock/index.ts';
import {
  type Answer,
  answerBytes,
  chooseEncoding,
  matchesEtag,
  type Representation,
  represent,
} from './representation.ts';
import type { CacheRule } from './route-config.ts';

export type AnswerCache = TaggedCache<Answer>;

/** Answers kept ready: serialised, with their ETag, compressed as often as somebody asked for it. */
export function createAnswerCache(options: {
  maxBytes: number;
  clock: Clock;
  shared?: SharedTier<Answer> | undefined;
}): AnswerCache {
  return createTaggedCache({ ...options, sizeBytesOf: answerBytes });
}

/** An answer that is being computed for whoever wants it. */
interface Pending {
  computation: Computation<Answer>;
  keep: Keep;
}
const pendingOf = new WeakMap<FastifyRequest, Pending>();

/** Told by a handler: its answer changes with these too. */
export function dependOn(request: FastifyRequest, tags: readonly string[]): void {
  const pending = pendingOf.get(request);
  if (pending) pending.keep = { ...pending.keep, tags: [...new Set([...pending.keep.tags, ...tags])] };
}

/** What belongs to one request, so is never kept with an answer. */
const OF_THE_REQUEST = new Set([
  'x-request-id',
  'ratelimit',
  'ratelimit-policy',
  'access-control-allow-origin',
  'access-control-expose-headers',
]);

/**
 * Answers from the cache before anything else is done for the request: what is left is a look-up and a write. On a miss, one
 * request computes and the others wait for it.
 */
export function answerFromCache(cache: AnswerCache, rule: CacheRule): onRequestHookHandler {
  return (request, reply, done) => {
    const key = keyOf(request.raw.url ?? '/');
    const known = cache.get(key);
    if (known) {
      answerWith(known, request, reply, done);
      return;
    }
    if (request.method !== 'GET') {
      done();
      return;
    }
    const keep = { tags: rule.tags(request.params as Record<string, string>), ttlSeconds: rule.ttlSeconds };
    cache.claim(key, keep).then((claim) => {
      if ('value' in claim) {
        answerWith(claim.value, request, reply, done);
        return;
      }
      pendingOf.set(request, { computation: claim.computation, keep });
      // However the request ends, nobody waits for it after it.
      reply.raw.once('close', () => claim.computation.abandon());
      done();
    }, done);
  };
}

/** One key for one answer: the path without its trailing slash, the parameters in order. */
export function keyOf(url: string): string {
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  if (mark === -1) return plain;
  const query = url.slice(mark + 1);
  return `${plain}?${query.includes('&') ? query.split('&').sort().join('&') : query}`;
}

function answerWith(answer: Answer, request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
  const made = represent(answer, chooseEncoding(request.headers['accept-encoding'], answer.body.length));
  if (made instanceof Promise) made.then((representation) => write(answer, representation, request, reply), done);
  else write(answer, made, request, reply);
}

/** Past Fastify's own way of sending, which would look at each header and the body again. */
function write(answer: Answer, made: Representation, request: FastifyRequest, reply: FastifyReply): void {
  const headers: OutgoingHttpHeaders = reply.getHeaders() as OutgoingHttpHeaders;
  for (const [name, value] of answer.head) headers[name] = value;
  headers.etag = made.etag;
  reply.hijack();
  if (matchesEtag(request.headers['if-none-match'], made.etag)) {
    delete headers['content-type'];
    reply.raw.writeHead(304, headers);
    reply.raw.end();
    return;
  }
  if (made.encoding !== 'identity') headers['content-encoding'] = made.encoding;
  headers['content-length'] = made.body.length;
  reply.raw.writeHead(200, headers);
  reply.raw.end(made.body);
}

/**
 * Gives every JSON answer to a GET a strong ETag, answers 304 where the client has it, compresses what is worth it, and hands
 * it to the cache where the route asked for that.
 */
export async function conditionalAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  const pending = pendingOf.get(request);
  if (!isWhole(request, reply, payload)) {
    pending?.computation.abandon();
    return payload;
  }
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-cache');
  reply.header('vary', varyOf(reply, 'accept-encoding'));
  const answer: Answer = { head: headOf(reply), body: Buffer.from(payload), made: {} };
  if (reply.getHeader('cache-control') === 'no-store') pending?.computation.abandon();
  else pending?.computation.finish(answer, pending.keep);
  const made = await represent(answer, chooseEncoding(request.headers['accept-encoding'], answer.body.length));
  reply.header('etag', made.etag);
  if (matchesEtag(request.headers['if-none-match'], made.etag)) {
    reply.status(304);
    reply.removeHeader('content-type');
    return null;
  }
  if (made.encoding !== 'identity') reply.header('content-encoding', made.encoding);
  return made.body;
}

/** The `Vary` header with one more field that the answer depends on. */
export function varyOf(reply: FastifyReply, field: string): string {
  const known = reply.getHeader('vary');
  return known === undefined ? field : `${known}, ${field}`;
}

function isWhole(request: FastifyRequest, reply: FastifyReply, payload: unknown): payload is string {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  return reads && reply.statusCode === 200 && typeof payload === 'string' && !reply.hasHeader('etag');
}

function headOf(reply: FastifyReply): Answer['head'] {
  return Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
    value === undefined || OF_THE_REQUEST.has(name) ? [] : [[name, String(value)] as const],
  );
}

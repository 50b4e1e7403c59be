import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Computation, createTaggedCache, type Keep, type SharedTier, type TaggedCache } from '../cache/index.ts';
import type { Clock } from '../clock/index.ts';
import { answerInOne, headLines, writeHeadInOne } from './head-in-one.ts';
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
  /** Names of headers that belong to this request, and are never kept. */
  own: ReadonlySet<string>;
}
const pendingOf = new WeakMap<FastifyRequest, Pending>();

/** Told by a handler: its answer changes with these too. */
export function dependOn(request: FastifyRequest, tags: readonly string[]): void {
  const pending = pendingOf.get(request);
  if (pending) pending.keep = { ...pending.keep, tags: [...new Set([...pending.keep.tags, ...tags])] };
}

/**
 * Answers from memory before anything else is done for the request: a look-up and a write. Says whether it did.
 * @param own headers of this request, names and values in turn
 */
export function answerKnown(
  cache: AnswerCache,
  own: readonly string[],
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error: Error) => void,
): boolean {
  const answer = cache.get(keyOfRequest(request));
  if (!answer) return false;
  answerWith(answer, own, request, reply, done);
  return true;
}

/** What is kept for an address, as this client reads it; null when it is not ready to be written. */
export function readyAnswer(cache: AnswerCache, key: string, { headers }: IncomingMessage): Representation | null {
  const answer = cache.get(key);
  const made = answer?.made[chooseEncoding(headers['accept-encoding'], answer.body.length)];
  return made === undefined || made instanceof Promise ? null : made;
}

/** On a miss, one request goes on to its handler and computes; the others wait for it. */
export function computeOrWait(
  { answers, rule }: { answers: AnswerCache; rule: CacheRule },
  own: readonly string[],
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  if (request.method !== (rule.byBody ? 'POST' : 'GET')) {
    done();
    return;
  }
  const keep = { tags: rule.tags(request.params as Record<string, string>), ttlSeconds: rule.ttlSeconds };
  answers
    .claim(keyOfRequest(request), keep)
    .then((claim) => {
      if ('value' in claim) {
        answerWith(claim.value, own, request, reply, done);
        return;
      }
      const { computation } = claim;
      pendingOf.set(request, { computation, keep, own: new Set(own.filter((_, at) => at % 2 === 0)) });
      // However the request ends, nobody waits for it after it.
      reply.raw.once('close', () => computation.abandon());
      done();
    })
    .catch(done);
}

/** The address, and what was asked in the body: the same question answers the same, however its fields were ordered. */
function keyOfRequest({ raw, body }: FastifyRequest): string {
  const key = keyOf(raw.url ?? '/');
  if (typeof body !== 'object' || body === null) return key;
  const fields = Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${key} ${JSON.stringify(fields)}`;
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

function answerWith(
  answer: Answer,
  own: readonly string[],
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error: Error) => void,
): void {
  const made = represent(answer, chooseEncoding(request.headers['accept-encoding'], answer.body.length));
  if (made instanceof Promise) made.then((representation) => write(representation, own, request, reply)).catch(done);
  else write(made, own, request, reply);
}

/** Past Fastify's own way of sending, which would look at each header and at the body again. */
function write(made: Representation, own: readonly string[], request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  writeReady(made, headLines(own), request.raw, reply.raw);
}

/** @param own lines of this answer alone, as `headLines` makes them */
export function writeReady(
  made: Representation,
  own: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (reads(request) && matchesEtag(request.headers['if-none-match'], made.etag)) {
    writeHeadInOne(response, 304, made.headOf304 + own);
    response.end();
  } else {
    answerInOne(response, 200, made.head + own, [made.body]);
  }
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
  if (!isWhole(request, reply, payload, pending !== undefined)) {
    pending?.computation.abandon();
    return payload;
  }
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-cache');
  addVary(reply, 'accept-encoding');
  const answer: Answer = { head: headOf(reply, pending?.own), body: Buffer.from(payload), made: {} };
  if (reply.getHeader('cache-control') === 'no-store') pending?.computation.abandon();
  else pending?.computation.finish(answer, pending.keep);
  const made = await represent(answer, chooseEncoding(request.headers['accept-encoding'], answer.body.length));
  reply.header('etag', made.etag);
  if (reads(request) && matchesEtag(request.headers['if-none-match'], made.etag)) {
    reply.status(304);
    reply.removeHeader('content-type');
    return null;
  }
  if (made.encoding !== 'identity') reply.header('content-encoding', made.encoding);
  return made.body;
}

/** One more field of the request that the answer depends on. */
export function addVary(reply: FastifyReply, field: string): void {
  const known = reply.getHeader('vary');
  reply.header('vary', known === undefined ? field : `${known}, ${field}`);
}

/** Only these have an answer that a client may have kept (RFC 9110 §13.1.2). */
function reads({ method }: { method?: string | undefined }): boolean {
  return method === 'GET' || method === 'HEAD';
}

function isWhole(request: FastifyRequest, reply: FastifyReply, payload: unknown, isKept: boolean): payload is string {
  return (
    (isKept || reads(request)) && reply.statusCode === 200 && typeof payload === 'string' && !reply.hasHeader('etag')
  );
}

function headOf(reply: FastifyReply, own: ReadonlySet<string> | undefined): Answer['head'] {
  return Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
    value === undefined || own?.has(name) ? [] : [[name, String(value)] as const],
  );
}

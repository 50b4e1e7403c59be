import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../platform/clock/index.ts';
import { type HeadLines, headLines, writeHeadInOne } from '../platform/http/index.ts';
import type { AudioFormat, DirectAnswer, ObjectHead, ObjectKey, Vault } from '../vault/index.ts';
import { type BlockStats, createBlockCache, type ObjectBlocks } from './block-cache.ts';
import { streamingErrors } from './errors.ts';
import type { HandOver } from './hand-over.ts';
import { type AnswerPlan, planAnswer, type Representation } from './plan-answer.ts';
import { type ByteRange, blocksInMemory, sendBlocks, sendObject } from './send-object.ts';
import { takeOver } from './take-over.ts';

/** Large enough that the price of a block is its copying; small enough that a slow listener's share of memory is modest. */
const BLOCK_BYTES = 262_144;
/** An hour of sound, which is what the evening's listeners have in common: the sitting of the day. */
const CACHE_BYTES = 64 * 1_048_576;
/** 128 bits of the hash: no two files will ever share them. */
const ETAG_HEX_DIGITS = 32;

const MIME: Readonly<Record<AudioFormat, string>> = { mp3: 'audio/mpeg', m4a: 'audio/mp4' };

export interface StoredAnswer {
  file: ObjectKey;
  cacheControl: string;
  /** Content-Disposition, Link and the like: names and values in turn. */
  headers: readonly string[];
  /** For how long an address of the storage may be given out at most. */
  validSeconds: number;
  /** Told when the first bytes are on their way, or the listener has them already. */
  onFirstBytes?: () => void;
}

/** An answer with all that does not depend on the request, for files that are asked for again and again. */
export interface PreparedAnswer {
  file: ObjectKey;
  representation: Representation;
  blocks: ObjectBlocks;
  /** Names and values in turn. */
  headers: readonly string[];
  /** The same, as `headLines` makes them. */
  lines: string;
}

export interface ServeStored {
  /**
   * Answers GET and HEAD with stored bytes, or GET with where they are: preconditions, one range, back-pressure.
   * Returns false, having answered nothing, when the bytes are not in the vault.
   * @throws streaming/precondition-failed, streaming/range-not-satisfiable
   */
  serve(request: FastifyRequest, reply: FastifyReply, answer: StoredAnswer): Promise<boolean>;
  /** Null when the bytes cannot be read without waiting. */
  prepare(answer: StoredAnswer): PreparedAnswer | null;
  /**
   * Answers GET and HEAD without the framework. Returns false, having touched nothing, for bytes that cannot be read without
   * waiting, for what has to be refused, and for the first byte: what may begin a play is counted, by what the framework knows
   * of its listener. `lines` are those that every answer's head has.
   */
  serveNow(request: IncomingMessage, response: ServerResponse, lines: HeadLines, answer: PreparedAnswer): boolean;
  stats(): StoredStats;
}

export interface StoredStats {
  /** Answers begun, those without the framework too. */
  answers: number;
  sentBytes: number;
  blocks: BlockStats;
}

/** Gives the address under which a client fetches the bytes; null where there is none. */
export type Redirect = (key: ObjectKey, answer: DirectAnswer) => Promise<string | null>;

interface Handing {
  plan: GoodPlan;
  place: string;
}

type GoodPlan = Exclude<AnswerPlan, { status: 412 | 416 }>;

export function createServeStored(options: {
  vault: Pick<Vault, 'open' | 'openNow'>;
  /** Sends listeners to the storage; null: they are given the bytes from here. */
  redirect: Redirect | null;
  clock: Pick<Clock, 'now'>;
  /** Bytes that could not be read after the head of their answer was sent; the connection is broken then. */
  onError: (error: unknown) => void;
  /** Lets the proxy in front send the bytes; absent: we do. */
  handOver?: HandOver | undefined;
}): ServeStored {
  const { vault, handOver } = options;
  const cache = createBlockCache({ blockBytes: BLOCK_BYTES, maxBytes: CACHE_BYTES });
  let answers = 0;
  let sentBytes = 0;
  const onSent = (bytes: number): void => {
    sentBytes += bytes;
  };

  function prepared({ file, cacheControl, headers }: StoredAnswer, object: ObjectHead): PreparedAnswer {
    const etag = `"${file.sha256.slice(0, ETAG_HEX_DIGITS)}"`;
    const { sizeBytes, storedAt: lastModified } = object;
    const own = [
      ...headers,
      ...['accept-ranges', 'bytes', 'cache-control', cacheControl],
      ...['etag', etag, 'last-modified', lastModified.toUTCString()],
    ];
    const representation = { sizeBytes, etag, lastModified };
    return { file, representation, blocks: cache.of(file, object), headers: own, lines: headLines(own) };
  }

  async function placeOf({ file, headers, validSeconds }: StoredAnswer): Promise<string | null> {
    if (options.redirect === null) return null;
    const expiresAt = new Date(options.clock.now().getTime() + validSeconds * 1_000);
    // The name is the hash: what the address gives never changes.
    const cacheControl = `private, max-age=${validSeconds}, immutable`;
    const contentDisposition = headerIn(headers, 'content-disposition');
    return options.redirect(file, { expiresAt, cacheControl, contentDisposition });
  }

  /** What is not there any more is left to those who can say so. */
  function passOn(response: ServerResponse, always: string, answer: PreparedAnswer, handing: Handing): boolean {
    const object = vault.openNow(answer.file);
    object?.close();
    if (!object) return false;
    answers += 1;
    writeHeadInOne(response, 200, always + headLines(handedOver(answer, handing)));
    response.end();
    return true;
  }

  return {
    serve: async (request, reply, stored) => {
      const object = await vault.open(stored.file);
      if (!object) return false;
      try {
        const answer = prepared(stored, object);
        const plan = planAnswer(request.headers, answer.representation);
        if (plan.status === 412) throw streamingErrors.error('precondition-failed');
        if (plan.status === 416) {
          reply.header('content-range', `bytes */${object.sizeBytes}`);
          throw streamingErrors.error('range-not-satisfiable');
        }
        const body = bodyOf(request.method, plan);
        const place = body && (await placeOf(stored));
        answers += 1;
        if (body?.start === 0 || isUnchanged(request, plan)) stored.onFirstBytes?.();
        if (place !== null) {
          // The storage judges Range and If-Range again, by its own ETag: at worst the whole is sent.
          await sendAway(reply, place, stored.headers);
          return true;
        }
        const { response, headers } = takeOver(reply);
        const handed = body && (handOver?.(stored.file, request.headers, plan) ?? null);
        const own = headLines(flatten(headers));
        if (handed === null) writeHeadInOne(response, plan.status, own + answer.lines + bodyLines(answer, plan));
        else writeHeadInOne(response, 200, own + headLines(handedOver(answer, { plan, place: handed })));
        if (body === null || handed !== null) response.end();
        else await sendObject(response, { object, blocks: answer.blocks }, body, onSent);
        return true;
      } finally {
        object.close();
      }
    },

    prepare: (stored) => {
      const object = vault.openNow(stored.file);
      object?.close();
      return object && prepared(stored, object);
    },

    serveNow: (request, response, lines, answer) => {
      const plan = planAnswer(request.headers, answer.representation);
      if (plan.status === 412 || plan.status === 416) return false;
      if (plan.status !== 304 && plan.start === 0) return false;
      const body = bodyOf(request.method, plan);
      const place = body && (handOver?.(answer.file, request.headers, plan) ?? null);
      if (place !== null) return passOn(response, lines.all(), answer, { plan, place });
      const group = body && blocksInMemory(answer.blocks, body);
      const object = body && !group ? vault.openNow(answer.file) : null;
      if (body && !group && !object) return false;
      answers += 1;
      const head = lines.all() + answer.lines + bodyLines(answer, plan);
      if (group && plan.status !== 304) {
        sendBlocks(response, answer.blocks, { status: plan.status, lines: head, group, range: plan }, onSent);
        return true;
      }
      writeHeadInOne(response, plan.status, head);
      if (body === null) response.end();
      else if (object) {
        sendObject(response, { object, blocks: answer.blocks }, body, onSent)
          .catch(options.onError)
          .finally(object.close);
      }
      return true;
    },

    stats: () => ({ answers, sentBytes, blocks: cache.stats() }),
  };
}

async function sendAway(reply: FastifyReply, place: string, headers: readonly string[]): Promise<void> {
  for (let at = 0; at < headers.length; at += 2) reply.header(headers[at] ?? '', headers[at + 1]);
  // The address runs out: nobody is to keep it.
  await reply.header('cache-control', 'no-store').redirect(place, 302);
}

/** Of names and values in turn. */
function headerIn(headers: readonly string[], name: string): string | undefined {
  const at = headers.indexOf(name);
  return at === -1 ? undefined : headers[at + 1];
}

/** Null when the answer has none. */
function bodyOf(method: string | undefined, plan: GoodPlan): ByteRange | null {
  return plan.status === 304 || method === 'HEAD' || plan.end < plan.start ? null : plan;
}

/** A listener begins again with what it was given before. */
function isUnchanged({ method, headers }: FastifyRequest, plan: GoodPlan): boolean {
  return plan.status === 304 && method === 'GET' && headers.range === undefined;
}

/** What tells of the bytes, as `headLines` makes it. */
function bodyLines({ file, representation }: PreparedAnswer, plan: GoodPlan): string {
  if (plan.status === 304) return '';
  const { start, end } = plan;
  const lines = `content-type: ${MIME[file.format]}\r\ncontent-length: ${end + 1 - start}\r\n`;
  return plan.status === 200 ? lines : `${lines}content-range: bytes ${start}-${end}/${representation.sizeBytes}\r\n`;
}

/** For the proxy alone: it takes the range, and the bytes, from here on. */
function handedOver({ file, headers }: PreparedAnswer, { plan, place }: Handing): string[] {
  const own = ['content-type', MIME[file.format], 'content-length', '0', 'x-accel-redirect', place];
  // Beside the whole, and there alone, nginx says itself that it takes ranges.
  const said = plan.status === 200 ? headers.indexOf('accept-ranges') : headers.length;
  return [...headers.slice(0, said), ...headers.slice(said + 2), ...own];
}

function flatten(headers: OutgoingHttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
}

import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { FastifyReply, FastifyRequest, onRequestHookHandler, preHandlerHookHandler } from 'fastify';
import { LRUCache } from 'lru-cache';
import { clientOfAddress, type Decision, type Limit, type Policy } from '../limits/index.ts';
import { type AnswerCache, answerKnown, computeOrWait, keyOf, readyAnswer, writeReady } from './answers.ts';
import { httpErrors } from './errors.ts';
import { crossOrigin, type Headers, pageHeaders, securityHeaders } from './fixed-headers.ts';
import { headLines } from './head-in-one.ts';
import type { CacheRule, RouteConfig } from './route-config.ts';
import type { Shortcut } from './shortcuts.ts';

export interface RequestLimits {
  /** By the names that routes use. */
  byName: Readonly<Record<string, Limit>>;
  /** The name of the one for routes that name none, and for addresses that are no route. */
  fallback: string;
  /** Whose request it is, from its token, at once where it was seen before; null: nobody's we know, the address counts. */
  accountOf?: (request: FastifyRequest) => string | null | Promise<string | null>;
}

export interface ReceptionOptions {
  publicUrl: string;
  /** Addresses of proxies whose X-Forwarded-* are believed; false: none. */
  trustProxy: false | string;
  /** Origins whose scripts may read answers, `*` for all; none when absent. */
  corsOrigins?: readonly string[];
  /** Absent: requests are not counted. */
  limits?: RequestLimits | undefined;
  /** Absent: every answer is computed. */
  cache?: AnswerCache | undefined;
}

/** Node's own default header limit is 16 kB; an address has no reason to take half of it. */
const MAX_URL_LENGTH = 8_000;

/** Addresses of which it is known where they lead, and the longest of them: 3 MB together. */
const MAX_WAYS = 4_000;
const MAX_WAY_LENGTH = 200;

/** Where an address led: all that is needed to answer it again from memory. */
interface Way {
  limit: Limit | null;
  answers: AnswerCache;
  key: string;
  /** The template. */
  route: string;
  params: Readonly<Record<string, string>>;
  onShown: RouteConfig['onShown'];
}

/** What a route wants of those who receive its requests. */
interface Desk {
  limit: Limit | null;
  cache: { answers: AnswerCache; rule: CacheRule } | null;
  /** On every answer of the route. */
  always: Headers;
  onShown: RouteConfig['onShown'];
}
type Done = (error?: Error) => void;

/**
 * What every request meets before its handler, in this order: it is counted, it is answered from memory if it can be, it is
 * given the headers every answer has. Headers travel as flat lists, because an answer from memory is mostly their price.
 */
export function createReception(options: ReceptionOptions) {
  const { limits, cache } = options;
  const cors = crossOrigin(options.corsOrigins ?? []);
  /** The request's own headers, until its body is here. */
  const ownOf = new WeakMap<FastifyRequest, string[]>();
  const accounts = new WeakMap<FastifyRequest, string>();
  const shared = [...securityHeaders(options.publicUrl), ...cors.always];
  const ways = new LRUCache<string, Way>({ max: MAX_WAYS });
  const addressOf = addressReader(options.trustProxy);

  function deskOf(config: RouteConfig): Desk {
    const limit = limits ? limitOf(limits, config.limit) : null;
    return {
      limit,
      cache: cache && config.cache ? { answers: cache, rule: config.cache } : null,
      always: [
        ...shared,
        ...(limit ? [['ratelimit-policy', limit.policyHeader] as const] : []),
        ...(config.page ? pageHeaders : []),
      ],
      onShown: config.onShown,
    };
  }

  function receive(desk: Desk, request: FastifyRequest, reply: FastifyReply, done: Done): void {
    const { limit } = desk;
    if (limit === null) {
      admit(desk, null, request, reply, done);
      return;
    }
    const account = limits?.accountOf?.(request) ?? null;
    if (account instanceof Promise) account.then((known) => count(limit, known)).catch(done);
    else count(limit, account);

    function count(counted: Limit, accountId: string | null): void {
      if (accountId !== null) accounts.set(request, accountId);
      const taken = counted.take(clientOf(request, accountId));
      if (taken instanceof Promise) taken.then((decision) => admit(desk, decision, request, reply, done)).catch(done);
      else admit(desk, taken, request, reply, done);
    }
  }

  function admit(
    desk: Desk,
    decision: Decision | null,
    request: FastifyRequest,
    reply: FastifyReply,
    done: Done,
  ): void {
    const own = ownHeaders(request, request.id);
    if (desk.limit && decision) own.push('ratelimit', desk.limit.header(decision));
    const refusal = refuse(request, decision);
    const known = refusal === null && desk.cache?.rule.byBody !== true ? desk.cache : null;
    if (known && answerKnown(known.answers, own, request, reply, done)) {
      remember(desk, known.answers, request);
      return;
    }
    for (const [name, value] of desk.always) reply.header(name, value);
    for (let at = 0; at < own.length; at += 2) reply.header(own[at] as 'etag', own[at + 1]);
    if (desk.cache?.rule.byBody) ownOf.set(request, own);
    if (known) computeOrWait(known, own, request, reply, done);
    else done(refusal ?? undefined);
  }

  function remember({ limit, onShown }: Desk, answers: AnswerCache, request: FastifyRequest): void {
    const { method, originalUrl, routeOptions, raw } = request;
    if (method !== 'GET' || originalUrl.length > MAX_WAY_LENGTH || ways.has(originalUrl)) return;
    const params = request.params as Way['params'];
    ways.set(originalUrl, {
      limit,
      answers,
      key: keyOf(raw.url ?? '/'),
      route: routeOptions.url ?? '',
      params,
      onShown,
    });
  }

  /** What was answered from memory before, to clients without an account: counted as ever, and not led through the framework. */
  const answerAtOnce: Shortcut = (request, response, lines) => {
    const { method, url = '', headers } = request;
    // Players ask for ranges, of what is not kept here.
    if (method !== 'GET' || headers.authorization !== undefined || headers.range !== undefined) return null;
    const way = ways.get(url);
    const made = way && readyAnswer(way.answers, way.key, request);
    if (!made) return null;
    const { limit } = way;
    const ip = addressOf(request);
    const answer = (decision: Decision | null): string | null => {
      // The framework knows how to refuse.
      if (decision?.allowed === false) return null;
      const left = limit && decision ? `ratelimit: ${limit.header(decision)}\r\n` : '';
      writeReady(made, lines.own() + left, request, response);
      way.onShown?.({ ip, headers, raw: request }, way.params);
      return way.route;
    };
    const taken = limit === null ? null : limit.take(clientOfAddress(ip));
    return taken instanceof Promise ? taken.then(answer) : answer(taken);
  };

  /** The same for what is asked in a body: only now it is here, and what it may be. */
  function answerBody(desk: Desk, request: FastifyRequest, reply: FastifyReply, done: Done): void {
    const own = ownOf.get(request);
    if (desk.cache === null || own === undefined) done();
    else if (!answerKnown(desk.cache.answers, own, request, reply, done)) {
      computeOrWait(desk.cache, own, request, reply, done);
    }
  }

  /** What belongs to this request alone: names and values in turn. */
  function ownHeaders({ headers }: Pick<IncomingMessage, 'headers'>, requestId: string): string[] {
    const own = ['x-request-id', requestId];
    if (headers.origin !== undefined) own.push(...cors.forOrigin(headers.origin));
    return own;
  }

  const nowhere = deskOf({});
  const sharedFlat = shared.flat();
  return {
    /** The headers of an answer to a request that is not counted, names and values in turn. */
    headersOf: (request: IncomingMessage, requestId: string): string[] => [
      ...sharedFlat,
      ...ownHeaders(request, requestId),
    ],
    /** The lines of a head that every answer has, and those of one request. */
    always: headLines(sharedFlat),
    ownLines: ({ headers }: IncomingMessage, requestId: string): string => {
      const known = `x-request-id: ${requestId}\r\n`;
      return headers.origin === undefined ? known : known + headLines(cors.forOrigin(headers.origin));
    },
    answerAtOnce,
    /** For routes whose `cache` is by body, before their handler. */
    forBody: (config: RouteConfig): preHandlerHookHandler => {
      const desk = deskOf(config);
      return (request, reply, done) => answerBody(desk, request, reply, done);
    },
    forRoute: (config: RouteConfig): onRequestHookHandler => {
      const desk = deskOf(config);
      return (request, reply, done) => receive(desk, request, reply, done);
    },
    /** Whose request it was, where that was asked; null: nobody's we know. */
    accountOf: (request: FastifyRequest): string | null => accounts.get(request) ?? null,
    /** How requests of a route are counted; null: they are not. */
    policyOf: ({ limit }: RouteConfig): Policy | null => (limits ? (limitOf(limits, limit)?.policy ?? null) : null),
    /** Addresses that are no route are counted too: asking for them tells what is there. */
    forNoRoute: ((request, reply, done) => {
      receive(nowhere, request, reply, (error) => {
        const asksLeave =
          request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
        if (error || !asksLeave) {
          done(error);
          return;
        }
        for (const [name, value] of cors.preflight) reply.header(name, value);
        reply.status(204).send();
      });
    }) satisfies preHandlerHookHandler as preHandlerHookHandler,
  };
}

export type Reception = ReturnType<typeof createReception>;

function limitOf(limits: RequestLimits, named: string | false | undefined): Limit | null {
  if (named === false) return null;
  const name = named ?? limits.fallback;
  const limit = limits.byName[name];
  if (!limit) throw new Error(`a route names the limit "${name}", which does not exist`);
  return limit;
}

/** Whose request it is, by the same rules and the same library as Fastify's `request.ip`. */
function addressReader(trustProxy: false | string): (request: IncomingMessage) => string {
  const isTrusted = trustProxy === false ? null : proxyAddr.compile(trustProxy.split(',').map((one) => one.trim()));
  return (request) => (isTrusted ? proxyAddr(request, isTrusted) : request.socket.remoteAddress) ?? '';
}

function clientOf(request: FastifyRequest, account: string | null): string {
  // The address as far as the proxies we trust say it; a client's own X-Forwarded-For counts for nothing.
  return account === null ? clientOfAddress(request.ip ?? '') : `account ${account}`;
}

function refuse(request: FastifyRequest, decision: Decision | null): Error | null {
  if (decision && !decision.allowed) {
    return httpErrors.error('too-many-requests', { retryAfterSeconds: decision.resetSeconds });
  }
  return (request.raw.url ?? '').length > MAX_URL_LENGTH ? httpErrors.error('not-acceptable') : null;
}

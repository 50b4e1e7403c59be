import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { clientOfAddress, type Decision, type Limit } from '../limits/index.ts';
import { httpErrors } from './errors.ts';

export interface RequestLimits {
  /** By the names that routes use. */
  byName: Readonly<Record<string, Limit>>;
  /** The name of the one for routes that name none, and for addresses that are no route. */
  fallback: string;
  /** Whose request it is, from its token and without asking anybody; null: nobody's we know, the address counts. */
  accountOf?: (request: FastifyRequest) => string | null;
}

/** Counts a request for its client before anything is done for it; refuses with 429 what is over the limit. */
export function limitRequests(limit: Limit, accountOf: RequestLimits['accountOf']): onRequestHookHandler {
  return (request, reply, done) => {
    const decision = limit.take(clientOf(request, accountOf));
    if (!(decision instanceof Promise)) {
      done(tell(reply, limit, decision));
      return;
    }
    decision.then((decided) => done(tell(reply, limit, decided)), done);
  };
}

/** The limit of a route; none when it says `false`. */
export function limitOf(limits: RequestLimits, named: string | false | undefined): Limit | null {
  if (named === false) return null;
  const name = named ?? limits.fallback;
  const limit = limits.byName[name];
  if (!limit) throw new Error(`a route names the limit "${name}", which does not exist`);
  return limit;
}

function clientOf(request: FastifyRequest, accountOf: RequestLimits['accountOf']): string {
  const account = accountOf?.(request) ?? null;
  // The address as far as the proxies we trust say it; a client's own X-Forwarded-For counts for nothing.
  return account === null ? clientOfAddress(request.ip ?? '') : `account ${account}`;
}

function tell(reply: FastifyReply, limit: Limit, decision: Decision): Error | undefined {
  reply.header('ratelimit-policy', limit.policyHeader);
  reply.header('ratelimit', limit.header(decision));
  if (decision.allowed) return undefined;
  return httpErrors.error('too-many-requests', { retryAfterSeconds: decision.resetSeconds });
}

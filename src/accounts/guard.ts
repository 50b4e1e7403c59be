import { bearerToken, sameSecret } from '../platform/http/index.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { ApiKeys } from './api-keys.ts';
import type { EndedSessions } from './ended-sessions.ts';
import { accountsErrors } from './errors.ts';
import { allows, type Needs, type Principal, ROLE_SCOPES } from './principal.ts';

/** What the guard reads of a request: a Fastify request is one. */
export interface Guarded {
  headers: { authorization?: string | undefined };
}

export interface Guard {
  /** Who asks; null without a token, or with one that is not valid. Asked once a request, whoever asks. */
  authenticate(request: Guarded): Promise<Principal | null>;
  /** The same for a token that came another way, such as the first frame of a WebSocket. */
  authenticateToken(token: string): Promise<Principal | null>;
  /**
   * The account behind a session's token, at once when the token was seen before: to count by, so that it asks no database.
   * Null for every other token, and without one.
   */
  accountOf(request: Guarded): string | null | Promise<string | null>;
  /** @throws AppError `accounts/sign-in-required`, `accounts/invalid-token`, `accounts/forbidden` */
  require(request: Guarded, needs: Needs): Promise<Principal>;
  /**
   * `require`, but who owns the thing may too, when signed in as its owner.
   * @param ownerOf looks for the account that owns it, null for none; asked only when it decides, and never for nobody
   * @throws AppError as `require`
   */
  authorise(request: Guarded, needs: Needs, ownerOf: () => Promise<string | null>): Promise<Principal>;
  /** `require` as a Fastify hook: on `onRequest`, so that who may not ask is told so before what was asked is looked at. */
  onRequest(needs: Needs): (request: Guarded) => Promise<void>;
}

/** Of ADMIN_TOKEN: all that an operator may, and to correct the register; nobody's favourites. */
const STATIC_PRINCIPAL: Principal = {
  via: 'admin-token',
  accountId: null,
  sessionId: null,
  role: 'administrator',
  scopes: new Set([...ROLE_SCOPES.administrator].filter((scope) => scope !== 'account' && scope !== 'library')),
};

export function createGuard(options: {
  adminToken: string | undefined;
  accessTokens: Pick<AccessTokens, 'verify' | 'known'>;
  apiKeys: Pick<ApiKeys, 'verify'>;
  endedSessions: Pick<EndedSessions, 'has'>;
}): Guard {
  const { adminToken, accessTokens, apiKeys, endedSessions } = options;
  const asked = new WeakMap<Guarded, Promise<Principal | null>>();

  const authenticateToken = async (token: string): Promise<Principal | null> => {
    if (adminToken !== undefined && sameSecret(token, adminToken)) return STATIC_PRINCIPAL;
    const claims = await accessTokens.verify(token);
    if (claims === null) return apiKeys.verify(token);
    const { accountId, sessionId, role } = claims;
    if (endedSessions.has(sessionId)) return null;
    return { via: 'session', accountId, sessionId, role, scopes: ROLE_SCOPES[role] };
  };
  const authenticate = (request: Guarded): Promise<Principal | null> => {
    const token = bearerToken(request.headers.authorization);
    if (token === null) return Promise.resolve(null);
    const known = asked.get(request) ?? authenticateToken(token);
    asked.set(request, known);
    return known;
  };
  const identify = async (request: Guarded): Promise<Principal> => {
    const principal = await authenticate(request);
    if (principal) return principal;
    throw accountsErrors.error(request.headers.authorization === undefined ? 'sign-in-required' : 'invalid-token');
  };
  const require = async (request: Guarded, needs: Needs): Promise<Principal> => {
    const principal = await identify(request);
    if (!allows(principal, needs)) throw accountsErrors.error('forbidden');
    return principal;
  };

  return {
    accountOf: (request) => {
      const token = bearerToken(request.headers.authorization);
      // Three parts: RFC 7515 §3.1. Keys and operators' tokens have none.
      if (token?.split('.').length !== 3) return null;
      const known = accessTokens.known(token);
      if (known !== null) return known.accountId;
      return accessTokens.verify(token).then((claims) => claims?.accountId ?? null);
    },
    authenticate,
    authenticateToken,
    require,
    authorise: async (request, needs, ownerOf) => {
      const principal = await identify(request);
      if (allows(principal, needs)) return principal;
      const owns = principal.via === 'session' && principal.accountId === (await ownerOf());
      if (!owns) throw accountsErrors.error('forbidden');
      return principal;
    },
    onRequest: (needs) => async (request) => {
      await require(request, needs);
    },
  };
}

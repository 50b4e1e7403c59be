import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../platform/clock/index.ts';
import type { AuthLibrary } from './auth-library.ts';
import { ACCESS_TOKEN_SECONDS } from './limits.ts';
import { ROLES, type Role } from './principal.ts';

/** What an access token says. */
export interface AccessClaims {
  accountId: string;
  sessionId: string;
  role: Role;
}

export interface AccessTokens {
  issue(claims: AccessClaims): Promise<string>;
  /** Without the database, as long as the key is known. Null when the token is not one of ours that is valid now. */
  verify(token: string): Promise<AccessClaims | null>;
  /** Of a token that was verified here before and is valid now. */
  known(token: string): AccessClaims | null;
  /** RFC 7517 */
  jwks(): Promise<JSONWebKeySet>;
}

interface LoadedKeys {
  set: JSONWebKeySet;
  find: ReturnType<typeof createLocalJWKSet>;
  loadedAtMs: number;
}

/** Checking a signature takes about 0.1 ms; this many tokens in use at once are checked once each, at about 1 kB. */
const VERIFIED_MAX = 10_000;
/** Keys of other processes are met by their unknown id; this bounds how long a withdrawn one is still published, in ms. */
const KEYS_MAX_AGE_MS = 300_000;
/** Invented key ids must not become a query each, in ms. */
const KEYS_RELOAD_MS = 5_000;

/** JSON Web Tokens (RFC 7519) signed by the library's keys (EdDSA), checked here. */
export function createAccessTokens(options: { library: AuthLibrary; publicUrl: string; clock: Clock }): AccessTokens {
  const { library, publicUrl, clock } = options;
  const verified = new LRUCache<string, AccessClaims & { expiresAtSeconds: number }>({ max: VERIFIED_MAX });
  let keys: LoadedKeys | null = null;
  let loading: Promise<LoadedKeys> | null = null;

  const load = (): Promise<LoadedKeys> => {
    loading ??= (async () => {
      const set = (await library.api.getJwks()) as JSONWebKeySet;
      keys = { set, find: createLocalJWKSet(set), loadedAtMs: clock.monotonicMs() };
      return keys;
    })().finally(() => {
      loading = null;
    });
    return loading;
  };
  const keysNotOlderThan = async (ageMs: number): Promise<LoadedKeys> =>
    keys !== null && clock.monotonicMs() - keys.loadedAtMs < ageMs ? keys : load();

  const check = async (token: string, ageMs: number) => {
    const { find } = await keysNotOlderThan(ageMs);
    return jwtVerify(token, find, {
      issuer: publicUrl,
      audience: publicUrl,
      algorithms: ['EdDSA'],
      currentDate: clock.now(),
      requiredClaims: ['sub', 'sid', 'exp'],
    });
  };
  const verifySignature = async (token: string) => {
    try {
      return await check(token, Number.POSITIVE_INFINITY);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return check(token, KEYS_RELOAD_MS);
    }
  };

  const known = (token: string): AccessClaims | null => {
    const claims = verified.get(token);
    return claims !== undefined && claims.expiresAtSeconds > clock.now().getTime() / 1000 ? claims : null;
  };

  return {
    known,
    issue: async ({ accountId, sessionId, role }) => {
      const nowSeconds = Math.floor(clock.now().getTime() / 1000);
      const payload = { sub: accountId, sid: sessionId, role, iat: nowSeconds, exp: nowSeconds + ACCESS_TOKEN_SECONDS };
      return (await library.api.signJWT({ body: { payload } })).token;
    },

    verify: async (token) => {
      if (verified.has(token)) return known(token);
      try {
        const { payload } = await verifySignature(token);
        const { sub, sid, role, exp } = payload;
        if (sub === undefined || exp === undefined || typeof sid !== 'string' || !isRole(role)) return null;
        verified.set(token, { accountId: sub, sessionId: sid, role, expiresAtSeconds: exp });
        return { accountId: sub, sessionId: sid, role };
      } catch (error) {
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },

    jwks: async () => (await keysNotOlderThan(KEYS_MAX_AGE_MS)).set,
  };
}

function isRole(value: unknown): value is Role {
  return (ROLES as readonly unknown[]).includes(value);
}

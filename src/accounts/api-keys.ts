import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import type { AuthLibrary } from './auth-library.ts';
import { accountsErrors } from './errors.ts';
import { API_KEY_PREFIX, API_KEYS_MAX } from './limits.ts';
import { grantable, keyScopes, type Principal, type Role, type Scope } from './principal.ts';
import type { AccountsStore } from './store.ts';
import type { AccountsTables } from './tables.ts';

export interface ApiKey {
  id: string;
  name: string;
  /** The first characters, so that its owner recognises it. */
  start: string;
  scopes: readonly string[];
  createdAt: Date;
  expiresAt: Date | null;
}

export interface ApiKeys {
  /**
   * Makes a key; its text is given here and never again.
   * @throws AppError `accounts/scope-refused`, `accounts/too-many-keys`
   */
  create(
    owner: { id: string; role: Role },
    wanted: { name: string; scopes: readonly Scope[]; expiresInDays: number | null },
  ): Promise<ApiKey & { key: string }>;
  list(accountId: string): Promise<ApiKey[]>;
  /** @throws AppError `accounts/key-not-found`, for another's key as for none */
  remove(accountId: string, keyId: string): Promise<void>;
  verify(key: string): Promise<Principal | null>;
}

/** A key is asked of the database once in this time, in ms: also how long another process may still take a removed one. */
const REMEMBERED_MS = 60_000;
/** Right and wrong keys alike, so that a wrong one repeated costs nothing. */
const REMEMBERED_MAX = 5_000;
const DAY_SECONDS = 86_400;

export function createApiKeys(options: { db: Db; library: AuthLibrary; store: AccountsStore; clock: Clock }): ApiKeys {
  const { library, store, clock } = options;
  const tables = options.db.withTables<AccountsTables>();
  // Null: no such key. By hash, so that a memory dump shows none.
  const remembered = new LRUCache<string, { principal: Principal | null }>({ max: REMEMBERED_MAX, ttl: REMEMBERED_MS });

  const list = async (accountId: string): Promise<ApiKey[]> => {
    const rows = await tables
      .selectFrom('api_keys')
      .where('account_id', '=', accountId)
      .select(['id', 'account_id', 'name', 'start', 'permissions', 'created_at', 'expires_at'])
      .orderBy('created_at')
      .orderBy('id')
      .limit(API_KEYS_MAX)
      .execute();
    return rows.map((row) => ({
      id: row.id,
      name: row.name ?? '',
      start: row.start ?? '',
      scopes: scopesOf(row.permissions === null ? null : JSON.parse(row.permissions)),
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    }));
  };

  const verifyNow = async (key: string): Promise<Principal | null> => {
    const { valid, key: found } = await library.api.verifyApiKey({ body: { key } });
    const owner = valid && found ? await store.find(found.referenceId, clock.now()) : null;
    if (!found || !owner || owner.barred) return null;
    return {
      via: 'api-key',
      accountId: owner.id,
      sessionId: null,
      role: owner.role,
      scopes: keyScopes(scopesOf(found.permissions), owner.role),
    };
  };

  return {
    create: async (owner, wanted) => {
      const refused = wanted.scopes.find((scope) => !grantable(owner.role).includes(scope));
      if (refused !== undefined) throw accountsErrors.error('scope-refused', { params: { scope: refused } });
      if ((await list(owner.id)).length >= API_KEYS_MAX) {
        throw accountsErrors.error('too-many-keys', { params: { limit: API_KEYS_MAX } });
      }
      const made = await library.api.createApiKey({
        body: {
          name: wanted.name,
          userId: owner.id,
          expiresIn: wanted.expiresInDays === null ? null : wanted.expiresInDays * DAY_SECONDS,
          permissions: { scopes: [...wanted.scopes] },
        },
      });
      return {
        id: made.id,
        name: wanted.name,
        start: made.start ?? '',
        scopes: wanted.scopes,
        createdAt: made.createdAt,
        expiresAt: made.expiresAt,
        key: made.key,
      };
    },

    list,

    remove: async (accountId, keyId) => {
      const removed = await tables
        .deleteFrom('api_keys')
        .where('id', '=', keyId)
        .where('account_id', '=', accountId)
        .executeTakeFirst();
      if (removed.numDeletedRows === 0n) throw accountsErrors.error('key-not-found');
      remembered.clear();
    },

    verify: async (key) => {
      if (!key.startsWith(API_KEY_PREFIX)) return null;
      const hash = createHash('sha256').update(key).digest('base64url');
      const known = remembered.get(hash);
      if (known !== undefined) return known.principal;
      const principal = await verifyNow(key);
      remembered.set(hash, { principal });
      return principal;
    },
  };
}

function scopesOf(permissions: unknown): readonly string[] {
  const scopes = (permissions as { scopes?: unknown } | null)?.scopes;
  return Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [];
}

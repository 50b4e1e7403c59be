import type { JSONWebKeySet } from 'jose';
import type { Clock } from '../platform/clock/index.ts';
import type { Database } from '../platform/database/index.ts';
import type { Logger } from '../platform/telemetry/index.ts';
import { createAccessTokens } from './access-tokens.ts';
import { type ApiKeys, createApiKeys } from './api-keys.ts';
import { createAuthLibrary } from './auth-library.ts';
import { createEndedSessions } from './ended-sessions.ts';
import { createGuard, type Guard } from './guard.ts';
import { createOwnAccount, type OwnAccount } from './holder.ts';
import type { PersonalData } from './personal-data.ts';
import { createRefreshTokens } from './refresh-tokens.ts';
import { createEndingTransaction } from './sessions.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { createAccountsStore } from './store.ts';

export interface Accounts extends Guard, SignIn, OwnAccount {
  /**
   * Hears from here on of sessions that other processes end, and tries the secret on the keys in the database.
   * @throws Error when the secret is not the one that the keys were encrypted with
   */
  start(): Promise<void>;
  close(): Promise<void>;
  /** The public keys of access tokens, RFC 7517. */
  jwks(): Promise<JSONWebKeySet>;
  apiKeys: Omit<ApiKeys, 'verify'>;
}

export interface AccountsOptions {
  database: Pick<Database, 'db' | 'listen'>;
  clock: Clock;
  logger: Logger;
  /** At least 32 random characters; the same for every process on one database. */
  secret: string;
  publicUrl: string;
  adminToken: string | undefined;
  newId: () => string;
  randomBytes: (size: number) => Buffer;
  /** Of every room that keeps something of listeners. */
  personalData: readonly PersonalData[];
}

export function createAccounts(options: AccountsOptions): Accounts {
  const { database, clock } = options;
  const shared = { ...options, db: database.db };
  const library = createAuthLibrary(shared);
  const store = createAccountsStore(database.db);
  const endedSessions = createEndedSessions(database);
  const endingTransaction = createEndingTransaction(database.db, store, endedSessions);
  const accessTokens = createAccessTokens({ ...shared, library });
  const refreshTokens = createRefreshTokens({ ...shared, endingTransaction });
  const apiKeys = createApiKeys({ db: database.db, library, store, clock });
  const guard = createGuard({ adminToken: options.adminToken, accessTokens, apiKeys, endedSessions });
  const parts = { ...shared, library, store, guard, apiKeys, endingTransaction, accessTokens, refreshTokens };
  return {
    ...guard,
    ...createSignIn(parts),
    ...createOwnAccount(parts),
    apiKeys,
    jwks: accessTokens.jwks,
    start: async () => {
      await endedSessions.start();
      try {
        await accessTokens.issue({ accountId: 'start', sessionId: 'start', role: 'listener' });
      } catch (error) {
        throw new Error('JWT_SECRET is not the secret that the signing keys in this database were made with', {
          cause: error,
        });
      }
    },
    close: endedSessions.close,
  };
}

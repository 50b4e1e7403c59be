import type { Clock } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import type { ApiKeys } from './api-keys.ts';
import type { AuthLibrary } from './auth-library.ts';
import { accountsErrors } from './errors.ts';
import type { Guard, Guarded } from './guard.ts';
import { PRUNE_BATCH, USED_TOKEN_SECONDS } from './limits.ts';
import type { PersonalData } from './personal-data.ts';
import type { EndingTransaction } from './sessions.ts';
import { type Credentials, normalEmail } from './sign-in.ts';
import type { Account, AccountsStore } from './store.ts';

/** An account and the sign-in that asks for something. */
export interface Holder {
  account: Account;
  sessionId: string;
}

/** What the holder of an account may do with it. */
export interface OwnAccount {
  /**
   * Who is signed in, asked of the database: for what shows or changes an account itself.
   * @throws AppError `accounts/sign-in-required`, `accounts/invalid-token`, `accounts/session-required`
   */
  holder(request: Guarded): Promise<Holder>;
  /**
   * Gives a device account an address and a password; it keeps its id, and so all that is its own.
   * @throws AppError `accounts/already-upgraded`, `accounts/email-taken`
   */
  upgrade(holder: Holder, credentials: Credentials): Promise<Account>;
  /**
   * Ends every other session.
   * @throws AppError `accounts/no-password`, `accounts/invalid-credentials`
   */
  changePassword(holder: Holder, passwords: { current: string; next: string }): Promise<void>;
  signOut(holder: Holder): Promise<void>;
  signOutEverywhere(holder: Holder): Promise<void>;
  /** All that every room keeps of an account, by room; this room's own under `account`, `sessions` and `keys`. */
  export(holder: Holder): Promise<AccountExport>;
  /** Erases an account with all that every room keeps of it, in one transaction. */
  erase(accountId: string): Promise<void>;
  /** Forgets what ran out; erases device accounts that nobody can enter any more, some at a time. */
  prune(): Promise<{ erasedAccounts: number }>;
}

export interface AccountExport {
  account: Account;
  sessions: { createdAt: Date; expiresAt: Date }[];
  keys: Awaited<ReturnType<ApiKeys['list']>>;
  rooms: Readonly<Record<string, unknown>>;
}

/** A device account without a session is one that was left, unless it is being made at this moment, in ms. */
const BEING_MADE_MS = 86_400_000;

export function createOwnAccount(options: {
  db: Db;
  library: AuthLibrary;
  store: AccountsStore;
  guard: Guard;
  apiKeys: ApiKeys;
  endingTransaction: EndingTransaction;
  personalData: readonly PersonalData[];
  clock: Clock;
  newId: () => string;
}): OwnAccount {
  const { db, library, store, guard, endingTransaction, personalData, clock } = options;

  const erase = (accountId: string): Promise<void> =>
    endingTransaction(async (trx, end) => {
      if (!(await store.lock(trx, accountId))) return;
      await end({ accountId });
      for (const room of personalData) await room.erase(trx, accountId);
      await store.remove(trx, accountId);
    });

  return {
    erase,

    holder: async (request) => {
      const { sessionId } = await guard.require(request, {});
      if (sessionId === null) throw accountsErrors.error('session-required');
      const account = await store.findBySession(sessionId, clock.now());
      if (!account || account.barred) throw accountsErrors.error('invalid-token');
      return { account, sessionId };
    },

    upgrade: async ({ account }, { email, password }) => {
      if (account.kind === 'password') throw accountsErrors.error('already-upgraded');
      const { hash } = (await library.$context).password;
      const credential = { id: options.newId(), email: normalEmail(email), hash: await hash(password) };
      try {
        const done = await db.transaction().execute((trx) => store.upgrade(trx, account.id, credential));
        if (!done) throw accountsErrors.error('already-upgraded');
      } catch (error) {
        if (isUniqueViolation(error)) throw accountsErrors.error('email-taken', { cause: error });
        throw error;
      }
      return { ...account, kind: 'password', email: credential.email };
    },

    changePassword: async ({ account, sessionId }, { current, next }) => {
      const { hash, verify } = (await library.$context).password;
      const known = await store.passwordHash(account.id);
      if (known === null) throw accountsErrors.error('no-password');
      if (!(await verify({ hash: known, password: current }))) throw accountsErrors.error('invalid-credentials');
      const nextHash = await hash(next);
      await endingTransaction(async (trx, end) => {
        await store.setPassword(trx, account.id, nextHash);
        await end({ accountId: account.id, except: sessionId });
      });
    },

    signOut: ({ sessionId }) => endingTransaction((_trx, end) => end({ sessionId })),
    signOutEverywhere: ({ account }) => endingTransaction((_trx, end) => end({ accountId: account.id })),

    export: async ({ account }) => {
      const rooms: Record<string, unknown> = {};
      for (const room of personalData) rooms[room.name] = await room.export(account.id);
      const sessions = await store.sessions(account.id);
      return { account, sessions, keys: await options.apiKeys.list(account.id), rooms };
    },

    prune: async () => {
      const now = clock.now();
      await store.forgetExpired(now, new Date(now.getTime() - USED_TOKEN_SECONDS * 1000));
      const left = await store.unreachable(new Date(now.getTime() - BEING_MADE_MS), PRUNE_BATCH);
      for (const accountId of left) await erase(accountId);
      return { erasedAccounts: left.length };
    },
  };
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
function isUniqueViolation(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '23505';
}

import { isAPIError } from 'better-auth/api';
import type { Clock } from '../platform/clock/index.ts';
import type { Logger } from '../platform/telemetry/index.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { AuthLibrary } from './auth-library.ts';
import { accountsErrors } from './errors.ts';
import { ACCESS_TOKEN_SECONDS, SESSION_IDLE_SECONDS, SESSIONS_MAX } from './limits.ts';
import type { Role } from './principal.ts';
import type { RefreshTokens } from './refresh-tokens.ts';
import type { EndingTransaction } from './sessions.ts';
import type { Account, AccountsStore } from './store.ts';

/** What a client holds after signing in. */
export interface SignedIn {
  account: Account;
  accessToken: string;
  accessTokenSeconds: number;
  refreshToken: string;
  refreshTokenExpiresAt: Date;
}

export interface Credentials {
  email: string;
  password: string;
}

export interface SignIn {
  /** An account of this device, without a form. */
  signInDevice(): Promise<SignedIn>;
  /** @throws AppError `accounts/email-taken` */
  register(credentials: Credentials): Promise<SignedIn>;
  /** @throws AppError `accounts/invalid-credentials`, for an unknown address as for a wrong password */
  signIn(credentials: Credentials): Promise<SignedIn>;
  /**
   * The next pair of tokens for a refresh token, which is then used up.
   * @param attempt the client's own name of this attempt: the same again answers again, when the first answer was lost.
   * @throws AppError `accounts/invalid-refresh-token`, `accounts/refresh-token-reused`
   */
  refresh(refreshToken: string, attempt: string | null): Promise<SignedIn>;
  /**
   * An account with a role, not signed in.
   * @throws AppError `accounts/email-taken`
   */
  create(credentials: Credentials, role: Role): Promise<Account>;
}

/** The ways in, over the library's. */
export function createSignIn(options: {
  library: AuthLibrary;
  store: AccountsStore;
  accessTokens: AccessTokens;
  refreshTokens: RefreshTokens;
  endingTransaction: EndingTransaction;
  clock: Clock;
  logger: Logger;
}): SignIn {
  const { library, store, accessTokens, refreshTokens, endingTransaction, clock } = options;

  const tokensOf = async (account: Account, sessionId: string, refreshToken: string): Promise<SignedIn> => ({
    account,
    accessToken: await accessTokens.issue({ accountId: account.id, sessionId, role: account.role }),
    accessTokenSeconds: ACCESS_TOKEN_SECONDS,
    refreshToken,
    refreshTokenExpiresAt: new Date(clock.now().getTime() + SESSION_IDLE_SECONDS * 1000),
  });

  /** From what the library answers to a sign-in: its handle of the session. */
  const welcome = async (accountId: string, handle: string): Promise<SignedIn> => {
    const sessionId = await store.sessionOf(handle);
    const account = await store.find(accountId, clock.now());
    if (!account || account.barred) throw accountsErrors.error('invalid-credentials');
    await endingTransaction((_trx, end) => end({ accountId, keepNewest: SESSIONS_MAX }));
    return tokensOf(account, sessionId, await refreshTokens.start(sessionId));
  };

  const create = async (credentials: Credentials, role: Role): Promise<Account> => {
    const email = normalEmail(credentials.email);
    try {
      const { user } = await library.api.createUser({
        body: { email, password: credentials.password, name: '', role },
      });
      const account = await store.find(user.id, clock.now());
      if (!account) throw new Error('an account vanished while it was made');
      return account;
    } catch (error) {
      // The library looks first and the table has the last word: two who come at once are told the same.
      if (await store.emailTaken(email)) throw accountsErrors.error('email-taken', { cause: error });
      throw error;
    }
  };

  const signIn = async ({ email, password }: Credentials): Promise<SignedIn> => {
    try {
      const { user, token } = await library.api.signInEmail({ body: { email: normalEmail(email), password } });
      return await welcome(user.id, token);
    } catch (error) {
      if (!isAPIError(error) || error.statusCode >= 500) throw error;
      throw accountsErrors.error('invalid-credentials', { cause: error });
    }
  };

  return {
    create,
    signIn,
    signInDevice: async () => {
      const made = await library.api.signInAnonymous();
      return welcome(made.user.id, made.token);
    },
    register: async (credentials) => {
      await create(credentials, 'listener');
      return signIn(credentials);
    },
    refresh: async (refreshToken, attempt) => {
      const exchange = await refreshTokens.exchange(refreshToken, attempt);
      if (exchange.outcome === 'reused') {
        options.logger.warn({ session: exchange.sessionId }, 'a refresh token was used twice: its session is ended');
        throw accountsErrors.error('refresh-token-reused');
      }
      const account = exchange.outcome === 'refused' ? null : await store.find(exchange.accountId, clock.now());
      if (exchange.outcome === 'refused' || !account || account.barred) {
        throw accountsErrors.error('invalid-refresh-token');
      }
      return tokensOf(account, exchange.sessionId, exchange.token);
    },
  };
}

/** Addresses are compared without case, as people type them. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}

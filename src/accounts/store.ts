import { type Selectable, sql } from 'kysely';
import type { Db, Trx } from '../platform/database/index.ts';
import { accountsErrors } from './errors.ts';
import { SESSIONS_MAX } from './limits.ts';
import type { Role } from './principal.ts';
import type { AccountsTables } from './tables.ts';

/** An account as its holder meets it. */
export interface Account {
  id: string;
  kind: 'device' | 'password';
  /** Null for a device account. */
  email: string | null;
  role: Role;
  /** Barred by an operator, at the time of reading. */
  barred: boolean;
  createdAt: Date;
}

export function createAccountsStore(db: Db) {
  const tables = db.withTables<AccountsTables>();
  const within = (trx: Trx) => trx.withTables<AccountsTables>();

  return {
    find: async (id: string, now: Date): Promise<Account | null> => {
      const row = await tables.selectFrom('accounts').where('id', '=', id).selectAll().executeTakeFirst();
      return row ? accountOf(row, now) : null;
    },

    /** The account of a session that has not ended. */
    findBySession: async (sessionId: string, now: Date): Promise<Account | null> => {
      const row = await tables
        .selectFrom('account_sessions')
        .innerJoin('accounts', 'accounts.id', 'account_sessions.account_id')
        .where('account_sessions.id', '=', sessionId)
        .where('account_sessions.expires_at', '>', now)
        .selectAll('accounts')
        .executeTakeFirst();
      return row ? accountOf(row, now) : null;
    },

    emailTaken: async (email: string): Promise<boolean> =>
      (await tables.selectFrom('accounts').where('email', '=', email).select('id').executeTakeFirst()) !== undefined,

    /** The id of the session that the library knows by this handle. */
    sessionOf: async (handle: string): Promise<string> =>
      (await tables.selectFrom('account_sessions').where('token', '=', handle).select('id').executeTakeFirstOrThrow())
        .id,

    passwordHash: async (accountId: string): Promise<string | null> => {
      const row = await tables
        .selectFrom('account_credentials')
        .where('account_id', '=', accountId)
        .where('provider', '=', 'credential')
        .select('password')
        .executeTakeFirst();
      return row?.password ?? null;
    },

    setPassword: async (trx: Trx, accountId: string, hash: string): Promise<void> => {
      await within(trx)
        .updateTable('account_credentials')
        .set({ password: hash, updated_at: sql<Date>`now()` })
        .where('account_id', '=', accountId)
        .where('provider', '=', 'credential')
        .execute();
    },

    /**
     * Gives a device account an address and a password; its id, and with it all that is its own, stays. False when it has
     * them already.
     * @throws the database's unique violation when the address is another account's.
     */
    upgrade: async (trx: Trx, accountId: string, credential: { id: string; email: string; hash: string }) => {
      const upgraded = await within(trx)
        .updateTable('accounts')
        .set({ email: credential.email, is_device: false, updated_at: sql<Date>`now()` })
        .where('id', '=', accountId)
        .where('is_device', '=', true)
        .executeTakeFirst();
      if (upgraded.numUpdatedRows === 0n) return false;
      await within(trx)
        .insertInto('account_credentials')
        .values({
          id: credential.id,
          account_id: accountId,
          external_id: accountId,
          provider: 'credential',
          password: credential.hash,
        })
        .execute();
      return true;
    },

    /** Holds the account until the commit: nothing of its own can be written meanwhile. False when it is gone. */
    lock: async (trx: Trx, accountId: string): Promise<boolean> => {
      const { rows } = await sql`select 1 from accounts where id = ${accountId} for update`.execute(trx);
      return rows.length > 0;
    },

    remove: async (trx: Trx, accountId: string): Promise<void> => {
      await within(trx).deleteFrom('accounts').where('id', '=', accountId).execute();
    },

    sessions: async (accountId: string): Promise<{ createdAt: Date; expiresAt: Date }[]> => {
      const rows = await tables
        .selectFrom('account_sessions')
        .where('account_id', '=', accountId)
        .select(['created_at', 'expires_at'])
        .orderBy('created_at')
        .limit(SESSIONS_MAX)
        .execute();
      return rows.map((row) => ({ createdAt: row.created_at, expiresAt: row.expires_at }));
    },

    /** Ends sessions of an account: one, all but one, or all but the newest. Returns those that ended. */
    endSessions: async (
      trx: Trx,
      which: { sessionId: string } | { accountId: string; except?: string; keepNewest?: number },
    ): Promise<string[]> => {
      let query = within(trx).deleteFrom('account_sessions');
      if ('sessionId' in which) query = query.where('id', '=', which.sessionId);
      else {
        query = query.where('account_id', '=', which.accountId);
        if (which.except !== undefined) query = query.where('id', '<>', which.except);
        if (which.keepNewest !== undefined) {
          query = query.where('id', 'not in', newestSessions(trx, which.accountId, which.keepNewest));
        }
      }
      return (await query.returning('id').execute()).map((row) => row.id);
    },

    /** Sessions that ran out, and used refresh tokens that are old enough to be forgotten. */
    forgetExpired: async (now: Date, usedBefore: Date): Promise<void> => {
      await tables.deleteFrom('account_sessions').where('expires_at', '<=', now).execute();
      await tables.deleteFrom('refresh_tokens').where('used_at', '<', usedBefore).execute();
    },

    /** Device accounts made before a time that have no session left: nobody can enter them any more. */
    unreachable: async (madeBefore: Date, limit: number): Promise<string[]> => {
      const rows = await tables
        .selectFrom('accounts')
        .where('is_device', '=', true)
        .where('created_at', '<', madeBefore)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('account_sessions').select('account_sessions.id').whereRef('account_id', '=', 'accounts.id'),
            ),
          ),
        )
        .select('id')
        .orderBy('created_at')
        .limit(limit)
        .execute();
      return rows.map((row) => row.id);
    },
  };
}

/**
 * Holds an account until the commit, for a room that writes something of its own to it: writes of one account follow each
 * other, and its erasure waits for them.
 * @throws AppError `accounts/invalid-token` when the account is gone, as its tokens may live some minutes longer
 */
export async function holdAccount(trx: Trx, accountId: string): Promise<void> {
  // Weaker than the eraser's lock and stronger than a foreign key's, so that signing in is not held up.
  const { rows } = await sql`select 1 from accounts where id = ${accountId} for no key update`.execute(trx);
  if (rows.length === 0) throw accountsErrors.error('invalid-token');
}

export type AccountsStore = ReturnType<typeof createAccountsStore>;

function newestSessions(trx: Trx, accountId: string, count: number) {
  return trx
    .withTables<AccountsTables>()
    .selectFrom('account_sessions')
    .where('account_id', '=', accountId)
    .select('id')
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(count);
}

type AccountRow = Selectable<AccountsTables['accounts']>;

function accountOf(row: AccountRow, now: Date): Account {
  return {
    id: row.id,
    kind: row.is_device ? 'device' : 'password',
    email: row.is_device ? null : row.email,
    role: row.role,
    barred: row.banned && (row.ban_expires === null || row.ban_expires > now),
    createdAt: row.created_at,
  };
}

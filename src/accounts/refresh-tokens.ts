import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Clock } from '../platform/clock/index.ts';
import type { Db, Trx } from '../platform/database/index.ts';
import { SESSION_IDLE_SECONDS } from './limits.ts';
import { judgeRefresh } from './refresh-verdict.ts';
import type { EndingTransaction } from './sessions.ts';
import type { AccountsTables } from './tables.ts';

/** 256 bits: nobody guesses one, so a plain hash is enough to store it. */
const TOKEN_BYTES = 32;

export interface RefreshTokens {
  /** The first token of a session. */
  start(sessionId: string): Promise<string>;
  /** Exchanges a token for the next one; ends its session when a copy is noticed. */
  exchange(token: string, attempt: string | null): Promise<Exchange>;
}

export type Exchange =
  | { outcome: 'exchanged'; token: string; sessionId: string; accountId: string }
  | { outcome: 'refused' }
  | { outcome: 'reused'; sessionId: string };

/** Refresh tokens with rotation (RFC 9700 §4.14.2); the library has none. Only their hashes are kept. */
export function createRefreshTokens(options: {
  db: Db;
  clock: Clock;
  randomBytes: (size: number) => Buffer;
  endingTransaction: EndingTransaction;
}): RefreshTokens {
  const { db, clock, randomBytes, endingTransaction } = options;

  const insert = async (executor: Db | Trx, sessionId: string, replaces: string | null): Promise<string> => {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const row = {
      token_sha256: sha256(token),
      session_id: sessionId,
      replaces_sha256: replaces,
      attempt_sha256: null,
      created_at: clock.now(),
      used_at: null,
    };
    await executor.withTables<AccountsTables>().insertInto('refresh_tokens').values(row).execute();
    return token;
  };

  return {
    start: (sessionId) => insert(db, sessionId, null),

    exchange: (token, attempt) =>
      endingTransaction(async (trx, end): Promise<Exchange> => {
        const tokenSha256 = sha256(token);
        const found = await lockToken(trx, tokenSha256);
        if (!found) return { outcome: 'refused' };
        const now = clock.now();
        const attemptSha256 = attempt === null ? null : sha256(attempt);
        const verdict = judgeRefresh(
          {
            usedAt: found.used_at,
            attemptSha256: found.attempt_sha256,
            successorUnused: await hasUnusedSuccessor(trx, tokenSha256),
            sessionExpiresAt: found.expires_at,
          },
          { now, attemptSha256 },
        );
        if (verdict === 'expired') return { outcome: 'refused' };
        if (verdict === 'reused') {
          await end({ sessionId: found.session_id });
          return { outcome: 'reused', sessionId: found.session_id };
        }
        const tables = trx.withTables<AccountsTables>();
        // The lost answer's token was never seen by the client: it is worth nothing from now on.
        if (verdict === 'repeat')
          await tables.deleteFrom('refresh_tokens').where('replaces_sha256', '=', tokenSha256).execute();
        await tables
          .updateTable('refresh_tokens')
          .set({ used_at: found.used_at ?? now, attempt_sha256: attemptSha256 })
          .where('token_sha256', '=', tokenSha256)
          .execute();
        await tables
          .updateTable('account_sessions')
          .set({ expires_at: new Date(now.getTime() + SESSION_IDLE_SECONDS * 1000) })
          .where('id', '=', found.session_id)
          .execute();
        return {
          outcome: 'exchanged',
          token: await insert(trx, found.session_id, tokenSha256),
          sessionId: found.session_id,
          accountId: found.account_id,
        };
      }),
  };
}

/** Two simultaneous uses of one token are judged one after the other: the session's row is held until the commit. */
async function lockToken(trx: Trx, tokenSha256: string) {
  const tables = trx.withTables<AccountsTables>();
  const token = await tables
    .selectFrom('refresh_tokens')
    .where('token_sha256', '=', tokenSha256)
    .select('session_id')
    .executeTakeFirst();
  if (!token) return undefined;
  await sql`select 1 from account_sessions where id = ${token.session_id} for update`.execute(trx);
  return tables
    .selectFrom('refresh_tokens')
    .innerJoin('account_sessions', 'account_sessions.id', 'refresh_tokens.session_id')
    .where('token_sha256', '=', tokenSha256)
    .select(['session_id', 'account_id', 'used_at', 'attempt_sha256', 'expires_at'])
    .executeTakeFirst();
}

async function hasUnusedSuccessor(trx: Trx, tokenSha256: string): Promise<boolean> {
  const row = await trx
    .withTables<AccountsTables>()
    .selectFrom('refresh_tokens')
    .where('replaces_sha256', '=', tokenSha256)
    .where('used_at', 'is', null)
    .select('token_sha256')
    .executeTakeFirst();
  return row !== undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

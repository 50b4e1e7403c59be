import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clockAhead, newCredentials, openAccounts } from '../../tests/support/accounts.ts';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import type { Accounts } from './index.ts';
import { ACCESS_TOKEN_SECONDS, REPEAT_SECONDS, SESSION_IDLE_SECONDS, SESSIONS_MAX } from './limits.ts';
import { judgeRefresh } from './refresh-verdict.ts';

const DAY_SECONDS = 86_400;

describe('a refresh token', () => {
  const now = new Date('2026-11-22T10:00:00Z');
  const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
  const fresh = { usedAt: null, attemptSha256: null, successorUnused: false, sessionExpiresAt: ago(-1) };
  const used = { ...fresh, usedAt: ago(1), attemptSha256: 'a', successorUnused: true };
  it.each([
    ['unused', fresh, null, 'rotate'],
    ['unused, of a session that ran out', { ...fresh, sessionExpiresAt: now }, null, 'expired'],
    ['used', used, null, 'reused'],
    ['used, by the same attempt', used, 'a', 'repeat'],
    ['used, by another attempt', used, 'b', 'reused'],
    ['used without a named attempt', { ...used, attemptSha256: null }, null, 'reused'],
    ['used, whose successor is used', { ...used, successorUnused: false }, 'a', 'reused'],
    ['used too long ago to be repeated', { ...used, usedAt: ago(REPEAT_SECONDS + 1) }, 'a', 'reused'],
    ['used, of a session that ran out', { ...used, sessionExpiresAt: ago(1) }, null, 'expired'],
  ] as const)('%s', (_, token, attemptSha256, verdict) => {
    expect(judgeRefresh(token, { now, attemptSha256 })).toBe(verdict);
  });
});

describe('sessions', () => {
  let database: TestDatabase;
  let accounts: Accounts;
  const clock = clockAhead();
  beforeAll(async () => {
    database = await openTestDatabase();
    accounts = openAccounts(database, { clock });
    await accounts.start();
  });
  afterAll(async () => {
    await accounts.close();
    await database.close();
  });
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'done',
      (error) => error.code,
    );

  it('go on with a new pair of tokens at each refresh', async () => {
    const first = await accounts.signInDevice();
    const second = await accounts.refresh(first.refreshToken, null);
    const third = await accounts.refresh(second.refreshToken, null);
    expect(new Set([first, second, third].map((one) => one.refreshToken)).size).toBe(3);
    expect(await accounts.authenticateToken(third.accessToken)).toMatchObject({ accountId: first.account.id });
  });

  it('end, for the thief and the robbed alike, when a used refresh token comes back', async () => {
    const first = await accounts.signInDevice();
    const second = await accounts.refresh(first.refreshToken, null);
    expect(await codeOf(accounts.refresh(first.refreshToken, null))).toBe('accounts/refresh-token-reused');
    expect(await codeOf(accounts.refresh(second.refreshToken, null))).toBe('accounts/invalid-refresh-token');
    expect(await accounts.authenticateToken(second.accessToken)).toBeNull();
  });

  it('survive a lost answer, when the client asks again under the same name', async () => {
    const first = await accounts.signInDevice();
    const lost = await accounts.refresh(first.refreshToken, 'attempt-1');
    const again = await accounts.refresh(first.refreshToken, 'attempt-1');
    expect(await codeOf(accounts.refresh(lost.refreshToken, null))).toBe('accounts/invalid-refresh-token');
    const next = await accounts.refresh(again.refreshToken, 'attempt-2');
    expect(next.account.id).toBe(first.account.id);
    expect(await codeOf(accounts.refresh(first.refreshToken, 'attempt-1'))).toBe('accounts/refresh-token-reused');
  });

  it('are not doubled by two uses of one token at once', async () => {
    const { refreshToken } = await accounts.signInDevice();
    const outcomes = await Promise.all([1, 2, 3].map(() => codeOf(accounts.refresh(refreshToken, null))));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(outcomes).toContain('accounts/refresh-token-reused');
  });

  it('keep no refresh token that could be read and used', async () => {
    const { refreshToken } = await accounts.signInDevice();
    const { rows } = await sql`select to_jsonb(t) from refresh_tokens t`.execute(database.db);
    expect(JSON.stringify(rows)).not.toContain(refreshToken);
  });

  it('end everywhere at once, in processes that only hear of it', async () => {
    const elsewhere = openAccounts(database, { clock });
    await elsewhere.start();
    const { accessToken } = await accounts.signInDevice();
    expect(await elsewhere.authenticateToken(accessToken)).not.toBeNull();
    await accounts.signOut(await accounts.holder({ headers: { authorization: `Bearer ${accessToken}` } }));
    await vi.waitFor(async () => expect(await elsewhere.authenticateToken(accessToken)).toBeNull());
    await elsewhere.close();
  });

  it('of one account are bounded: the oldest ends', async () => {
    const credentials = newCredentials();
    const first = await accounts.register(credentials);
    await sql`
      insert into account_sessions (id, account_id, token, expires_at, created_at, updated_at)
      select 'old-' || n, ${first.account.id}, 'handle-' || n, now() + interval '1 day', now() - interval '1 hour', now()
      from generate_series(1, ${SESSIONS_MAX}) n`.execute(database.db);
    await accounts.signIn(credentials);
    const { rows } = await sql<{ id: string }>`
      select id from account_sessions where account_id = ${first.account.id}`.execute(database.db);
    expect(rows).toHaveLength(SESSIONS_MAX);
    expect((await accounts.refresh(first.refreshToken, null)).account.id).toBe(first.account.id);
  });

  it('end for an account that was barred', async () => {
    const credentials = newCredentials();
    const signedIn = await accounts.register(credentials);
    await sql`update accounts set banned = true where id = ${signedIn.account.id}`.execute(database.db);
    expect(await codeOf(accounts.refresh(signedIn.refreshToken, null))).toBe('accounts/invalid-refresh-token');
    expect(await codeOf(accounts.signIn(credentials))).toBe('accounts/invalid-credentials');
    const request = { headers: { authorization: `Bearer ${signedIn.accessToken}` } };
    expect(await codeOf(accounts.holder(request))).toBe('accounts/invalid-token');
  });

  it('run out when they are not used, and access tokens soon', async () => {
    const signedIn = await accounts.signInDevice();
    clock.advanceSeconds(ACCESS_TOKEN_SECONDS + 1);
    expect(await accounts.authenticateToken(signedIn.accessToken)).toBeNull();
    clock.advanceSeconds(SESSION_IDLE_SECONDS);
    expect(await codeOf(accounts.refresh(signedIn.refreshToken, null))).toBe('accounts/invalid-refresh-token');
  });

  it('that ran out are forgotten, with device accounts that nobody can enter any more, and no others', async () => {
    await sql`delete from accounts`.execute(database.db);
    const left = await accounts.signInDevice();
    const withPassword = await accounts.register(newCredentials());
    clock.advanceSeconds(SESSION_IDLE_SECONDS + DAY_SECONDS);
    expect(await accounts.prune()).toEqual({ erasedAccounts: 1 });
    const { rows } = await sql<{ id: string }>`select id from accounts`.execute(database.db);
    expect(rows.map((row) => row.id)).toEqual([withPassword.account.id]);
    expect(rows.map((row) => row.id)).not.toContain(left.account.id);
    expect((await sql`select 1 from account_sessions`.execute(database.db)).rows).toEqual([]);
    expect(await accounts.prune()).toEqual({ erasedAccounts: 0 });
  });
});

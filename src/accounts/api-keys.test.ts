import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, newCredentials, openAccounts, openApp, signUp } from '../../tests/support/accounts.ts';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { systemClock } from '../platform/clock/index.ts';
import type { App } from '../platform/http/index.ts';
import { type Accounts, registerAccountsRoutes } from './index.ts';
import { API_KEYS_MAX } from './limits.ts';

describe('keys for machines', () => {
  let database: TestDatabase;
  let accounts: Accounts;
  let app: App;
  let operator: Record<string, string>;
  let operatorId: string;
  beforeAll(async () => {
    database = await openTestDatabase();
    accounts = openAccounts(database);
    app = await openApp();
    registerAccountsRoutes(app, { accounts, clock: systemClock });
    const credentials = newCredentials();
    operatorId = (await accounts.create(credentials, 'operator')).id;
    operator = bearer((await accounts.signIn(credentials)).accessToken);
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });

  const make = (payload: object, headers = operator) =>
    app.inject({ method: 'POST', url: '/api/auth/keys', headers, payload });
  const list = async () => (await app.inject({ url: '/api/auth/keys', headers: operator })).json();
  const remove = (id: string, headers = operator) =>
    app.inject({ method: 'DELETE', url: `/api/auth/keys/${id}`, headers });

  it('are shown once, kept as a hash, and carry the scopes they were given', async () => {
    const made = await make({ name: 'Prometheus', scopes: ['metrics:read'], expires_in_days: 30 });
    expect(made.statusCode, made.body).toBe(201);
    const { key, ...described } = made.json();
    expect(await list()).toEqual([described]);
    expect(Date.parse(described.expires_at) - Date.parse(described.created_at)).toBeCloseTo(30 * 86_400_000, -4);
    const { rows } = await sql`select to_jsonb(t) from api_keys t`.execute(database.db);
    expect(JSON.stringify(rows)).not.toContain(key);

    const principal = await accounts.authenticateToken(key);
    expect(principal).toMatchObject({ via: 'api-key', accountId: operatorId });
    expect([...(principal?.scopes ?? [])]).toEqual(['metrics:read']);
    await expect(accounts.require({ headers: bearer(key) }, { scope: 'extraction:manage' })).rejects.toThrow(
      'forbidden',
    );
  });

  it('never open an account, nor make other keys', async () => {
    const { key } = (await make({ name: 'curious', scopes: ['metrics:read'] })).json();
    const me = await app.inject({ url: '/api/auth/me', headers: bearer(key) });
    expect(me.json()).toMatchObject({ status: 403, code: 'accounts/session-required' });
    expect((await make({ name: 'child', scopes: ['metrics:read'] }, bearer(key))).statusCode).toBe(403);
  });

  it('are for operators, within their own role', async () => {
    const listener = bearer((await signUp(app)).access_token);
    expect((await make({ name: 'x', scopes: ['library'] }, listener)).json()).toMatchObject({
      status: 403,
      code: 'accounts/forbidden',
    });
    expect((await app.inject('/api/auth/keys')).statusCode).toBe(401);
    for (const scope of ['debates:write', 'account']) {
      expect((await make({ name: 'x', scopes: [scope] })).json()).toMatchObject({
        status: 403,
        code: 'accounts/scope-refused',
      });
    }
    for (const wrong of [
      { name: '', scopes: ['metrics:read'] },
      { name: 'x', scopes: [] },
      { name: 'x', scopes: ['?'] },
    ]) {
      expect((await make(wrong)).statusCode).toBe(400);
    }
  });

  it('stop at once where they are removed, and another’s is as unknown as none', async () => {
    const { id, key } = (await make({ name: 'gone', scopes: ['metrics:read'] })).json();
    expect(await accounts.authenticateToken(key)).not.toBeNull();
    const credentials = newCredentials();
    await accounts.create(credentials, 'operator');
    const colleague = bearer((await accounts.signIn(credentials)).accessToken);
    const theirs = await remove(id, colleague);
    const none = await remove('0d6a3f0e', colleague);
    expect(theirs.statusCode).toBe(404);
    expect({ ...theirs.json(), instance: '' }).toEqual({ ...none.json(), instance: '' });
    expect((await remove(id)).statusCode).toBe(204);
    expect(await accounts.authenticateToken(key)).toBeNull();
    expect((await remove(id)).statusCode).toBe(404);
  });

  it('stop when they expire, and when their owner is barred', async () => {
    const expiring = (await make({ name: 'short', scopes: ['metrics:read'], expires_in_days: 1 })).json();
    await sql`update api_keys set expires_at = now() - interval '1 second' where id = ${expiring.id}`.execute(
      database.db,
    );
    expect(await accounts.authenticateToken(expiring.key)).toBeNull();
    const { key } = (await make({ name: 'barred', scopes: ['metrics:read'] })).json();
    await sql`update accounts set banned = true where id = ${operatorId}`.execute(database.db);
    expect(await accounts.authenticateToken(key)).toBeNull();
    await sql`update accounts set banned = false where id = ${operatorId}`.execute(database.db);
  });

  it('are not made by a token that is older than the loss of the role', async () => {
    await sql`update accounts set role = 'listener' where id = ${operatorId}`.execute(database.db);
    expect((await make({ name: 'late', scopes: ['library'] })).statusCode).toBe(403);
    await sql`update accounts set role = 'operator' where id = ${operatorId}`.execute(database.db);
  });

  it('are bounded', async () => {
    const held = (await list()).length;
    await sql`
      insert into api_keys (id, account_id, key_hash, created_at, updated_at)
      select 'k' || n, ${operatorId}, 'h' || n, now(), now() from generate_series(1, ${API_KEYS_MAX - held}) n`.execute(
      database.db,
    );
    expect((await make({ name: 'one more', scopes: ['metrics:read'] })).json()).toMatchObject({
      status: 409,
      code: 'accounts/too-many-keys',
    });
  });
});

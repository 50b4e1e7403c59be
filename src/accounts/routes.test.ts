import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, bearer, clockAhead, openAccounts, openApp } from '../../tests/support/accounts.ts';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import type { App } from '../platform/http/index.ts';
import { type Accounts, registerAccountsRoutes } from './index.ts';
import { ACCESS_TOKEN_SECONDS, SESSION_IDLE_SECONDS } from './limits.ts';

interface Tokens {
  account: { id: string; kind: string; email: string | null; role: string };
  access_token: string;
  refresh_token: string;
}

describe('accounts over HTTP', () => {
  let database: TestDatabase;
  let accounts: Accounts;
  let app: App;
  const clock = clockAhead();
  const kept = new Map<string, string>();

  beforeAll(async () => {
    database = await openTestDatabase();
    accounts = openAccounts(database, {
      clock,
      personalData: [
        {
          name: 'shelf',
          export: async (accountId) => kept.get(accountId) ?? null,
          erase: async (_trx, accountId) => void kept.delete(accountId),
        },
      ],
    });
    await accounts.start();
    app = await openApp();
    registerAccountsRoutes(app, { accounts, clock });
  });
  afterAll(async () => {
    await accounts.close();
    await app.close();
    await database.close();
  });

  const post = (url: string, payload?: object, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: `/api/auth/${url}`, headers, ...(payload ? { payload } : {}) });
  const me = (token: string) => app.inject({ url: '/api/auth/me', headers: bearer(token) });
  const device = async (): Promise<Tokens> => (await post('device')).json();
  let number = 0;
  const credentials = () => {
    number += 1;
    return { email: `Listener${number}@Example.org`, password: 'deux chaises et un perchoir' };
  };

  it('works', async () => {
    const made = await post('device');
    expect(made.statusCode, made.body).toBe(201);
    const body: Tokens = made.json();
    expect((await me(body.access_token)).json()).toEqual(body.account);
    const reg = await post('register', credentials());
    expect(reg.statusCode, reg.body).toBe(201);
    console.log(reg.json(), ADMIN_TOKEN, ACCESS_TOKEN_SECONDS, SESSION_IDLE_SECONDS, device);
    console.log((await sql`select * from account_sessions`.execute(database.db)).rows);
  });
});

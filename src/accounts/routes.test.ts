import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, newCredentials, openAccounts, openApp, signUp } from '../../tests/support/accounts.ts';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { systemClock } from '../platform/clock/index.ts';
import type { App } from '../platform/http/index.ts';
import { type Accounts, registerAccountsRoutes } from './index.ts';

const ADDRESS = '203.0.113.77';

describe('accounts over HTTP', () => {
  let database: TestDatabase;
  let accounts: Accounts;
  let app: App;
  /** What a room keeps of listeners, by account. */
  const shelf = new Map<string, string[]>();

  beforeAll(async () => {
    database = await openTestDatabase();
    accounts = openAccounts(database, {
      personalData: [
        {
          name: 'shelf',
          export: async (accountId) => shelf.get(accountId) ?? [],
          erase: async (_trx, accountId) => void shelf.delete(accountId),
        },
      ],
    });
    await accounts.start();
    app = await openApp();
    registerAccountsRoutes(app, { accounts, clock: systemClock });
  });
  afterAll(async () => {
    await accounts.close();
    await app.close();
    await database.close();
  });

  const post = (path: string, payload?: object, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: `/api/auth/${path}`, headers, ...(payload ? { payload } : {}) });
  const me = (token: string) => app.inject({ url: '/api/auth/me', headers: bearer(token) });

  it('give a device an account in one call, without a form', async () => {
    const answer = await post('device');
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      account: { kind: 'device', email: null, role: 'listener', scopes: ['account', 'library'] },
      token_type: 'Bearer',
      expires_in_seconds: 600,
    });
    expect((await me(answer.json().access_token)).json()).toEqual(answer.json().account);
  });

  it('take an e-mail address and a password, whatever the case of the address', async () => {
    const { email, password } = newCredentials();
    const made = await post('register', { email: email.toUpperCase(), password });
    expect(made.json().account).toMatchObject({ kind: 'password', email });
    const again = await post('login', { email: email.replace('l', 'L'), password });
    expect(again.statusCode).toBe(200);
    expect(again.json().account).toEqual(made.json().account);
    expect(again.json().refresh_token).not.toBe(made.json().refresh_token);
  });

  it('make one account of an address, even for two who come at once', async () => {
    const credentials = newCredentials();
    const answers = await Promise.all([post('register', credentials), post('register', credentials)]);
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([201, 409]);
    const late = await post('register', credentials);
    expect(late.json()).toMatchObject({ status: 409, code: 'accounts/email-taken' });
  });

  it('say the same of an unknown address as of a wrong password', async () => {
    const known = newCredentials();
    await signUp(app, known);
    const wrong = await post('login', { ...known, password: 'pas celui-là' });
    const unknown = await post('login', { email: 'nobody@example.org', password: 'pas celui-là' });
    expect(wrong.statusCode).toBe(401);
    const said = ({ instance: _, ...rest }: Record<string, unknown>) => rest;
    expect(said(unknown.json())).toEqual(said(wrong.json()));
    expect(wrong.json().code).toBe('accounts/invalid-credentials');
  });

  it('complete a device account in place: same id, same tokens, then a way in from elsewhere', async () => {
    const device = await signUp(app);
    shelf.set(device.account.id, ['a favourite']);
    const credentials = newCredentials();
    const upgraded = await post('upgrade', credentials, bearer(device.access_token));
    expect(upgraded.json()).toMatchObject({ id: device.account.id, kind: 'password', email: credentials.email });
    expect((await post('refresh', { refresh_token: device.refresh_token })).statusCode).toBe(200);
    const elsewhere = await post('login', credentials);
    expect(elsewhere.json().account.id).toBe(device.account.id);
    const exported = await app.inject({
      url: '/api/auth/me/export',
      headers: bearer(elsewhere.json().access_token),
    });
    expect(exported.json().shelf).toEqual(['a favourite']);
  });

  it('complete a device account once, and with an address of its own', async () => {
    const taken = newCredentials();
    await signUp(app, taken);
    const device = await signUp(app);
    const refused = await post('upgrade', taken, bearer(device.access_token));
    expect(refused.json()).toMatchObject({ status: 409, code: 'accounts/email-taken' });
    expect((await me(device.access_token)).json().kind).toBe('device');
    await post('upgrade', newCredentials(), bearer(device.access_token));
    const second = await post('upgrade', newCredentials(), bearer(device.access_token));
    expect(second.json()).toMatchObject({ status: 409, code: 'accounts/already-upgraded' });
  });

  it('end a session, or all of them, at once', async () => {
    const credentials = newCredentials();
    const phone = await signUp(app, credentials);
    const tablet = (await post('login', credentials)).json();
    expect((await post('logout', undefined, bearer(phone.access_token))).statusCode).toBe(204);
    expect((await me(phone.access_token)).json().code).toBe('accounts/invalid-token');
    expect((await post('refresh', { refresh_token: phone.refresh_token })).statusCode).toBe(401);
    const browser = (await post('login', credentials)).json();
    expect((await post('logout-everywhere', undefined, bearer(tablet.access_token))).statusCode).toBe(204);
    for (const tokens of [tablet, browser]) {
      expect((await me(tokens.access_token)).statusCode).toBe(401);
      expect((await post('refresh', { refresh_token: tokens.refresh_token })).statusCode).toBe(401);
    }
  });

  it('change a password for who knows the present one, and end every other session', async () => {
    const credentials = newCredentials();
    const thief = await signUp(app, credentials);
    const holder = (await post('login', credentials)).json();
    const change = { current_password: credentials.password, new_password: 'trois chaises et un perchoir' };
    const wrong = await post('password', { ...change, current_password: 'faux' }, bearer(holder.access_token));
    expect(wrong.json()).toMatchObject({ status: 401, code: 'accounts/invalid-credentials' });
    expect((await post('password', change, bearer(holder.access_token))).statusCode).toBe(204);
    expect((await me(holder.access_token)).statusCode).toBe(200);
    expect((await me(thief.access_token)).statusCode).toBe(401);
    expect((await post('login', credentials)).statusCode).toBe(401);
    expect((await post('login', { ...credentials, password: change.new_password })).statusCode).toBe(200);
    const device = await signUp(app);
    const none = await post('password', change, bearer(device.access_token));
    expect(none.json()).toMatchObject({ status: 409, code: 'accounts/no-password' });
  });

  it('hand over all of one’s data, then erase it with the account', async () => {
    const credentials = newCredentials();
    const tokens = await signUp(app, credentials);
    shelf.set(tokens.account.id, ['mine']);
    const headers = bearer(tokens.access_token);
    const exported = await app.inject({ url: '/api/auth/me/export', headers });
    expect(exported.headers['content-disposition']).toContain('attachment');
    expect(exported.headers['cache-control']).toBe('private, no-store');
    expect(exported.json()).toMatchObject({
      account: { id: tokens.account.id, email: credentials.email },
      sessions: [{}],
      api_keys: [],
      shelf: ['mine'],
    });
    expect(exported.body).not.toContain('password_hash');

    expect((await app.inject({ method: 'DELETE', url: '/api/auth/me', headers })).statusCode).toBe(204);
    expect(shelf.has(tokens.account.id)).toBe(false);
    expect((await app.inject({ method: 'DELETE', url: '/api/auth/me', headers })).statusCode).toBe(401);
    expect((await post('login', credentials)).statusCode).toBe(401);
    for (const table of ['accounts', 'account_sessions', 'account_credentials', 'refresh_tokens', 'api_keys']) {
      const { rows } = await sql.raw<{ row: object }>(`select to_jsonb(t) as row from ${table} t`).execute(database.db);
      expect(JSON.stringify(rows), table).not.toContain(tokens.account.id);
    }
    expect((await post('register', credentials)).statusCode).toBe(201);
  });

  it('erase nothing of an account when a room cannot erase its part', async () => {
    const tokens = await signUp(app);
    const stuck = openAccounts(database, {
      personalData: [
        { name: 'stuck', export: async () => null, erase: () => Promise.reject(new Error('the disk is on fire')) },
      ],
    });
    await expect(stuck.erase(tokens.account.id)).rejects.toThrow('on fire');
    expect(await stuck.authenticateToken(tokens.access_token)).not.toBeNull();
    expect((await post('refresh', { refresh_token: tokens.refresh_token })).statusCode).toBe(200);
  });

  it('keep no address and no user agent of anybody, and could not', async () => {
    const headers = { 'x-forwarded-for': ADDRESS, 'x-real-ip': ADDRESS, 'user-agent': 'PhoneOfCamille/1.0' };
    const credentials = newCredentials();
    const first = await app.inject({ method: 'POST', url: '/api/auth/device', headers, remoteAddress: ADDRESS });
    await app.inject({
      method: 'POST',
      url: '/api/auth/register',
      headers,
      payload: credentials,
      remoteAddress: ADDRESS,
    });
    await app.inject({ method: 'POST', url: '/api/auth/login', headers, payload: credentials, remoteAddress: ADDRESS });
    await post('refresh', { refresh_token: first.json().refresh_token }, headers);
    const tables = await sql<{ name: string }>`
      select table_name as name from information_schema.tables where table_schema = 'public'`.execute(database.db);
    expect(tables.rows.map((row) => row.name)).toContain('account_sessions');
    for (const { name } of tables.rows) {
      const { rows } = await sql.raw(`select to_jsonb(t) from "${name}" t`).execute(database.db);
      expect(JSON.stringify(rows), name).not.toMatch(/203\.0\.113\.77|PhoneOfCamille|127\.0\.0\.1/);
    }
    await expect(sql`update account_sessions set ip_address = ${ADDRESS}`.execute(database.db)).rejects.toThrow(
      'check',
    );
  });

  it('use no cookies: none is given, none is taken for a token', async () => {
    const credentials = newCredentials();
    const device = await post('device');
    const answers = [device, await post('register', credentials), await post('login', credentials)];
    for (const answer of answers) expect(answer.headers['set-cookie']).toBeUndefined();
    const { rows } = await sql<{ token: string }>`select token from account_sessions limit 1`.execute(database.db);
    for (const token of [device.json().access_token, rows[0]?.token]) {
      const cookie = `better-auth.session_token=${token}; __Secure-better-auth.session_token=${token}`;
      const forged = await app.inject({ url: '/api/auth/me', headers: { cookie } });
      expect(forged.json()).toMatchObject({ status: 401, code: 'accounts/sign-in-required' });
      expect((await me(String(rows[0]?.token))).statusCode).toBe(401);
    }
  });

  it('give answers with tokens that no cache may keep', async () => {
    const tokens = await signUp(app);
    expect((await me(tokens.access_token)).headers['cache-control']).toContain('private');
    expect((await post('device')).headers['cache-control']).toBe('no-store');
    expect((await post('refresh', { refresh_token: tokens.refresh_token })).headers['cache-control']).toBe('no-store');
  });

  it.each([
    ['register', { email: 'not an address', password: 'long enough to be one' }],
    ['register', { email: 'a@localhost', password: 'long enough to be one' }],
    ['register', { email: 'a@example.org', password: 'short' }],
    ['register', { email: 'a@example.org', password: 'x'.repeat(129) }],
    ['register', { email: 'a@example.org', password: 'long enough to be one', role: 'administrator' }],
    ['login', { email: 'a@example.org' }],
    ['refresh', { refresh_token: '' }],
    ['refresh', {}],
  ])('refuse %s %j with 400', async (path, payload) => {
    const answer = await post(path, payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().code).toBe('http/invalid-request');
  });

  it.each(['upgrade', 'password'])('ask %s who it is before looking at what is asked', async (path) => {
    expect((await post(path, { surprise: true })).statusCode).toBe(401);
    const tokens = await signUp(app);
    expect((await post(path, { surprise: true }, bearer(tokens.access_token))).statusCode).toBe(400);
  });

  it('publish the public half of the signing keys only', async () => {
    const answer = await app.inject('/api/auth/jwks');
    expect(answer.headers['cache-control']).toBe('public, max-age=300');
    const [key] = answer.json().keys;
    expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA' });
    expect(Object.keys(key)).not.toContain('d');
    const { rows } = await sql<{ private_key: string }>`select private_key from signing_keys`.execute(database.db);
    expect(rows[0]?.private_key).not.toContain('Ed25519');
  });

  it('describe every operation with its errors and examples', async () => {
    const { paths, components } = (await app.inject('/openapi.json')).json();
    const own = Object.entries(paths).filter(([path]) => path.startsWith('/api/auth/'));
    expect(own.length).toBeGreaterThanOrEqual(12);
    for (const [path, operations] of own) {
      for (const operation of Object.values(operations as Record<string, Record<string, unknown>>)) {
        expect(operation.summary, path).toContain(' / ');
        expect(operation.description, path).toContain(' / ');
      }
    }
    expect(
      paths['/api/auth/register'].post.responses['409'].content['application/problem+json'].examples,
    ).toHaveProperty('accounts/email-taken');
    expect(components.schemas.SignedIn.examples).toHaveLength(1);
  });
});

import { generateKeyPair, SignJWT } from 'jose';
import type { KyselyPlugin } from 'kysely';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN_TOKEN,
  bearer,
  clockAhead,
  newCredentials,
  openAccounts,
  PUBLIC_URL,
} from '../../tests/support/accounts.ts';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import type { Accounts, Principal } from './index.ts';
import { allows, keyScopes, type Needs, ROLE_SCOPES } from './principal.ts';

const someone = (change: Partial<Principal>): Principal => ({
  via: 'session',
  accountId: 'a',
  sessionId: 's',
  role: 'listener',
  scopes: ROLE_SCOPES[change.role ?? 'listener'],
  ...change,
});
const key = someone({ via: 'api-key', sessionId: null, role: 'administrator', scopes: new Set(['metrics:read']) });

describe('what a principal may do', () => {
  it.each<[string, Principal, Needs, boolean]>([
    ['a listener, their library', someone({}), { scope: 'library' }, true],
    ['a listener, the metrics', someone({}), { scope: 'metrics:read' }, false],
    ['a listener, an operator’s work', someone({}), { role: 'operator' }, false],
    ['an operator, an operator’s work', someone({ role: 'operator' }), { role: 'operator' }, true],
    ['an operator, an administrator’s work', someone({ role: 'operator' }), { role: 'administrator' }, false],
    ['an operator, the register', someone({ role: 'operator' }), { scope: 'debates:write' }, false],
    ['an administrator, an operator’s work', someone({ role: 'administrator' }), { role: 'operator' }, true],
    ['an administrator, the register', someone({ role: 'administrator' }), { scope: 'debates:write' }, true],
    ['a key, what it was given', key, { scope: 'metrics:read' }, true],
    ['a key, what its owner may', key, { scope: 'debates:write' }, false],
    ['a key, its owner’s role', key, { role: 'listener' }, false],
    ['a key, both named', key, { role: 'operator', scope: 'metrics:read' }, true],
  ])('%s', (_, principal, needs, allowed) => {
    expect(allows(principal, needs)).toBe(allowed);
  });

  it('shrinks for a key when its owner’s role does', () => {
    expect([...keyScopes(['metrics:read', 'debates:write', 'bogus'], 'operator')]).toEqual(['metrics:read']);
    expect([...keyScopes(['metrics:read'], 'listener')]).toEqual([]);
  });
});

describe('the guard', () => {
  let database: TestDatabase;
  let accounts: Accounts;
  let queries = 0;
  const clock = clockAhead();
  const counter: KyselyPlugin = {
    transformQuery: ({ node }) => {
      queries += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  beforeAll(async () => {
    database = await openTestDatabase();
    accounts = openAccounts({ db: database.db.withPlugin(counter), listen: database.listen }, { clock });
    await accounts.start();
  });
  afterAll(async () => {
    await accounts.close();
    await database.close();
  });
  const request = (token?: string) => ({ headers: token === undefined ? {} : bearer(token) });
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'done',
      (error) => error.code,
    );

  it('knows who asks without asking the database', async () => {
    const listeners = await Promise.all([1, 2, 3].map(() => accounts.signInDevice()));
    await accounts.jwks();
    queries = 0;
    for (const { accessToken, account } of listeners) {
      expect(await accounts.authenticate(request(accessToken))).toMatchObject({ accountId: account.id });
      expect(await accounts.authenticate(request(accessToken))).toMatchObject({ accountId: account.id });
    }
    expect(queries).toBe(0);
  });

  it('names the account to count requests by, at once when its token was seen before, and for forged ones nobody', async () => {
    const { accessToken, account } = await accounts.signInDevice();
    queries = 0;
    expect(await accounts.accountOf(request(accessToken))).toBe(account.id);
    expect(accounts.accountOf(request(accessToken))).toBe(account.id);
    expect(await accounts.accountOf(request(`${accessToken.slice(0, -3)}AAA`))).toBeNull();
    expect(accounts.accountOf(request(ADMIN_TOKEN))).toBeNull();
    expect(accounts.accountOf(request())).toBeNull();
    expect(queries).toBe(0);
  });

  it('does not let invented key ids ask the database each time', async () => {
    const { privateKey } = await generateKeyPair('EdDSA');
    const forge = (kid: string): Promise<string> =>
      new SignJWT({ sid: 's', role: 'administrator' })
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .setSubject('a')
        .setIssuer(PUBLIC_URL)
        .setAudience(PUBLIC_URL)
        .setExpirationTime('10m')
        .sign(privateKey);
    await accounts.jwks();
    queries = 0;
    for (let number = 0; number < 20; number += 1) {
      expect(await accounts.authenticateToken(await forge(`k${number}`))).toBeNull();
    }
    expect(queries).toBeLessThanOrEqual(1);
    const { keys } = await accounts.jwks();
    expect(await accounts.authenticateToken(await forge(String(keys[0]?.kid)))).toBeNull();
  });

  it('takes a key that another process began to sign with', async () => {
    await sql`delete from signing_keys`.execute(database.db);
    const elsewhere = openAccounts(database, { clock });
    const { accessToken, account } = await elsewhere.signInDevice();
    clock.advanceSeconds(6);
    expect(await accounts.authenticateToken(accessToken)).toMatchObject({ accountId: account.id });
  });

  it.each([
    ['nothing', undefined, 'accounts/sign-in-required'],
    ['a word', 'hello', 'accounts/invalid-token'],
    ['an unsigned token', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.', 'accounts/invalid-token'],
    ['a key that was never given', `robian_${'x'.repeat(64)}`, 'accounts/invalid-token'],
  ])('refuses %s', async (_, token, code) => {
    expect(await codeOf(accounts.require(request(token), {}))).toBe(code);
    expect(await accounts.authenticate(request(token))).toBeNull();
  });

  it('refuses a token whose claims were changed', async () => {
    const { accessToken } = await accounts.signInDevice();
    const [header, payload, signature] = accessToken.split('.');
    const claims = JSON.parse(Buffer.from(String(payload), 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, role: 'administrator' })).toString('base64url');
    expect(await accounts.authenticateToken(`${header}.${forged}.${signature}`)).toBeNull();
  });

  it('takes the operator’s static token for an operator’s work, and not for anybody’s account', async () => {
    const operator = request(ADMIN_TOKEN);
    expect(await accounts.require(operator, { scope: 'extraction:manage' })).toMatchObject({ via: 'admin-token' });
    expect(await codeOf(accounts.require(operator, { scope: 'library' }))).toBe('accounts/forbidden');
    expect(await codeOf(accounts.holder(operator))).toBe('accounts/session-required');
    const without = openAccounts(database, { adminToken: undefined });
    expect(await without.authenticateToken(ADMIN_TOKEN)).toBeNull();
  });

  it('lets the owner of a thing, an operator and the static token manage it, and nobody else', async () => {
    const owner = await accounts.signInDevice();
    const other = await accounts.signInDevice();
    const credentials = newCredentials();
    await accounts.create(credentials, 'operator');
    const operator = await accounts.signIn(credentials);
    const manage = (token: string | undefined, ownerId: string | null): Promise<unknown> =>
      codeOf(accounts.authorise(request(token), { scope: 'extraction:manage' }, async () => ownerId));
    expect(await manage(owner.accessToken, owner.account.id)).toBe('done');
    expect(await manage(operator.accessToken, owner.account.id)).toBe('done');
    expect(await manage(ADMIN_TOKEN, owner.account.id)).toBe('done');
    expect(await manage(other.accessToken, owner.account.id)).toBe('accounts/forbidden');
    expect(await manage(other.accessToken, null)).toBe('accounts/forbidden');
    expect(await manage(undefined, owner.account.id)).toBe('accounts/sign-in-required');
  });

  it('will not start with another secret than the one that the keys were encrypted with', async () => {
    const other = openAccounts(database, { secret: 'Zq7wE2rT9yU4iO1pA6sD3fG8hJ5kL0xC' });
    await expect(other.start()).rejects.toThrow('JWT_SECRET');
    await other.close();
  });
});

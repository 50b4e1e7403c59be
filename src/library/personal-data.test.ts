import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, bearer } from '../../tests/support/accounts.ts';
import { type LibraryBench, type Listener, openLibraryBench } from '../../tests/support/library.ts';

describe('a listener’s library', () => {
  let bench: LibraryBench;
  beforeAll(async () => {
    bench = await openLibraryBench();
  });
  afterAll(() => bench.close());

  async function fill(listener: Listener): Promise<string> {
    await listener.ask('POST', 'favorites/1_a');
    await listener.ask('POST', 'favorites/2_a');
    const { id } = (await listener.ask('POST', 'collections', { name: 'Budget' })).json();
    await listener.ask('POST', `collections/${id}/debates`, { debate_id: '3_a' });
    await listener.ask('POST', `collections/${id}/share`);
    await listener.ask('PUT', 'positions', {
      positions: [{ debate_id: '1_a', position_ms: 5, device_id: 'phone', recorded_at: '2026-11-20T12:00:00Z' }],
    });
    return id;
  }

  it('is exported whole', async () => {
    const listener = await bench.listener();
    const id = await fill(listener);
    const exported = (await listener.ask('GET', 'auth/me/export')).json();
    expect(exported.library).toMatchObject({
      favorites: [{ debate_id: '2_a' }, { debate_id: '1_a' }],
      collections: [{ id, name: 'Budget', debates: [{ debate_id: '3_a' }] }],
      positions: [{ debate_id: '1_a', position_ms: 5 }],
      position_history: [{ debate_id: '1_a', position_ms: 5, device_id: 'phone' }],
    });
  });

  it('stays with a device account that gets an address and a password', async () => {
    const listener = await bench.listener();
    await fill(listener);
    const before = (await listener.ask('GET', 'auth/me/export')).json().library;
    await listener.ask('POST', 'auth/upgrade', { email: 'kept@example.org', password: 'deux chaises et un perchoir' });
    expect((await listener.ask('GET', 'auth/me/export')).json().library).toEqual(before);
  });

  it('is erased with the account, and counted no more', async () => {
    const [leaving, staying] = [await bench.listener(), await bench.listener()];
    await fill(leaving);
    await fill(staying);
    const counted = (await bench.debates.get('1_a')).favoriteCount;
    expect((await leaving.ask('DELETE', 'auth/me')).statusCode).toBe(204);
    expect((await bench.debates.get('1_a')).favoriteCount).toBe(counted - 1);
    const { rows } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables where table_schema = 'public'`.execute(
      bench.database.db,
    );
    for (const { name } of rows) {
      const content = await sql.raw(`select to_jsonb(t) from "${name}" t`).execute(bench.database.db);
      expect(JSON.stringify(content.rows), name).not.toContain(leaving.id);
    }
    expect((await staying.ask('GET', 'favorites')).json()).toHaveLength(2);
  });

  it('takes no more from a token that outlives its account by some minutes', async () => {
    const listener = await bench.listener();
    const { id } = (await listener.ask('POST', 'collections', { name: 'x' })).json();
    // As in another process that has not heard of the erasure: the row goes, the token is still believed.
    await sql`delete from accounts where id = ${listener.id}`.execute(bench.database.db);
    const late = [
      await listener.ask('POST', 'favorites/1_a'),
      await listener.ask('POST', 'collections', { name: 'late' }),
      await listener.ask('PUT', 'positions', {
        positions: [{ debate_id: '1_a', position_ms: 5, device_id: 'phone', recorded_at: '2026-11-20T12:00:00Z' }],
      }),
    ];
    for (const answer of late) expect(answer.json()).toMatchObject({ status: 401, code: 'accounts/invalid-token' });
    expect((await listener.ask('GET', `collections/${id}`)).statusCode).toBe(404);
  });

  const operations = [
    ['GET', 'favorites'],
    ['POST', 'favorites/1_a'],
    ['DELETE', 'favorites/1_a'],
    ['GET', 'collections'],
    ['POST', 'collections'],
    ['GET', 'collections/x'],
    ['PUT', 'collections/x'],
    ['DELETE', 'collections/x'],
    ['POST', 'collections/x/share'],
    ['DELETE', 'collections/x/share'],
    ['POST', 'collections/x/debates'],
    ['PUT', 'collections/x/debates/1_a'],
    ['DELETE', 'collections/x/debates/1_a'],
    ['GET', 'positions'],
    ['PUT', 'positions'],
    ['GET', 'positions/1_a'],
  ] as const;

  it.each(operations)('asks %s %s first who it is, before what is asked', async (method, path) => {
    const nobody = { method, url: `/api/${path}?surprise=1` };
    expect((await bench.app.inject(nobody)).json()).toMatchObject({ status: 401, code: 'accounts/sign-in-required' });
    expect((await bench.app.inject({ ...nobody, headers: bearer('wrong') })).json()).toMatchObject({
      status: 401,
      code: 'accounts/invalid-token',
    });
    expect((await bench.app.inject({ ...nobody, headers: bearer(ADMIN_TOKEN) })).json()).toMatchObject({
      status: 403,
      code: 'accounts/forbidden',
    });
    expect((await (await bench.listener()).ask(method, `${path}?surprise=1`)).statusCode).toBe(400);
  });

  it('describes every operation, with its errors and its scope', async () => {
    const { paths } = (await bench.app.inject('/openapi.json')).json();
    for (const [method, path] of operations) {
      const template = `/api/${path.replace('collections/x', 'collections/{collection_id}').replace('1_a', '{debate_id}')}`;
      const operation = paths[template]?.[method.toLowerCase()];
      expect(operation, template).toBeDefined();
      expect(operation.summary).toContain(' / ');
      expect(operation['x-scope']).toBe('library');
      expect(operation.security).toEqual([{ account: [] }]);
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['400', '401', '403']));
    }
  });
});

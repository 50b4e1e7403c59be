import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LibraryBench, type Listener, openLibraryBench } from '../../tests/support/library.ts';
import { COLLECTION_DEBATES_MAX, COLLECTIONS_MAX } from './limits.ts';

describe('collections', () => {
  let bench: LibraryBench;
  beforeAll(async () => {
    bench = await openLibraryBench();
  });
  afterAll(() => bench.close());

  const make = async (listener: Listener, name = 'Budget'): Promise<{ id: string }> =>
    (await listener.ask('POST', 'collections/', { name })).json();
  const debatesOf = async (listener: Listener, id: string): Promise<string[]> =>
    (await listener.ask('GET', `collections/${id}`)).json().debates.map((one: { debate_id: string }) => one.debate_id);
  const names = async (listener: Listener): Promise<string[]> =>
    (await listener.ask('GET', 'collections/?per_page=100')).json().map((one: { name: string }) => one.name);
  const without = (answer: { json(): object }) => ({ ...answer.json(), instance: '' });

  it('are made, renamed, described and removed', async () => {
    const listener = await bench.listener();
    const made = await listener.ask('POST', 'collections', { name: 'Budget' });
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({
      name: 'Budget',
      description: '',
      position: 1,
      debate_count: 0,
      share_url: null,
    });
    expect(made.headers.location).toBe(`https://robian.example/api/collections/${made.json().id}`);
    const path = `collections/${made.json().id}`;
    expect((await listener.ask('PUT', path, { name: 'Budget 2027' })).json()).toMatchObject({ name: 'Budget 2027' });
    const described = await listener.ask('PUT', path, { description: 'À écouter\navant le vote' });
    expect(described.json()).toMatchObject({ name: 'Budget 2027', description: 'À écouter\navant le vote' });
    expect((await listener.ask('DELETE', path)).statusCode).toBe(204);
    expect((await listener.ask('GET', path)).json()).toMatchObject({
      status: 404,
      code: 'library/collection-not-found',
    });
    expect((await listener.ask('DELETE', path)).statusCode).toBe(404);
  });

  it('hold debates in the listener’s order, each once', async () => {
    const listener = await bench.listener();
    const { id } = await make(listener);
    for (const debate of ['1_a', '2_a', '3_a']) {
      const added = await listener.ask('POST', `collections/${id}/debates`, { debate_id: debate });
      expect(added.statusCode).toBe(201);
    }
    const again = await listener.ask('POST', `collections/${id}/debates`, { debate_id: '1_a' });
    expect(again.statusCode).toBe(200);
    expect(again.json()).toMatchObject({ debate_id: '1_a', position: 1, debate: { title: 'Séance 1_a' } });
    const moved = await listener.ask('PUT', `collections/${id}/debates/3_a`, { position: 1 });
    expect(moved.json()).toMatchObject({ debate_id: '3_a', position: 1 });
    expect(await debatesOf(listener, id)).toEqual(['3_a', '1_a', '2_a']);
    for (const _ of ['once', 'twice'])
      expect((await listener.ask('DELETE', `collections/${id}/debates/1_a`)).statusCode).toBe(204);
    expect((await listener.ask('GET', `collections/${id}`)).json()).toMatchObject({
      debate_count: 2,
      debates: [
        { debate_id: '3_a', position: 1 },
        { debate_id: '2_a', position: 2 },
      ],
    });
    const absent = await listener.ask('PUT', `collections/${id}/debates/1_a`, { position: 1 });
    expect(absent.json()).toMatchObject({ status: 404, code: 'library/not-in-collection' });
    const unknown = await listener.ask('POST', `collections/${id}/debates`, { debate_id: 'nope' });
    expect(unknown.json()).toMatchObject({ status: 404, code: 'debates/not-found' });
  });

  it('keep an order without holes or doubles through any moves, additions and removals', async () => {
    const listener = await bench.listener();
    const debateIds = ['1_a', '2_a', '3_a', '4_a', '5_a', '6_a'];
    const step = fc.record({
      what: fc.constantFrom('add', 'add', 'move', 'remove'),
      debate: fc.constantFrom(...debateIds),
      to: fc.integer({ min: 1, max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { id } = await bench.library.collections.create(listener.id, { name: 'x', description: '' });
        let expected: string[] = [];
        for (const { what, debate, to } of steps) {
          const present = expected.includes(debate);
          if (what === 'add') {
            await bench.library.collections.addDebate(listener.id, id, debate);
            if (!present) expected.push(debate);
          } else if (what === 'remove') {
            await bench.library.collections.removeDebate(listener.id, id, debate);
            expected = expected.filter((one) => one !== debate);
          } else if (present) {
            await bench.library.collections.moveDebate(listener.id, id, debate, to);
            expected = expected.filter((one) => one !== debate);
            expected.splice(to - 1, 0, debate);
          }
        }
        const entries = await bench.library.collections.entries(id);
        expect(entries.map((entry) => entry.debateId)).toEqual(expected);
        expect(entries.map((entry) => entry.position)).toEqual(expected.map((_, index) => index + 1));
        await bench.library.collections.remove(listener.id, id);
      }),
      { numRuns: 15 },
    );
  });

  it('stand in the listener’s own order too', async () => {
    const listener = await bench.listener();
    const [a, b, c] = [await make(listener, 'a'), await make(listener, 'b'), await make(listener, 'c')];
    await listener.ask('PUT', `collections/${c.id}`, { position: 1 });
    expect(await names(listener)).toEqual(['c', 'a', 'b']);
    await listener.ask('PUT', `collections/${c.id}`, { position: 400 });
    expect(await names(listener)).toEqual(['a', 'b', 'c']);
    await listener.ask('DELETE', `collections/${a.id}`);
    expect((await listener.ask('GET', `collections/${b.id}`)).json().position).toBe(1);
    await make(listener, 'd');
    const page = await listener.ask('GET', 'collections/?per_page=2');
    expect(page.headers['x-total-count']).toBe('3');
    const next = /<https:\/\/robian\.example\/api\/([^>]+)>; rel="next"/.exec(String(page.headers.link))?.[1];
    expect((await listener.ask('GET', String(next))).json()).toMatchObject([{ name: 'd', position: 3 }]);
  });

  it('come out right when several devices write at once', async () => {
    const listener = await bench.listener();
    const { id } = await make(listener);
    await Promise.all(
      ['1_a', '2_a', '3_a', '4_a', '5_a'].map((debate) =>
        listener.ask('POST', `collections/${id}/debates`, { debate_id: debate }),
      ),
    );
    const { debates } = (await listener.ask('GET', `collections/${id}`)).json();
    expect(debates.map((one: { position: number }) => one.position)).toEqual([1, 2, 3, 4, 5]);
  });

  it('of another do not exist: the same answer in every word and header, and nothing changed', async () => {
    const owner = await bench.listener();
    const { id } = await make(owner, 'private');
    await owner.ask('POST', `collections/${id}/debates`, { debate_id: '1_a' });
    const other = await bench.listener();
    const missing = '00000000-0000-4000-8000-000000000000';
    const requests = [
      ['GET', '', undefined],
      ['PUT', '', { name: 'mine now' }],
      ['DELETE', '', undefined],
      ['POST', '/share', undefined],
      ['DELETE', '/share', undefined],
      ['POST', '/debates', { debate_id: '2_a' }],
      ['PUT', '/debates/1_a', { position: 1 }],
      ['DELETE', '/debates/1_a', undefined],
    ] as const;
    for (const [method, path, payload] of requests) {
      const theirs = await other.ask(method, `collections/${id}${path}`, payload);
      const none = await other.ask(method, `collections/${missing}${path}`, payload);
      expect(theirs.statusCode, `${method} ${path}`).toBe(404);
      expect(without(theirs)).toEqual(without(none));
      const stable = ({ 'x-request-id': _, date: __, ...headers }: Record<string, unknown>) => headers;
      expect(stable(theirs.headers)).toEqual(stable(none.headers));
    }
    expect(await names(other)).toEqual([]);
    expect(await names(owner)).toEqual(['private']);
    expect(await debatesOf(owner, id)).toEqual(['1_a']);
  });

  it('are shared by a link that cannot be guessed, says nothing of the owner, and can be taken back', async () => {
    const owner = await bench.listener();
    const { id } = await make(owner, 'à partager');
    await owner.ask('POST', `collections/${id}/debates`, { debate_id: '1_a' });
    const { share_url: url } = (await owner.ask('POST', `collections/${id}/share`)).json();
    expect(url).toMatch(/^https:\/\/robian\.example\/api\/shared\/collections\/[\w-]{32}$/);
    expect((await owner.ask('POST', `collections/${id}/share`)).json().share_url).toBe(url);
    const path = new URL(url).pathname;
    const seen = await bench.app.inject(path);
    expect(seen.json()).toMatchObject({
      name: 'à partager',
      debates: [{ debate_id: '1_a', debate: { title: 'Séance 1_a' } }],
    });
    expect(seen.headers['x-robots-tag']).toBe('noindex');
    for (const secret of [owner.id, id]) expect(seen.body).not.toContain(secret);
    expect((await owner.ask('DELETE', `collections/${id}/share`)).json().share_url).toBeNull();
    expect((await bench.app.inject(path)).json()).toMatchObject({
      status: 404,
      code: 'library/shared-collection-not-found',
    });
    const again = (await owner.ask('POST', `collections/${id}/share`)).json().share_url;
    expect(again).not.toBe(url);
    await owner.ask('DELETE', `collections/${id}`);
    expect((await bench.app.inject(new URL(again).pathname)).statusCode).toBe(404);
  });

  it('are bounded, and so are the debates in them', async () => {
    const listener = await bench.listener();
    const { id } = await make(listener);
    await sql`insert into collections (id, account_id, name, description, position)
      select gen_random_uuid()::text, ${listener.id}, '', '', n from generate_series(2, ${COLLECTIONS_MAX}) n`.execute(
      bench.database.db,
    );
    const many = await listener.ask('POST', 'collections/', { name: 'one more' });
    expect(many.json()).toMatchObject({ status: 409, code: 'library/too-many-collections' });
    await sql`
      insert into debates (id, source, title, title_key, description, type, sitting_state, day, sorts_at, search_text, facts_sha256)
      select 'fill-' || n, 'portal', '', '', '', 'autre', 'ended', '2020-01-01', '2020-01-01', '', ''
      from generate_series(1, ${COLLECTION_DEBATES_MAX}) n`.execute(bench.database.db);
    await sql`insert into collection_debates (collection_id, debate_id, position)
      select ${id}, 'fill-' || n, n from generate_series(1, ${COLLECTION_DEBATES_MAX}) n`.execute(bench.database.db);
    const full = await listener.ask('POST', `collections/${id}/debates`, { debate_id: '1_a' });
    expect(full.json()).toMatchObject({ status: 409, code: 'library/too-many-debates' });
    const whole = await listener.ask('GET', `collections/${id}`);
    expect(whole.json().debates).toHaveLength(COLLECTION_DEBATES_MAX);
    await sql`delete from collections where account_id = ${listener.id}`.execute(bench.database.db);
  });

  it.each([
    ['no name', 'POST', 'collections', {}],
    ['a blank name', 'POST', 'collections', { name: '  ' }],
    ['a name of two lines', 'POST', 'collections', { name: 'a\nb' }],
    ['the character 0', 'POST', 'collections', { name: 'x', description: 'a\u0000b' }],
    ['a name without end', 'POST', 'collections', { name: 'x'.repeat(201) }],
    ['an unknown field', 'POST', 'collections', { name: 'x', account_id: 'y' }],
    ['a change of nothing', 'PUT', 'collections/x', {}],
    ['a place before the first', 'PUT', 'collections/x/debates/1_a', { position: 0 }],
  ] as const)('refuse %s', async (_, method, path, payload) => {
    const answer = await (await bench.listener()).ask(method, path, payload);
    expect(answer.json()).toMatchObject({ status: 400, code: 'http/invalid-request' });
  });
});

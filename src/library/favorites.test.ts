import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LibraryBench, type Listener, openLibraryBench } from '../../tests/support/library.ts';
import { sampleDebate } from '../../tests/support/sample-debate.ts';
import { FAVORITES_MAX } from './limits.ts';

describe('favourites', () => {
  let bench: LibraryBench;
  beforeAll(async () => {
    bench = await openLibraryBench();
  });
  afterAll(() => bench.close());

  const ids = async (listener: Listener): Promise<string[]> =>
    (await listener.ask('GET', 'favorites/')).json().map((one: { debate_id: string }) => one.debate_id);
  const countOf = async (id: string): Promise<number> => (await bench.debates.get(id)).favoriteCount;

  it('are added once however often they are added, and removed likewise, with a true count', async () => {
    const [one, two] = [await bench.listener(), await bench.listener()];
    expect((await one.ask('POST', 'favorites/1_a')).statusCode).toBe(201);
    const again = await one.ask('POST', 'favorites/1_a');
    expect(again.statusCode).toBe(200);
    expect(again.json()).toMatchObject({ debate_id: '1_a', debate: { id: '1_a', title: 'Séance 1_a' } });
    await two.ask('POST', 'favorites/1_a');
    expect(await countOf('1_a')).toBe(2);
    for (const _ of ['once', 'twice']) expect((await one.ask('DELETE', 'favorites/1_a')).statusCode).toBe(204);
    expect(await countOf('1_a')).toBe(1);
    expect(await ids(one)).toEqual([]);
    expect(await ids(two)).toEqual(['1_a']);
  });

  it('count once when the same listener adds one from two devices at once', async () => {
    const listener = await bench.listener();
    const answers = await Promise.all([1, 2, 3].map(() => listener.ask('POST', 'favorites/2_a')));
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 200, 201]);
    expect(await countOf('2_a')).toBe(1);
  });

  it('are of the debate, by whatever id it was known', async () => {
    await bench.debates.record(sampleDebate('9_z', { meetingId: 'RUANR5L17S2027IDS1' }));
    const listener = await bench.listener();
    const added = await listener.ask('POST', 'favorites/RUANR5L17S2027IDS1');
    expect(added.json().debate_id).toBe('9_z');
    expect((await listener.ask('POST', 'favorites/9_z')).statusCode).toBe(200);
    await listener.ask('DELETE', 'favorites/RUANR5L17S2027IDS1');
    expect(await countOf('9_z')).toBe(0);
  });

  it('are listed newest first, in pages', async () => {
    const listener = await bench.listener();
    for (const id of ['1_a', '2_a', '3_a']) await listener.ask('POST', `favorites/${id}`);
    expect(await ids(listener)).toEqual(['3_a', '2_a', '1_a']);
    const first = await listener.ask('GET', 'favorites/?per_page=2');
    expect(first.headers['x-total-count']).toBe('3');
    expect(first.headers['cache-control']).toContain('private');
    const next = /<https:\/\/robian\.example\/api\/([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1];
    const second = await listener.ask('GET', String(next));
    expect(second.json()).toMatchObject([{ debate_id: '1_a' }]);
    expect((await listener.ask('GET', 'favorites/?page=2&per_page=2')).json()).toEqual(second.json());
  });

  it('tell those who look at the debate that its count changed', async () => {
    const listener = await bench.listener();
    const before = await bench.events.lastId();
    const { updatedAt } = await bench.debates.get('4_a');
    await listener.ask('POST', 'favorites/4_a');
    await listener.ask('POST', 'favorites/4_a');
    expect(await bench.events.readAfter(before, 10)).toMatchObject([
      { type: 'debate_updated', channel: 'debate:4_a', data: { debate_id: '4_a' } },
    ]);
    expect((await bench.debates.get('4_a')).updatedAt).toEqual(updatedAt);
  });

  it('are bounded', async () => {
    const listener = await bench.listener();
    await sql`
      insert into debates (id, source, title, title_key, description, type, sitting_state, day, sorts_at, search_text, facts_sha256)
      select 'many-' || n, 'portal', '', '', '', 'autre', 'ended', '2020-01-01', '2020-01-01', '', ''
      from generate_series(1, ${FAVORITES_MAX}) n`.execute(bench.database.db);
    await sql`insert into favorites (account_id, debate_id)
      select ${listener.id}, 'many-' || n from generate_series(1, ${FAVORITES_MAX}) n`.execute(bench.database.db);
    const refused = await listener.ask('POST', 'favorites/1_a');
    expect(refused.json()).toMatchObject({ status: 409, code: 'library/too-many-favorites' });
    await sql`delete from favorites where account_id = ${listener.id}`.execute(bench.database.db);
  });

  it.each([
    ['an unknown debate', 'POST', 'favorites/nope', 404, 'debates/not-found'],
    ['the removal of an unknown debate', 'DELETE', 'favorites/nope', 404, 'debates/not-found'],
    ['an impossible id', 'POST', `favorites/${'x'.repeat(101)}`, 400, 'http/invalid-request'],
    ['the character 0', 'POST', 'favorites/a%00b', 400, 'http/invalid-request'],
    ['an unknown parameter', 'GET', 'favorites/?colour=red', 400, 'http/invalid-request'],
    [
      'a cursor of our form with a wrong value',
      'GET',
      cursor(['favorites', 'yesterday', 'x']),
      400,
      'http/invalid-cursor',
    ],
    ['a cursor of another list', 'GET', cursor(['collections', 3, 'x']), 400, 'http/invalid-cursor'],
  ] as const)('refuse %s', async (_, method, path, status, code) => {
    const answer = await (await bench.listener()).ask(method, path);
    expect(answer.json()).toMatchObject({ status, code });
  });
});

function cursor(content: unknown[]): string {
  return `favorites/?cursor=${Buffer.from(JSON.stringify(content)).toString('base64url')}`;
}

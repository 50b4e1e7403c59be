import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { createEvents, type EventRecord, type Events } from './index.ts';

describe('events', () => {
  let database: TestDatabase;
  let events: Events;
  const errors: unknown[] = [];
  beforeAll(async () => {
    database = await openTestDatabase();
    events = createEvents({ database, onError: (error) => errors.push(error) });
  });
  afterAll(async () => {
    await events.close();
    await database.close();
  });

  const append = (type: string): Promise<void> =>
    database.db.transaction().execute((trx) => events.append(trx, { type, channel: 'debates', data: { type } }));

  it('are numbered in the order of commits and read from any number on', async () => {
    const before = await events.lastId();
    await append('first');
    await append('second');
    const read = await events.readAfter(before, 10);
    expect(read.map((event) => event.type)).toEqual(['first', 'second']);
    expect(read[1]?.data).toEqual({ type: 'second' });
    const [first] = read;
    expect((await events.readAfter(first?.id ?? 0, 10)).map((event) => event.type)).toEqual(['second']);
  });

  it('vanish with the change that was rolled back', async () => {
    const before = await events.lastId();
    await expect(
      database.db.transaction().execute(async (trx) => {
        await events.append(trx, { type: 'lost', channel: 'debates', data: {} });
        throw new Error('change refused');
      }),
    ).rejects.toThrow('change refused');
    expect(await events.lastId()).toBe(before);
  });

  it('reach a subscriber once, in order, even when another listener throws', async () => {
    const received: EventRecord[] = [];
    const done = Promise.withResolvers<void>();
    await events.subscribe(() => {
      throw new Error('a broken listener');
    });
    const stop = await events.subscribe((event) => {
      received.push(event);
      if (received.length === 20) done.resolve();
    });
    await Promise.all(Array.from({ length: 20 }, (_, position) => append(`e${position}`)));
    await done.promise;
    stop();
    const ids = received.map((event) => event.id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(new Set(ids).size).toBe(20);
    expect(errors.length).toBeGreaterThanOrEqual(20);
  });

  it('are pruned by age', async () => {
    await append('old');
    await sql`update events set created_at = now() - interval '40 days'`.execute(database.db);
    await append('new');
    await events.prune(30);
    expect((await events.readAfter(0, 100)).map((event) => event.type)).toEqual(['new']);
  });
});

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { sampleDebate } from '../../tests/support/sample-debate.ts';
import { createDebates } from '../debates/index.ts';
import { createEvents, type Events } from '../platform/events/index.ts';
import { type Walk, walkHits } from './search-walk.ts';

const DEBATES = 12;
const SENTENCES = 7;

let database: TestDatabase;
let events: Events;

/** Every third sentence speaks of water; debates 4 and 5 begin at the same time. */
beforeAll(async () => {
  database = await openTestDatabase();
  events = createEvents({ database, onError: () => undefined });
  const debates = createDebates({ db: database.db, events });
  for (let number = 0; number < DEBATES; number += 1) {
    const id = `${100 + number}_6ac548b9aa001`;
    const startsAt = new Date(Date.UTC(2026, 0, number === 5 ? 5 : number + 1));
    await debates.record(sampleDebate(id, { startsAt: startsAt.toISOString() }));
    for (let position = 0; position < SENTENCES; position += 1) {
      const text = position % 3 === 0 ? 'Il faut parler de la rivière.' : 'La séance continue.';
      await sql`insert into cues (debate_id, position, kind, source, text, sorts_at)
        values (${id}, ${position}, 'speech', 'record', ${text}, ${startsAt})`.execute(database.db);
    }
  }
});

afterAll(async () => {
  await events.close();
  await database.close();
});

/** Each step takes as long as is said, whatever the machine does. */
const find = (walk: Walk, { debates = 4, hits = 250, stepMs = 10 } = {}) => {
  let nowMs = 0;
  const clock = {
    monotonicMs: () => {
      nowMs += stepMs;
      return nowMs;
    },
  };
  return walkHits({ db: database.db, clock, pace: { debates, hits } }, { q: 'rivières' }, walk);
};
const ALL = { after: null, limit: 1_000 } as const;

describe.each(['asc', 'desc'] as const)('in order %s', (order) => {
  test.each([
    [{ debates: 1, hits: 1 }],
    [{ debates: 1, hits: 2 }],
    [{ debates: 3, hits: 250 }],
    [{ debates: 2, hits: 250, stepMs: 0 }],
    [{ debates: 8, hits: 5, stepMs: 100 }],
  ])('how long steps are changes nothing in what is found: %j', async (pace) => {
    const whole = await find({ ...ALL, order }, { debates: 1_000, hits: 1_000 });
    expect(whole).toHaveLength(DEBATES * 3);
    expect(await find({ ...ALL, order }, pace)).toEqual(whole);
    expect(await find({ after: null, limit: 5, order }, pace)).toEqual(whole.slice(0, 5));
    for (const at of [0, 10, 13, whole.length - 1]) {
      const place = whole[at];
      if (place === undefined) throw new Error('there are as many hits');
      const after = { ...place, sortsAt: place.sortsAt.toISOString() };
      expect(await find({ after, limit: 1_000, order }, pace)).toEqual(whole.slice(at + 1));
    }
  });
});

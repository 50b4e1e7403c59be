import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { changedTags, createDebates, type Debates, registerDebatesRoutes, type Total } from '../src/debates/index.ts';
import { createTaggedCache, followEvents } from '../src/platform/cache/index.ts';
import { systemClock } from '../src/platform/clock/index.ts';
import { type Database, openDatabase } from '../src/platform/database/index.ts';
import { createEvents } from '../src/platform/events/index.ts';
import { type App, createAnswerCache, createHttpServer } from '../src/platform/http/index.ts';
import { createLogger } from '../src/platform/telemetry/index.ts';
import { openTestDatabase, type TestDatabase } from './support/database.ts';
import { sampleDebate } from './support/sample-debate.ts';

interface Instance {
  app: App;
  debates: Debates;
  hits(): number;
  close(): Promise<void>;
}

/** One process of several: its own connections, its own memory. Embedded, where there is one process only, its own memory. */
async function openInstance(shared: TestDatabase): Promise<Instance> {
  const own: Database =
    shared.url === undefined
      ? { ...shared, close: async () => undefined }
      : await openDatabase({
          url: shared.url,
          dataDir: shared.dataDir,
          clock: systemClock,
          onFatal: () => undefined,
          onWarning: () => undefined,
        });
  const events = createEvents({ database: own, onError: () => undefined });
  const debates = createDebates({ db: own.db, events });
  const cache = createAnswerCache({ maxBytes: 1e6, clock: systemClock });
  const totals = createTaggedCache<Total>({ maxBytes: 1e4, sizeBytesOf: () => 100, clock: systemClock });
  const app = await createHttpServer({
    logger: createLogger({ level: 'silent' }),
    publicUrl: 'https://robian.example',
    trustProxy: false,
    version: 'test',
    cache,
  });
  registerDebatesRoutes(app, {
    debates,
    db: own.db,
    clock: systemClock,
    publicUrl: 'https://robian.example',
    totals,
    audioFiles: async () => new Map(),
  });
  for (const kept of [totals, cache]) await followEvents(kept, events, changedTags);
  await app.ready();
  return {
    app,
    debates,
    hits: () => cache.stats().hits,
    close: async () => {
      await app.close();
      await events.close();
      await own.close();
    },
  };
}

describe('two processes that keep answers', () => {
  let database: TestDatabase;
  let one: Instance;
  let two: Instance;
  beforeAll(async () => {
    database = await openTestDatabase();
    one = await openInstance(database);
    two = await openInstance(database);
    await one.debates.record(sampleDebate('1_a'));
    await vi.waitFor(async () => expect((await two.app.inject('/api/debates/')).json()).toHaveLength(1));
  });
  afterAll(async () => {
    await one.close();
    await two.close();
    await database.close();
  });

  it('both show a change within a second, in the list, its total and the debate, whoever made it', async () => {
    const titles = async (instance: Instance): Promise<string[]> => {
      const list = await instance.app.inject('/api/debates/');
      const debate = await instance.app.inject('/api/debates/1_a');
      return [list.json().at(-1).title, debate.json().title, String(list.headers['x-total-count'])];
    };
    for (const [count, author] of [one, two, one].entries()) {
      await author.debates.record(sampleDebate('1_a', { title: `Titre ${count}` }));
      await author.debates.record(sampleDebate(`2_${count}`, { startsAt: '2026-10-07T15:00:00+02:00' }));
      const expected = [`Titre ${count}`, `Titre ${count}`, String(2 + count)];
      for (const instance of [one, two]) {
        await vi.waitFor(async () => expect(await titles(instance)).toEqual(expected), {
          timeout: 1_000,
          interval: 20,
        });
      }
    }
  });

  it('answer from memory as long as nothing changes', async () => {
    const before = two.hits();
    for (let count = 0; count < 5; count += 1) await two.app.inject('/api/debates/1_a');
    expect(two.hits()).toBeGreaterThanOrEqual(before + 4);
  });
});

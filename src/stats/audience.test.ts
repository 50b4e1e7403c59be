import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { bearer, openAccounts, signUp } from '../../tests/support/accounts.ts';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { createManualClock, type ManualClock } from '../../tests/support/manual-clock.ts';
import { hasRedisServer, type RedisServer, startRedisServer } from '../../tests/support/redis-server.ts';
import { sampleDebate } from '../../tests/support/sample-debate.ts';
import { type Accounts, registerAccountsRoutes } from '../accounts/index.ts';
import { createDebates, type Debates, registerDebatesRoutes } from '../debates/index.ts';
import { systemClock } from '../platform/clock/index.ts';
import { createEvents, type Events } from '../platform/events/index.ts';
import { type App, createAnswerCache, createHttpServer } from '../platform/http/index.ts';
import { createRedis, type Redis } from '../platform/redis/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import { type Audience, type AudienceOptions, createAudience } from './audience.ts';
import { createAudienceStore } from './audience-store.ts';
import type { Asked } from './listener-names.ts';

const HALF_HOUR_MS = 1_800_000;
const from = (ip: string, agent = 'Robian/1'): Asked => ({
  ip,
  headers: { 'user-agent': agent },
  raw: { socket: null },
});

describe('the audience', () => {
  let database: TestDatabase;
  let events: Events;
  let debates: Debates;
  let clock: ManualClock;
  let audience: Audience;
  let opened: Audience[] = [];
  let errors: unknown[] = [];
  let numbers = 0;
  let debate: string;

  /** One process of several; it writes when told to. */
  const open = (change: Partial<AudienceOptions<Asked>> = {}): Audience => {
    const one = createAudience<Asked>({
      db: database.db,
      debates,
      redis: undefined,
      clock: {
        ...clock,
        sleep: (_ms, signal) => new Promise((_, reject) => signal?.addEventListener('abort', reject)),
      },
      secret: 'secret of the tests',
      accountOf: () => null,
      onError: (error) => errors.push(error),
      ...change,
    });
    opened.push(one);
    return one;
  };
  const viewsOf = async (id: string): Promise<number> => (await debates.get(id)).viewCount;

  beforeAll(async () => {
    database = await openTestDatabase();
    events = createEvents({ database, onError: () => undefined });
    debates = createDebates({ db: database.db, events });
  });
  beforeEach(async () => {
    clock = createManualClock('2026-11-22T12:00:00Z');
    errors = [];
    numbers += 1;
    debate = `${numbers}_a`;
    await debates.record(sampleDebate(debate));
    audience = open();
  });
  afterEach(async () => {
    for (const one of opened) await one.close();
    opened = [];
  });
  afterAll(async () => {
    await events.close();
    await database.close();
  });

  it('counts a listener once in half an hour, and others beside', async () => {
    for (let time = 0; time < 3; time += 1) audience.saw('view', from('192.0.2.1'), debate);
    audience.saw('view', from('192.0.2.1', 'another program'), debate);
    await audience.flush();
    clock.advance(HALF_HOUR_MS - 1);
    audience.saw('view', from('192.0.2.1'), debate);
    await audience.flush();
    expect(await viewsOf(debate)).toBe(2);
    clock.advance(1);
    audience.saw('view', from('192.0.2.1'), debate);
    await audience.flush();
    expect(await viewsOf(debate)).toBe(3);
  });

  it('tells of each view and play that counts, and of no other', async () => {
    const told: string[] = [];
    const telling = open({ onCounted: (kind) => told.push(kind) });
    for (const ip of ['192.0.2.1', '192.0.2.1', '192.0.2.2']) telling.saw('view', from(ip), debate);
    telling.saw('play', from('192.0.2.1'), debate);
    telling.saw('play', from('192.0.2.1'), 'none');
    await telling.flush();
    expect(told.sort()).toEqual(['play', 'view', 'view']);
  });

  it('counts a debate once under all its names', async () => {
    const recording = `${debate}_recording`;
    await debates.record(sampleDebate(recording, { meetingId: `RUANR${numbers}` }));
    for (const name of [recording, `RUANR${numbers}`]) {
      audience.saw('view', from('192.0.2.1'), name);
      await audience.flush();
    }
    expect(await viewsOf(recording)).toBe(1);
  });

  it('leaves the rest of the register as it is, and tells nobody', async () => {
    const before = await debates.get(debate);
    const lastEvent = await events.lastId();
    audience.saw('view', from('192.0.2.1'), debate);
    await audience.flush();
    expect(await debates.get(debate)).toEqual({ ...before, viewCount: 1 });
    expect(await events.lastId()).toBe(lastEvent);
  });

  it('does not count what names no debate', async () => {
    audience.saw('view', from('192.0.2.1'), 'none');
    audience.saw('view', from('192.0.2.1'), debate);
    await audience.flush();
    expect(errors).toEqual([]);
    expect(await viewsOf(debate)).toBe(1);
  });

  it('keeps what could not be written until it can be', async () => {
    const resolve = vi.fn(debates.resolve).mockRejectedValueOnce(new Error('away'));
    const addViews = vi.fn(debates.addViews).mockRejectedValueOnce(new Error('away'));
    audience = open({ debates: { resolve, addViews } });
    audience.saw('view', from('192.0.2.1'), debate);
    for (let time = 0; time < 3; time += 1) await audience.flush();
    expect(errors).toHaveLength(2);
    expect(await viewsOf(debate)).toBe(1);
  });

  it('writes three seconds after the first thing seen, and when it closes', async () => {
    const waited: number[] = [];
    const gate = Promise.withResolvers<void>();
    audience = open({
      clock: {
        ...clock,
        sleep: (ms) => {
          waited.push(ms);
          return gate.promise;
        },
      },
    });
    audience.saw('view', from('192.0.2.1'), debate);
    audience.saw('view', from('192.0.2.2'), debate);
    expect(waited).toEqual([3_000]);
    gate.resolve();
    await vi.waitFor(async () => expect(await viewsOf(debate)).toBe(2));
    audience.saw('view', from('192.0.2.3'), debate);
    await audience.close();
    expect(await viewsOf(debate)).toBe(3);
  });

  it('holds a bounded number of listeners, and counts a bounded number for one address', async () => {
    audience = open({ limits: { gathered: 5, perNetwork: 3 } });
    for (let number = 0; number < 9; number += 1) audience.saw('view', from('192.0.2.1', `program ${number}`), debate);
    await audience.flush();
    for (let number = 10; number < 19; number += 1) audience.saw('view', from(`192.0.2.${number}`), debate);
    await audience.flush();
    expect(await viewsOf(debate)).toBe(3 + 5);
    clock.advance(HALF_HOUR_MS);
    audience.saw('view', from('192.0.2.1', 'again'), debate);
    await audience.flush();
    expect(await viewsOf(debate)).toBe(9);
  });

  it('knows an account on all its devices, and goes by the address when the token tells nothing', async () => {
    const accountOf = async ({ headers }: Asked): Promise<string | null> =>
      headers.authorization === 'Bearer mine' ? 'account' : null;
    audience = open({ accountOf });
    const signed = (ip: string, token: string): Asked => {
      const request = from(ip);
      return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
    };
    for (const ip of ['192.0.2.1', '192.0.2.2']) audience.saw('view', signed(ip, 'mine'), debate);
    for (const ip of ['192.0.2.3', '192.0.2.3']) audience.saw('view', signed(ip, 'foreign'), debate);
    await vi.waitFor(async () => {
      await audience.flush();
      expect(await viewsOf(debate)).toBe(2);
    });
  });

  describe('plays', () => {
    const store = () => createAudienceStore(database.db);
    const scores = async (hoursLater = 0): Promise<Map<string, number>> => {
      const at = new Date(clock.now().getTime() + hoursLater * 3_600_000);
      const trending = await store().trending('day', at, 0.1, 100);
      return new Map(trending.map(({ debateId, score }) => [debateId, score]));
    };

    it('add up with the weight they still have, to the same score as all of them weighed one by one', async () => {
      audience.saw('play', from('192.0.2.1'), debate);
      audience.saw('play', from('192.0.2.2'), debate);
      await audience.flush();
      expect((await scores()).get(debate)).toBeCloseTo(2, 6);
      clock.advance(12 * 3_600_000);
      audience.saw('play', from('192.0.2.3'), debate);
      await audience.flush();
      expect((await scores()).get(debate)).toBeCloseTo(2 / 2 + 1, 6);
      expect((await scores(12)).get(debate)).toBeCloseTo(1, 6);
      expect((await scores(48)).get(debate)).toBeCloseTo(2 / 16, 6);
      expect((await scores(96)).has(debate)).toBe(false);
    });

    it('of years ago are no error to those of now', async () => {
      audience.saw('play', from('192.0.2.1'), debate);
      await audience.flush();
      clock.advance(10 * 365 * 86_400_000);
      audience.saw('play', from('192.0.2.1'), debate);
      await audience.flush();
      expect(errors).toEqual([]);
      expect((await scores()).get(debate)).toBeCloseTo(1, 6);
    });

    it('of many earlier weigh less than of fewer now', async () => {
      const earlier = debate;
      for (let number = 1; number <= 20; number += 1) audience.saw('play', from(`192.0.2.${number}`), earlier);
      await audience.flush();
      clock.advance(72 * 3_600_000);
      const recent = `${earlier}_recent`;
      await debates.record(sampleDebate(recent));
      for (let number = 1; number <= 3; number += 1) audience.saw('play', from(`192.0.2.${number}`), recent);
      await audience.flush();
      const trending = await store().trending('day', clock.now(), 0.1, 100);
      const order = trending.map(({ debateId }) => debateId);
      expect(order.indexOf(recent)).toBeLessThan(order.indexOf(earlier));
      expect(trending.find(({ debateId }) => debateId === earlier)?.plays).toBe(20);
    });

    it('of withdrawn debates are not shown', async () => {
      audience.saw('play', from('192.0.2.1'), debate);
      await audience.flush();
      await debates.withdraw({ source: 'portal', id: debate, url: '' });
      expect((await scores()).has(debate)).toBe(false);
    });

    it('tell how many listened in a day, each once', async () => {
      const another = createManualClock('2025-11-22T12:00:00Z');
      audience = open({ clock: another });
      const other = open({ clock: another });
      for (let number = 0; number < 40; number += 1) {
        audience.saw('play', from(`192.0.2.${number}`), debate);
        other.saw('play', from(`192.0.2.${number + 20}`), debate);
      }
      await audience.flush();
      await other.flush();
      const { listenersToday, listenersMost } = await store().totals('2025-11-22');
      expect(Math.abs(listenersToday - 60)).toBeLessThanOrEqual(3);
      expect(listenersMost).toBeGreaterThanOrEqual(listenersToday);
    });
  });

  it.skipIf(!hasRedisServer)('counts a listener once in several processes that share a Redis', async () => {
    const server: RedisServer = await startRedisServer();
    const clients: Redis[] = [];
    try {
      for (let count = 0; count < 2; count += 1) {
        const redis = createRedis({ url: server.url, clock: systemClock, onChange: () => undefined });
        clients.push(redis);
        await vi.waitFor(() => redis.ping(), { timeout: 10_000, interval: 20 });
      }
      const processes = clients.map((redis) => open({ redis }));
      for (const one of processes) {
        one.saw('view', from('192.0.2.1'), debate);
        await one.flush();
      }
      expect(await viewsOf(debate)).toBe(1);
      await server.kill();
      processes[1]?.saw('view', from('192.0.2.2'), debate);
      await processes[1]?.flush();
      expect(await viewsOf(debate)).toBe(2);
    } finally {
      for (const redis of clients) await redis.close();
      await server.close();
    }
  });

  describe('of answers', () => {
    let app: App;
    let accounts: Accounts;
    beforeEach(async () => {
      accounts = openAccounts(database, { newId: randomUUID, randomBytes });
      app = await createHttpServer({
        logger: createLogger({ level: 'silent' }),
        publicUrl: 'https://robian.example',
        trustProxy: 'loopback',
        version: 'test',
        cache: createAnswerCache({ maxBytes: 1e6, clock: systemClock }),
      });
      const counting = createAudience({
        db: database.db,
        debates,
        redis: undefined,
        clock,
        secret: 'secret of the tests',
        accountOf: accounts.accountOf,
        onError: (error) => errors.push(error),
      });
      app.addHook('onClose', () => counting.close());
      registerAccountsRoutes(app, { accounts, clock: systemClock });
      registerDebatesRoutes(app, {
        debates,
        db: database.db,
        clock,
        publicUrl: 'https://robian.example',
        audioFiles: async () => new Map(),
        onView: (request, id) => counting.saw('view', request, id),
      });
    });

    it('counts who was answered by the handler, from memory, or "not modified"; not HEAD, nor errors', async () => {
      const ask = (number: number, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
        app.inject({
          method,
          url: `/api/debates/${debate}`,
          headers: { 'x-forwarded-for': `192.0.2.${number}`, ...headers },
        });
      const { headers } = await ask(1);
      await ask(2);
      const unchanged = await ask(3, { 'if-none-match': String(headers.etag) });
      expect(unchanged.statusCode).toBe(304);
      await ask(4, {}, 'HEAD');
      await app.inject({ url: '/api/debates/unknown', headers: { 'x-forwarded-for': '192.0.2.5' } });
      // The cache answers with the count it was made with: a view takes nothing out.
      expect((await ask(1)).json().view_count).toBe(0);
      await app.close();
      expect(await viewsOf(debate)).toBe(3);
      expect(errors).toEqual([]);
    });

    it('counts an account once, wherever it asks from', async () => {
      const { access_token: token } = await signUp(app);
      for (const ip of ['192.0.2.1', '192.0.2.2']) {
        await app.inject({
          url: `/api/debates/${debate}`,
          headers: { ...bearer(token), 'x-forwarded-for': ip },
        });
      }
      await app.close();
      expect(await viewsOf(debate)).toBe(1);
      await accounts.close();
    });
  });
});

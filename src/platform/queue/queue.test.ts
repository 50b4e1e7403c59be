import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { systemClock } from '../clock/index.ts';
import { type Database, openDatabase } from '../database/index.ts';
import { createJobQueue, defineJob, type JobQueue } from './index.ts';

const greet = defineJob<{ name: string }>({ name: 'greet', retryLimit: 1, retryDelaySeconds: 1, expireInSeconds: 60 });
const rank = defineJob<{ name: string }>({ name: 'rank', retryLimit: 0, retryDelaySeconds: 1, expireInSeconds: 60 });
const endless = defineJob<{ name: string }>({
  name: 'endless',
  retryLimit: 0,
  retryDelaySeconds: 1,
  expireInSeconds: 60,
});
const fail = defineJob<{ name: string }>({ name: 'fail', retryLimit: 0, retryDelaySeconds: 1, expireInSeconds: 60 });
const tally = defineJob<{ name: string }>({ name: 'tally', retryLimit: 0, retryDelaySeconds: 1, expireInSeconds: 60 });

describe('jobs', () => {
  let database: TestDatabase;
  let queue: JobQueue;
  beforeAll(async () => {
    database = await openTestDatabase();
    queue = createJobQueue({ database, onError: () => undefined, supervise: true });
    await queue.start([greet, rank, fail, endless, tally]);
  });
  afterAll(async () => {
    await queue.stop(1_000);
    await database.close();
  });
  const send = (
    job: typeof greet,
    name: string,
    options?: { priority?: number; startAfterSeconds?: number },
  ): Promise<void> => database.db.transaction().execute((trx) => queue.send(trx, job, { name }, options));

  it('are done soon after the commit that sent them, and never when it was rolled back', async () => {
    const done: string[] = [];
    const second = Promise.withResolvers<void>();
    await queue.work(greet, 1, async (job) => {
      done.push(job.data.name);
      if (job.data.name === 'after') second.resolve();
    });
    await expect(
      database.db.transaction().execute(async (trx) => {
        await queue.send(trx, greet, { name: 'rolled back' });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await send(greet, 'committed');
    await send(greet, 'after');
    await second.promise;
    expect(done).toEqual(['committed', 'after']);
  });

  it('are taken by priority', async () => {
    await send(rank, 'low', { priority: 1 });
    await send(rank, 'high', { priority: 9 });
    await send(rank, 'later', { startAfterSeconds: 3600 });
    const done: string[] = [];
    const all = Promise.withResolvers<void>();
    await queue.work(rank, 1, async (job) => {
      done.push(job.data.name);
      if (done.length === 2) all.resolve();
    });
    await all.promise;
    expect(done).toEqual(['high', 'low']);
  });

  it('that fail for good are kept among the dead letters', async () => {
    await queue.work(fail, 1, async () => {
      throw new Error('broken for good');
    });
    await send(fail, 'lost');
    await expect
      .poll(
        async () => (await sql`select 1 from pgboss.job where name = 'dead-letters'`.execute(database.db)).rows.length,
        { timeout: 10_000 },
      )
      .toBe(1);
  });

  it('that run when the queue stops are told so, and may still write down where they were', async () => {
    const another = createJobQueue({ database, onError: () => undefined, supervise: false });
    await another.start([endless]);
    const written: string[] = [];
    const started = Promise.withResolvers<void>();
    await another.work(endless, 1, async ({ signal }) => {
      started.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await sql`select pg_sleep(0.05)`.execute(database.db);
      written.push('where it was');
    });
    await send(endless, 'long');
    await started.promise;
    await another.stop(0);
    expect(written).toEqual(['where it was']);
  });

  it('are counted by queue, with the age of what waits, and apart from the dead', async () => {
    await send(tally, 'ready');
    await send(tally, 'ready');
    await send(tally, 'later', { startAfterSeconds: 3600 });
    await sql`update pgboss.job set start_after = now() - interval '2 minutes', created_on = now() - interval '1 hour'
      where name = 'tally' and start_after <= now()`.execute(database.db);
    const before = await queue.stats();
    await send({ ...tally, name: 'dead-letters' }, 'dead');
    const { queues, deadLetters } = await queue.stats();
    const counted = queues.find(({ name }) => name === 'tally');
    expect(counted).toEqual({
      name: 'tally',
      ready: 2,
      deferred: 1,
      active: 0,
      oldestReadySeconds: expect.any(Number),
    });
    expect(Math.floor((counted?.oldestReadySeconds ?? 0) / 60)).toBe(2);
    expect(queues.map(({ name }) => name).sort()).toEqual(['endless', 'fail', 'greet', 'rank', 'tally']);
    expect(deadLetters).toBe(before.deadLetters + 1);
  });
});

describe('the start of the queue', () => {
  it('is safe in several processes at once on a new database', async () => {
    const database = await openTestDatabase();
    await sql`drop schema if exists pgboss cascade`.execute(database.db);
    // Embedded there is one process only.
    const count = database.url === undefined ? 1 : 4;
    const errors: unknown[] = [];
    const queues = await Promise.all(
      Array.from({ length: count }, async () => {
        const own = database.url === undefined ? database : await openAnother(database);
        return {
          own,
          queue: createJobQueue({ database: own, onError: (error) => errors.push(error), supervise: false }),
        };
      }),
    );
    await Promise.all(queues.map(({ queue }) => queue.start([greet, rank])));
    for (const { own, queue } of queues) {
      await own.db.transaction().execute((trx) => queue.send(trx, greet, { name: 'hello' }));
      await queue.stop(0);
      if (own !== database) await own.close();
    }
    const { rows } = await sql`select 1 from pgboss.job where name = 'greet'`.execute(database.db);
    expect({ jobs: rows.length, errors }).toEqual({ jobs: count, errors: [] });
    await database.close();
  });
});

function openAnother({ url, dataDir }: TestDatabase): Promise<Database> {
  const fail = (error: unknown): void => expect.unreachable(String(error));
  return openDatabase({ url, dataDir, clock: systemClock, onFatal: fail, onWarning: fail });
}

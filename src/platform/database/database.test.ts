import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { systemClock } from '../clock/index.ts';
import { FolderHeldError, migrate, openDatabase, type QueryNote } from './index.ts';

const quiet = { clock: systemClock, onFatal: () => undefined, onWarning: () => undefined };

describe('the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
    await sql`create table things (id int primary key, big int8, amount numeric, day date, data jsonb)`.execute(
      database.db,
    );
  });
  afterAll(() => database.close());

  it('gives numbers as numbers, days as text, JSON as values', async () => {
    await sql`insert into things values (1, 9007199254740991, 1.5, '2026-10-06', '{"a":[1]}')`.execute(database.db);
    const { rows } = await sql`select * from things`.execute(database.db);
    expect(rows).toEqual([{ id: 1, big: 9007199254740991, amount: 1.5, day: '2026-10-06', data: { a: [1] } }]);
    expect(await database.ping()).toBeGreaterThan(0);
  });

  it('tells of its pool, and of each statement what kind it was, how long it took and whether it failed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'robian-notes-'));
    const notes: QueryNote[] = [];
    const noted = await openDatabase({
      ...quiet,
      url: database.url,
      dataDir: folder,
      onQuery: (note) => notes.push(note),
    });
    try {
      await noted.db.selectFrom(sql<{ n: number }>`(select 1 as n)`.as('one')).selectAll().execute();
      await sql`select 1`.execute(noted.db);
      await expect(sql`select wrong`.execute(noted.db)).rejects.toThrow('wrong');
      expect(notes.map(({ kind, failed }) => [kind, failed])).toEqual([
        ['select', false],
        ['raw', false],
        ['raw', true],
      ]);
      expect(notes.every(({ durationSeconds }) => durationSeconds > 0 && durationSeconds < 10)).toBe(true);
      expect(noted.pool()).toEqual({ size: 1, idle: 1, waiting: 0, limit: noted.kind === 'embedded' ? 1 : 10 });
    } finally {
      await noted.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('keeps nothing of a transaction that failed', async () => {
    const failing = database.db.transaction().execute(async (trx) => {
      await sql`insert into things (id) values (2)`.execute(trx);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const { rows } = await sql<{ n: number }>`select count(*) as n from things where id = 2`.execute(database.db);
    expect(rows[0]?.n).toBe(0);
  });

  it('serves many flows at once', async () => {
    const sums = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        database.db.transaction().execute(async (trx) => {
          const { rows } = await sql<{ n: number }>`select ${n}::int + 1 as n`.execute(trx);
          return rows[0]?.n;
        }),
      ),
    );
    expect(sums).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  });

  it('passes notifications on, until asked to stop', async () => {
    const heard: string[] = [];
    const first = Promise.withResolvers<void>();
    const handle = await database.listen(
      'room',
      (payload) => {
        heard.push(payload);
        first.resolve();
      },
      () => undefined,
    );
    await sql`select pg_notify('room', 'one')`.execute(database.db);
    await first.promise;
    await handle.close();
    await sql`select pg_notify('room', 'two')`.execute(database.db);
    await database.ping();
    expect(heard).toEqual(['one']);
  });

  it('applies each migration once, also when several start together', async () => {
    expect(await migrate(database.db)).toEqual([]);
    const folder = mkdtempSync(join(tmpdir(), 'robian-migrations-'));
    for (const name of ['0001-events', '0002-debates']) writeFileSync(join(folder, `${name}.sql`), 'select 1');
    for (const { rows } of [await sql<{ name: string }>`select name from kysely_migration`.execute(database.db)]) {
      for (const { name } of rows) writeFileSync(join(folder, `${name}.sql`), 'select 1');
    }
    writeFileSync(join(folder, '9000-more.sql'), 'create table more (id int); insert into more values (1);');
    const applied = await Promise.all([migrate(database.db, folder), migrate(database.db, folder)]);
    expect(applied.flat()).toEqual(['9000-more']);
    const timeout = (): Promise<unknown> => sql`show statement_timeout`.execute(database.db).then(({ rows }) => rows);
    const before = await timeout();
    writeFileSync(
      join(folder, '9000-slow.sql'),
      "do $$ begin assert current_setting('statement_timeout') = '0', 'a timeout binds migrations'; end $$",
    );
    expect(await migrate(database.db, folder)).toEqual(['9000-slow']);
    expect(await timeout(), 'what other statements may take').toEqual(before);
    writeFileSync(join(folder, '9001-broken.sql'), 'create table half (id int); select nonsense;');
    await expect(migrate(database.db, folder)).rejects.toThrow('nonsense');
    const { rows } = await sql<{ half: string | null }>`select to_regclass('half')::text as half`.execute(database.db);
    expect(rows[0]?.half).toBeNull();
    rmSync(folder, { recursive: true });
  });

  it('elects one holder of a named lock', async () => {
    const lock = await database.tryLock('scheduler');
    expect(lock?.lost.aborted).toBe(false);
    // Embedded there is no other process that could ask.
    if (database.kind === 'postgresql') expect(await database.tryLock('scheduler')).toBeNull();
    await lock?.release();
    const again = await database.tryLock('scheduler');
    expect(again).not.toBeNull();
    await again?.release();
  });
});

describe('the embedded database', () => {
  const folders: string[] = [];
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'robian-embedded-'));
    folders.push(made);
    return made;
  };
  afterAll(() => {
    for (const made of folders) rmSync(made, { recursive: true, force: true });
  });

  it('refuses a folder that another process holds, and names the holder', async () => {
    const dataDir = folder();
    const holder = await openDatabase({ url: undefined, dataDir, ...quiet });
    const refused = await openDatabase({ url: undefined, dataDir, ...quiet }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(FolderHeldError);
    expect((refused as FolderHeldError).message).toContain(`process ${process.pid}`);
    await holder.close();
    const next = await openDatabase({ url: undefined, dataDir, ...quiet });
    await next.close();
  });

  it('opens again after kill -9 with every acknowledged row, and clears what the dead one left', async () => {
    const dataDir = folder();
    const program = new URL('../../../tests/support/endless-writer.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    let acknowledged = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      const last = Number(chunk.toString().trim().split('\n').at(-1));
      acknowledged = last;
      if (last >= 50) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    const holder = JSON.parse(readFileSync(join(dataDir, 'database', 'holder.json'), 'utf8')) as {
      socketFolder: string;
    };
    expect(existsSync(holder.socketFolder)).toBe(true);

    const database = await openDatabase({ url: undefined, dataDir, ...quiet });
    const { rows } = await sql<{ n: number }>`select max(id) as n from acknowledged`.execute(database.db);
    expect(rows[0]?.n).toBeGreaterThanOrEqual(acknowledged);
    expect(existsSync(holder.socketFolder)).toBe(false);
    await database.close();
  });
});

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Db, Trx } from './database.ts';

/** The committed SQL files, in the order of their names. */
const MIGRATIONS_FOLDER = new URL('../../../migrations/', import.meta.url).pathname;

/**
 * Brings the schema up to date, all or nothing, under Kysely's lock, so that several processes may start at once.
 * @returns the names applied now, in order.
 * @throws Error when the database is newer than this program, or a migration fails (nothing is then applied).
 */
export async function migrate(db: Db, folder: string = MIGRATIONS_FOLDER): Promise<string[]> {
  const { error, results } = await withoutTimeout(db, (unhurried) =>
    new Migrator({ db: unhurried, provider: { getMigrations: () => readMigrations(folder) } }).migrateToLatest(),
  );
  if (error !== undefined) throw error instanceof Error ? error : new Error(String(error));
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName);
}

/** An index on a large table takes its time, and so does waiting for the process that builds it. */
async function withoutTimeout<T>(db: Db, work: (unhurried: Db) => Promise<T>): Promise<T> {
  return db.connection().execute(async (connection) => {
    await sql`set statement_timeout = 0`.execute(connection);
    try {
      return await work(connection);
    } finally {
      // A connection that cannot be told is gone, and what became of the work is the news.
      await sql`reset statement_timeout`.execute(connection).catch(() => undefined);
    }
  });
}

/** Names of the migrations that this program knows, in order. */
export async function knownMigrations(folder: string = MIGRATIONS_FOLDER): Promise<string[]> {
  return Object.keys(await readMigrations(folder));
}

/** Names of the migrations that were applied to this database, in order; none where there is no schema yet. */
export async function appliedMigrations(db: Db | Trx): Promise<string[]> {
  const { rows } = await sql<{
    there: boolean;
  }>`select to_regclass('public.kysely_migration') is not null as there`.execute(db);
  if (rows[0]?.there !== true) return [];
  const applied = await sql<{ name: string }>`select name from public.kysely_migration order by name`.execute(db);
  return applied.rows.map(({ name }) => name);
}

/**
 * Makes the schema as it was after `names`, in a transaction of the caller's, where Kysely's migrator wants its own: it leaves the
 * same marks, so that the migrator goes on from there. Everything that was in the schema is dropped.
 * @throws Error when this program does not know one of `names`
 */
export async function recreateSchema(
  trx: Trx,
  names: readonly string[],
  folder: string = MIGRATIONS_FOLDER,
): Promise<void> {
  const migrations = await readMigrations(folder);
  const unknown = names.filter((name) => !(name in migrations));
  if (unknown.length > 0) throw new Error(`this program does not know the migrations ${unknown.join(', ')}`);
  await sql.raw('drop schema if exists pgboss cascade; drop schema public cascade; create schema public').execute(trx);
  await sql
    .raw(
      `create table kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null);
       create table kysely_migration_lock (id varchar(255) primary key, is_locked integer not null default 0);
       insert into kysely_migration_lock (id) values ('migration_lock')`,
    )
    .execute(trx);
  for (const name of names) {
    await migrations[name]?.up(trx);
    await sql`insert into kysely_migration values (${name}, to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))`.execute(
      trx,
    );
  }
}

async function readMigrations(folder: string): Promise<Record<string, Migration>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations: Record<string, Migration> = {};
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8');
    migrations[name.slice(0, -'.sql'.length)] = {
      up: async (db) => {
        await sql.raw(text).execute(db);
      },
    };
  }
  return migrations;
}

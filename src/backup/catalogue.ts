import { sql } from 'kysely';
import type { Trx } from '../platform/database/index.ts';

/** A table, and those of its columns that are facts: what the database derives itself is left to it. */
export interface TableShape {
  name: string;
  columns: string[];
}

/**
 * The tables of the product, each after those it refers to. The migrator's own and the job queue's are not among them: the schema
 * is made by our migrations, the queue by its library.
 */
export async function readTables(trx: Trx): Promise<TableShape[]> {
  const tables = await sql<TableShape>`
    select c.relname::text as name, json_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname not like 'kysely\_%'
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    group by c.relname order by c.relname`.execute(trx);
  const references = await sql<{ from: string; to: string }>`
    select source.relname::text as "from", target.relname::text as "to"
    from pg_constraint k join pg_class source on source.oid = k.conrelid join pg_class target on target.oid = k.confrelid
    where k.contype = 'f' and k.connamespace = 'public'::regnamespace`.execute(trx);
  return inOrderOfReference(tables.rows, references.rows);
}

/** @throws Error when tables refer to each other in a circle: no order of loading would do */
export function inOrderOfReference(
  tables: readonly TableShape[],
  references: readonly { from: string; to: string }[],
): TableShape[] {
  const ordered: TableShape[] = [];
  let waiting = [...tables];
  while (waiting.length > 0) {
    const names = new Set(waiting.map(({ name }) => name));
    const isFree = ({ name }: TableShape): boolean =>
      !references.some(({ from, to }) => from === name && to !== name && names.has(to));
    const free = waiting.filter(isFree);
    if (free.length === 0) throw new Error(`tables refer to each other in a circle: ${[...names].join(', ')}`);
    ordered.push(...free);
    waiting = waiting.filter((table) => !free.includes(table));
  }
  return ordered;
}

export interface Counter {
  name: string;
  last: number;
}

/** Numbers given so far, of each sequence that gave any. */
export async function readCounters(trx: Trx): Promise<Counter[]> {
  const { rows } = await sql<Counter>`select sequencename::text as name, last_value as last from pg_sequences
    where schemaname = 'public' and last_value is not null order by 1`.execute(trx);
  return rows;
}

/**
 * Numbers that were given after the backup was taken are known to clients and must not be given again for something else; no
 * installation gives so many between two backups. Clients that know such a number are then told to read the present state.
 */
const COUNTER_JUMP = 1_000_000;

export async function writeCounters(trx: Trx, counters: readonly Counter[]): Promise<void> {
  for (const { name, last } of counters) {
    await sql`select setval(${`public.${name}`}::regclass, ${last + COUNTER_JUMP})`.execute(trx);
  }
}

export interface WaitingJob {
  name: string;
  data: object;
  priority: number;
}

/** More jobs than the queue takes in normal times; beyond it the work is found again by what looks for lost work. */
const JOBS_MAX = 100_000;

/** Work that was asked for and is not done. */
export async function readJobs(trx: Trx): Promise<WaitingJob[]> {
  const { rows } = await sql<{ there: boolean }>`select to_regclass('pgboss.job') is not null as there`.execute(trx);
  if (rows[0]?.there !== true) return [];
  const jobs = await sql<WaitingJob>`select name, data, priority from pgboss.job
    where state in ('created', 'retry', 'active') and name not like '\_\_pgboss\_\_%' and data is not null
    order by created_on limit ${JOBS_MAX}`.execute(trx);
  return jobs.rows;
}

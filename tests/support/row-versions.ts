import { sql } from 'kysely';
import type { Db } from '../../src/platform/database/index.ts';

/** Every row of every table with its version, as one text: equal twice means that nothing was written in between. */
export async function rowVersions(db: Db, except: readonly string[] = ['open_data_dumps']): Promise<string> {
  const tables = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name`.execute(db);
  const versions: unknown[] = [];
  for (const { name } of tables.rows) {
    if (except.includes(name)) continue;
    const found = await sql`select xmin::text, ctid::text from ${sql.table(name)} order by ctid`.execute(db);
    versions.push(name, found.rows);
  }
  return JSON.stringify(versions);
}

import { sql } from 'kysely';
import type { Trx } from '../platform/database/index.ts';
import type { TableShape } from './catalogue.ts';

/** Enough that the way to the database and back does not count, little enough that ten such pieces do not either. */
const PIECE_BYTES = 2e6;
/** Before anything is known of a table: documents of a sitting have up to some MB each. */
const FIRST_ROWS = 20;
const MOST_ROWS = 5_000;

/** The same text for the same fact, whatever the server, its version or its settings. */
export async function writeTheSameEverywhere(trx: Trx): Promise<void> {
  await sql
    .raw(
      `set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'iso_8601';
       set local extra_float_digits = 1; set local bytea_output = 'hex'`,
    )
    .execute(trx);
}

/** The rows of a table, each as one line of JSON, in pieces of bounded size. */
export async function* rowsOf(trx: Trx, table: TableShape): AsyncGenerator<string[]> {
  const columns = sql.join(table.columns.map((column) => sql.ref(column)));
  await sql`declare backup_rows no scroll cursor for
    select row_to_json(fact)::text as line from (select ${columns} from ${sql.id('public', table.name)}) fact`.execute(
    trx,
  );
  try {
    let wanted = FIRST_ROWS;
    for (;;) {
      const { rows } = await sql<{ line: string }>`fetch ${sql.lit(wanted)} from backup_rows`.execute(trx);
      if (rows.length === 0) break;
      const lines = rows.map(({ line }) => line);
      yield lines;
      const bytesEach = lines.reduce((sum, line) => sum + line.length, 1) / lines.length;
      wanted = Math.max(1, Math.min(MOST_ROWS, wanted * 4, Math.floor(PIECE_BYTES / bytesEach)));
    }
  } finally {
    // After an error of the database the transaction is over, and the cursor with it.
    await sql`close backup_rows`.execute(trx).catch(() => undefined);
  }
}

/** Puts rows as `rowsOf` gave them into a table. */
export async function insertRows(trx: Trx, table: TableShape, lines: readonly string[]): Promise<void> {
  const columns = sql.join(table.columns.map((column) => sql.ref(column)));
  const target = sql.id('public', table.name);
  await sql`insert into ${target} (${columns}) overriding system value
    select ${columns} from json_populate_recordset(null::${target}, ${`[${lines.join(',')}]`}::json)`.execute(trx);
}

/** What triggers derive stands in tables of its own, which are restored too; they must not derive it a second time. */
export async function withoutTriggers(trx: Trx, table: TableShape, load: () => Promise<void>): Promise<void> {
  const name = sql.id('public', table.name);
  await sql`alter table ${name} disable trigger user`.execute(trx);
  await load();
  await sql`alter table ${name} enable trigger user`.execute(trx);
}

import { type RawBuilder, type SqlBool, sql } from 'kysely';

/** Rows to skip, or the position to go on from. */
export type From = { offset: number } | { value: string | number | null; id: string };

/** A row of a list, with its position: what the next page goes on from when it is the last one of this page. */
export interface Listed<Item> {
  item: Item;
  position: { value: string | number; id: string };
}

/** Rows strictly after a position, by a time or a number and then an id. */
export function listedAfter(
  column: 'created_at' | 'updated_at' | 'position',
  id: 'debate_id' | 'id',
  comparison: '<' | '>',
  from: { value: string | number | null; id: string },
): RawBuilder<SqlBool> {
  const type = sql.raw(column === 'position' ? 'integer' : 'timestamptz');
  return sql<SqlBool>`(${sql.ref(column)}, ${sql.ref(id)}) ${sql.raw(comparison)} (${from.value}::${type}, ${from.id})`;
}

import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { SortOrder } from './list-query.ts';
import { monthOf, periodMarks, startOfMonth } from './search-periods.ts';

/**
 * The moment of a debate, as no index knows it: a span has marks, and the index of time would only be read beside them, or be
 * walked from end to end for hits that are all in one place.
 */
export const MOMENT = sql<Date>`(s.sorts_at + interval '0')`;

/** Months whose hits should do, with a margin because words come in waves. */
const MARGIN = 1.25;
/** Where that was too few, the next look goes so many times further: a register of twenty years is crossed in five looks. */
const WIDENING = 4;

/**
 * Rows in the order of time, found span by span, so that no more of a common word's hits are read than a page needs.
 * @param hits about how many there are in all
 */
export async function readInSpans<Row>(options: {
  register: { first: Date; last: Date };
  hits: number;
  order: SortOrder;
  limit: number;
  /** Where to begin, when not at the end of the register. */
  from?: Date | undefined;
  read: (span: RawBuilder<SqlBool>, limit: number) => Promise<readonly Row[]>;
}): Promise<Row[]> {
  const { order, limit, read } = options;
  const [oldest, newest] = [monthOf(options.register.first), monthOf(options.register.last)];
  const step = order === 'desc' ? -1 : 1;
  const clamp = (month: number): number => Math.min(newest, Math.max(oldest, month));
  const share = (limit * MARGIN) / Math.max(1, options.hits);
  let width = Math.max(1, Math.ceil((newest - oldest + 1) * Math.min(1, share)));
  let at = clamp(options.from === undefined ? (order === 'desc' ? newest : oldest) : monthOf(options.from));
  const rows: Row[] = [];
  while (rows.length < limit && at >= oldest && at <= newest) {
    const end = clamp(at + step * (width - 1));
    rows.push(...(await read(spanOf(Math.min(at, end), Math.max(at, end)), limit - rows.length)));
    at = end + step;
    width *= WIDENING;
  }
  return rows;
}

/** The months `from`..`to`, both included, on `debate_search s`. */
function spanOf(from: number, to: number): RawBuilder<SqlBool> {
  const marks = periodMarks(from, to);
  const within = sql<SqlBool>`${MOMENT} >= ${startOfMonth(from)} and ${MOMENT} < ${startOfMonth(to + 1)}`;
  return marks.length === 0 ? within : sql`${within} and s.marks && ${marks}::text[]`;
}

import { cursorOf, decodeCursor, httpErrors } from '../platform/http/index.ts';

/** A row's place in lists that go by debates in time, and by position within each. */
export interface Place {
  sortsAt: string;
  debateId: string;
  position: number;
}

export function placeCursor(order: string, row: { sortsAt: Date; debateId: string; position: number }): string {
  return cursorOf(order, row.sortsAt.toISOString(), `${row.position}:${row.debateId}`);
}

/** @throws AppError `http/invalid-cursor` when it was not made by us, or for another order */
export function placeOfCursor(cursor: string, order: string): Place {
  const { value, id } = decodeCursor(cursor, order, 'time');
  const [, position, debateId] = /^(\d{1,6}):(.+)$/.exec(id) ?? [];
  const sortsAt = String(value);
  if (position === undefined || debateId === undefined || Number.isNaN(Date.parse(sortsAt))) {
    throw httpErrors.error('invalid-cursor');
  }
  return { sortsAt, debateId, position: Number(position) };
}

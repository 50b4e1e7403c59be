import { cursorOf, decodeCursor, httpErrors } from '../platform/http/index.ts';

/** A moment and an id: a place in the order of time. */
export interface TimePlace {
  sortsAt: Date;
  id: string;
}

/** After which result of a ranked list a page goes on: among the ranked ones, or among the older ones that go by date. */
export type RelevancePlace =
  | {
      kind: 'ranked';
      score: number;
      id: string /** The last in time of those ranked; null: all are. */;
      last: TimePlace | null;
    }
  | { kind: 'older'; after: TimePlace };

const ORDER = 'relevance:desc';
const TIME = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z';
const OLDER = new RegExp(`^older (${TIME})$`);
const RANKED = new RegExp(`^(-?\\d{1,10}(?:\\.\\d{1,20})?)(?: (${TIME}) (.+))?$`, 's');

export function relevanceCursor(place: RelevancePlace): string {
  if (place.kind === 'older') return cursorOf(ORDER, `older ${place.after.sortsAt.toISOString()}`, place.after.id);
  const last = place.last === null ? '' : ` ${place.last.sortsAt.toISOString()} ${place.last.id}`;
  return cursorOf(ORDER, `${place.score}${last}`, place.id);
}

/** @throws AppError `http/invalid-cursor` when it was not made by us, or for another order */
export function relevancePlaceOf(cursor: string): RelevancePlace {
  const { value, id } = decodeCursor(cursor, ORDER, 'text');
  const [, olderThan] = OLDER.exec(String(value)) ?? [];
  if (olderThan !== undefined) return { kind: 'older', after: { sortsAt: timeOf(olderThan), id } };
  const [, score, lastAt, lastId] = RANKED.exec(String(value)) ?? [];
  if (score === undefined) throw httpErrors.error('invalid-cursor');
  const last = lastAt === undefined || lastId === undefined ? null : { sortsAt: timeOf(lastAt), id: lastId };
  return { kind: 'ranked', score: Number(score), id, last };
}

function timeOf(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw httpErrors.error('invalid-cursor');
  return time;
}

import { Type } from 'typebox';
import { httpErrors } from './errors.ts';

/** A page number deeper than this is refused: `cursor` goes as deep as one likes at the cost of the first page. */
const MAX_PAGE = 10_000;
const MAX_PER_PAGE = 100;

/** The parameters every list takes. */
export const PageQuery = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE, description: 'From 1' })),
  per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PER_PAGE, default: 20 })),
  cursor: Type.Optional(
    Type.String({ maxLength: 512, pattern: '^[A-Za-z0-9_-]+$', description: 'From the Link header; replaces page' }),
  ),
};

export interface Page {
  page: number;
  perPage: number;
  total: number;
  /** Opaque position after the last row of this page; null on the last page. */
  nextCursor: string | null;
  /** True when the client came by a cursor: then only `first` and `next` are known. */
  byCursor: boolean;
}

/**
 * The `Link` header (RFC 8288) of a list: `first`, `prev`, `next`, `last`, with the filters of the request kept.
 * @param base absolute address of the list without its query.
 */
export function pageLinks(base: string, query: Readonly<Record<string, unknown>>, page: Page): string {
  const link = (rel: string, change: { page?: number; cursor?: string }): string => {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (name === 'page' || name === 'cursor' || value === undefined) continue;
      for (const one of Array.isArray(value) ? value : [value]) params.append(name, String(one));
    }
    if (change.page !== undefined) params.set('page', String(change.page));
    if (change.cursor !== undefined) params.set('cursor', change.cursor);
    const text = params.toString();
    return `<${base}${text === '' ? '' : `?${text}`}>; rel="${rel}"`;
  };
  const lastPage = Math.max(1, Math.ceil(page.total / page.perPage));
  const links = [link('first', { page: 1 })];
  if (!page.byCursor && page.page > 1) links.push(link('prev', { page: Math.min(page.page - 1, lastPage) }));
  if (page.nextCursor !== null) links.push(link('next', { cursor: page.nextCursor }));
  if (lastPage <= MAX_PAGE) links.push(link('last', { page: lastPage }));
  return links.join(', ');
}

/** Packs a position: the order it belongs to, the sorted value of the last row and its id, which settles ties. */
export function cursorOf(order: string, value: string | number | null, id: string): string {
  return Buffer.from(JSON.stringify([order, value, id])).toString('base64url');
}

/** What a list is sorted by: a cursor that holds anything else was not made by us, and must not reach the database. */
export type CursorKind = 'time' | 'text' | 'number' | 'integer';

/**
 * Unpacks what `cursorOf` made.
 * @throws AppError `http/invalid-cursor` when it was not made by us, or for another order.
 */
export function decodeCursor(
  cursor: string,
  order: string,
  kind: CursorKind,
): { value: string | number | null; id: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    parsed = null;
  }
  if (!Array.isArray(parsed) || parsed.length !== 3) throw httpErrors.error('invalid-cursor');
  const [madeFor, value, id] = parsed as unknown[];
  if (madeFor !== order || !isOfKind(value, kind) || !isText(id)) throw httpErrors.error('invalid-cursor');
  return { value, id };
}

/** The largest `integer` of PostgreSQL. */
const INTEGER_MAX = 2_147_483_647;

function isOfKind(value: unknown, kind: CursorKind): value is string | number | null {
  if (value === null) return true;
  if (kind === 'text') return isText(value);
  if (kind === 'time') return isText(value) && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && Date.parse(value) >= 0;
  if (typeof value !== 'number') return false;
  return kind === 'number' || (Number.isInteger(value) && Math.abs(value) <= INTEGER_MAX);
}

/** PostgreSQL has no text with the character 0 in it. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\u0000');
}

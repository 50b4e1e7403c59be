import type { FastifyReply } from 'fastify';
import { type CursorKind, cursorOf, decodeCursor, pageLinks } from '../platform/http/index.ts';
import type { From, Listed } from './listed.ts';
import type { ListParameters } from './schemas.ts';

const DEFAULT_PER_PAGE = 20;

/** One page of somebody's list, with its total and links; for nobody else's cache. */
export async function answerPage<Item>(
  reply: FastifyReply,
  list: {
    /** Absolute address of the list. */
    url: string;
    query: ListParameters & Readonly<Record<string, unknown>>;
    /** Names the order in cursors, and what they hold. */
    order: string;
    kind: CursorKind;
    count: () => Promise<number>;
    rows: (from: From, limit: number) => Promise<Listed<Item>[]>;
  },
): Promise<Item[]> {
  const { query } = list;
  const perPage = query.per_page ?? DEFAULT_PER_PAGE;
  const page = query.page ?? 1;
  const from: From =
    query.cursor === undefined ? { offset: (page - 1) * perPage } : decodeCursor(query.cursor, list.order, list.kind);
  const total = await list.count();
  // One row more than asked tells whether a next page exists.
  const rows = await list.rows(from, perPage + 1);
  const shown = rows.slice(0, perPage);
  const last = rows.length > perPage ? shown.at(-1) : undefined;
  const nextCursor = last ? cursorOf(list.order, last.position.value, last.position.id) : null;
  reply.header('x-total-count', String(total));
  reply.header('cache-control', 'private, no-cache');
  reply.header(
    'link',
    pageLinks(list.url, query, { page, perPage, total, nextCursor, byCursor: query.cursor !== undefined }),
  );
  return shown.map((one) => one.item);
}

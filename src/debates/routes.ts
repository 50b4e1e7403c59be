import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { TaggedCache } from '../platform/cache/index.ts';
import { addDays, type Clock, parisDay } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import {
  type App,
  type Asked,
  cursorOf,
  decodeCursor,
  dependOn,
  httpErrors,
  invalidListRequest,
  type Page,
  pageLinks,
  problemResponse,
} from '../platform/http/index.ts';
import { DEBATES_TAG, debateTag } from './cache-tags.ts';
import type { Debates } from './debates.ts';
import { debatesErrors } from './errors.ts';
import { DEBATE_EXAMPLE } from './example.ts';
import { type DebateFilter, SORT_KIND, type Sort, type SortOrder } from './list-query.ts';
import { registerOpenRoutes } from './open-routes.ts';
import { presentDebate } from './present.ts';
import { filterOf } from './requested-filter.ts';
import {
  type AudioFileBody,
  Debate,
  DebateId,
  ListQuery,
  type ListQueryParameters,
  RECENT_DAYS_DEFAULT,
  RecentQuery,
} from './schemas.ts';
import { createSearch } from './search.ts';
import type { SearchCounts } from './search-counts.ts';
import { registerSearchRoutes } from './search-routes.ts';
import { parseSearchText, type SearchTerm } from './search-text.ts';
import { createDebatesStore, type ListedDebate } from './store.ts';
import { createTotals, type Total } from './totals.ts';

export interface DebatesRoutesOptions {
  debates: Debates;
  db: Db;
  clock: Clock;
  publicUrl: string;
  /** Where totals are kept; absent: nowhere. */
  totals?: TaggedCache<Total>;
  /** Where counts of searches are kept; absent: nowhere. */
  counts?: TaggedCache<SearchCounts>;
  /** Whether the database answers one statement at a time; absent: several. */
  oneAtATime?: boolean;
  /** The playable files of some debates, from the room that keeps them. */
  audioFiles: (debateIds: readonly string[]) => Promise<ReadonlyMap<string, readonly AudioFileBody[]>>;
  /** Somebody was shown a debate, from wherever its answer came; told after the answer. */
  onView?: (asked: Asked, debateId: string) => void;
}

const notFound = problemResponse(debatesErrors.error('not-found', { params: { id: '19502241_6ac548b948b27' } }));
const DebateList = Type.Array(Type.Ref('Debate'));
const NO_FILES: readonly AudioFileBody[] = [];
const DEFAULT_PER_PAGE = 20;
/** Events take changed answers out at once; this only bounds what no event tells, such as counts. */
const KEPT_SECONDS = 300;
/** Whether a sitting has begun changes with the clock alone. */
const RECENT_KEPT_SECONDS = 60;
const LIMIT = 'debates';
const showsMany = { limit: LIMIT, cache: { tags: () => [DEBATES_TAG], ttlSeconds: KEPT_SECONDS } };

export function registerDebatesRoutes(app: App, options: DebatesRoutesOptions): void {
  const store = createDebatesStore(options.db);
  const totalOf = createTotals(options.totals, store.count);
  app.addSchema({ ...Debate, examples: [DEBATE_EXAMPLE] });
  registerOpenRoutes(app, options);
  const search = createSearch({ db: options.db, counts: options.counts, oneAtATime: options.oneAtATime ?? false });

  const present = async (listed: readonly ListedDebate['debate'][]) => {
    const files = await options.audioFiles(listed.filter((one) => one.hasAudio).map((one) => one.id));
    return listed.map((one) => presentDebate(one, files.get(one.id) ?? NO_FILES));
  };

  async function answerList(reply: FastifyReply, path: string, request: PagedRequest) {
    const { filter, sort, order, query } = request;
    const perPage = query.per_page ?? DEFAULT_PER_PAGE;
    const page = query.page ?? 1;
    const orderName = `${sort}:${order}`;
    const from =
      query.cursor === undefined
        ? { offset: (page - 1) * perPage }
        : decodeCursor(query.cursor, orderName, SORT_KIND[sort]);
    const total = await totalOf(filter);
    // One row more than asked tells whether a next page exists.
    const rows = await store.list({ filter, sort, order, limit: perPage + 1, from });
    const shown = rows.slice(0, perPage);
    const last = rows.length > perPage ? shown.at(-1) : undefined;
    const described: Page = {
      page,
      perPage,
      total,
      nextCursor: last ? cursorOf(orderName, last.sortValue, last.debate.id) : null,
      byCursor: query.cursor !== undefined,
    };
    reply.header('x-total-count', String(total));
    reply.header('link', pageLinks(`${options.publicUrl}${path}`, query, described));
    return present(shown.map((one) => one.debate));
  }

  /** The list among what was found: the same order and the same links. */
  async function answerFound(reply: FastifyReply, query: ListQueryParameters, terms: readonly SearchTerm[]) {
    const question = { terms, filter: filterOf(query) };
    const [sort, order] = [query.sort_by ?? 'date', query.sort_order ?? 'desc'];
    const perPage = query.per_page ?? DEFAULT_PER_PAGE;
    const page = query.page ?? 1;
    const from = query.cursor === undefined ? { offset: (page - 1) * perPage } : { cursor: query.cursor };
    const counts = await search.count(question);
    const { total, exact } = counts;
    const hits = await search.find({ question, counts, sort, order, limit: perPage + 1, from });
    const shown = hits.slice(0, perPage);
    const byId = new Map((await options.debates.findMany(shown.map(({ id }) => id))).map((one) => [one.id, one]));
    reply.header('x-total-count', String(total));
    if (!exact) reply.header('x-total-is-exact', 'false');
    const described: Page = {
      page,
      perPage,
      // Where the total is an estimate nobody knows the last page.
      total: exact ? total : Number.POSITIVE_INFINITY,
      nextCursor: hits.length > perPage ? (shown.at(-1)?.cursor ?? null) : null,
      byCursor: query.cursor !== undefined,
    };
    reply.header('link', pageLinks(`${options.publicUrl}/api/debates/`, query, described));
    return present(shown.flatMap(({ id }) => byId.get(id) ?? []));
  }

  registerSearchRoutes(app, {
    search,
    publicUrl: options.publicUrl,
    findMany: options.debates.findMany,
    present,
  });

  app.get(
    '/api/debates',
    {
      config: showsMany,
      schema: {
        tags: ['debates'],
        summary: 'Les débats / The debates',
        description:
          'Liste filtrée et triée, en tableau ; total dans X-Total-Count, pages dans Link. Avec q, un total estimé est annoncé par X-Total-Is-Exact: false. / Filtered, sorted list, as an array; total in X-Total-Count, pages in Link. With q, a total that is an estimate says X-Total-Is-Exact: false.',
        querystring: ListQuery,
        response: {
          200: DebateList,
          400: problemResponse(
            httpErrors.error('invalid-request', { fields: [{ field: 'query.per_page', message: 'au plus 100' }] }),
            httpErrors.error('invalid-cursor'),
            debatesErrors.error('dates-reversed'),
          ),
        },
      },
    },
    async (request, reply) => {
      const query = request.query;
      const terms = parseSearchText(query.q ?? '');
      if (terms.length > 0) return answerFound(reply, query, terms);
      return answerList(reply, '/api/debates/', {
        filter: filterOf(query),
        sort: query.sort_by ?? 'date',
        order: query.sort_order ?? 'desc',
        query,
      });
    },
  );

  app.get(
    '/api/debates/live',
    {
      config: showsMany,
      schema: {
        tags: ['debates'],
        summary: 'En direct / On the air now',
        description:
          'Les séances diffusées en ce moment, avec live_url (HLS). / Sittings on the air now, with live_url (HLS).',
        response: { 200: DebateList },
      },
    },
    async (_request, reply) => {
      const live = await options.debates.live();
      reply.header('x-total-count', String(live.length));
      return present(live);
    },
  );

  app.get(
    '/api/debates/recent',
    {
      config: { ...showsMany, cache: { ...showsMany.cache, ttlSeconds: RECENT_KEPT_SECONDS } },
      schema: {
        tags: ['debates'],
        summary: 'Ces derniers jours / The last days',
        description:
          'Les séances commencées ces derniers jours, la plus récente d’abord. / Sittings begun in the last days, newest first.',
        querystring: RecentQuery,
        response: { 200: DebateList, 400: invalidListRequest },
      },
    },
    async (request, reply) => {
      const now = options.clock.now();
      const filter: DebateFilter = {
        dateStart: addDays(parisDay(now), -(request.query.days ?? RECENT_DAYS_DEFAULT)),
        startedBefore: now,
      };
      return answerList(reply, '/api/debates/recent', { filter, sort: 'date', order: 'desc', query: request.query });
    },
  );

  app.get(
    '/api/debates/:debate_id',
    {
      config: {
        limit: LIMIT,
        cache: { tags: ({ debate_id: id }) => [debateTag(id ?? '')], ttlSeconds: KEPT_SECONDS },
        onShown: (asked, { debate_id: id = '' }) => options.onView?.(asked, id),
      },
      schema: {
        tags: ['debates'],
        summary: 'Un débat / One debate',
        description:
          'Par son identifiant, ou tout identifiant sous lequel il a été connu. / By its id, or any id it was known by.',
        params: DebateId,
        response: { 200: Type.Ref('Debate'), 404: notFound },
      },
    },
    async (request) => {
      const debate = await options.debates.get(request.params.debate_id);
      // Asked for by an alias, it still changes under its own id.
      dependOn(request, [debateTag(debate.id)]);
      const files = await options.audioFiles([debate.id]);
      return presentDebate(debate, files.get(debate.id) ?? NO_FILES);
    },
  );
}

interface PagedRequest {
  filter: DebateFilter;
  sort: Sort;
  order: SortOrder;
  query: { page?: number; per_page?: number; cursor?: string };
}

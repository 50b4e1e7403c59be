import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type App, httpErrors, pageLinks, problemResponse } from '../platform/http/index.ts';
import { DEBATES_TAG } from './cache-tags.ts';
import type { Debate } from './debate.ts';
import { debatesErrors } from './errors.ts';
import { filterOf } from './requested-filter.ts';
import type { DebateBody } from './schemas.ts';
import type { Search, SearchSort } from './search.ts';
import { excerpt, type FoundWords, highlight } from './search-highlights.ts';
import {
  MAX_SEARCH_PAGE,
  SEARCH_EXAMPLE,
  SearchAnswer,
  type SearchAnswerBody,
  type SearchParameters,
  SearchRequest,
  Suggestions,
  SuggestionsQuery,
} from './search-schemas.ts';
import { parseSearchText } from './search-text.ts';
import type { SearchQuestion } from './search-where.ts';

export interface SearchRoutesOptions {
  search: Search;
  publicUrl: string;
  findMany: (ids: readonly string[]) => Promise<Debate[]>;
  present: (debates: readonly Debate[]) => Promise<DebateBody[]>;
}

const PATH = '/api/debates/search';
const DEFAULT_PER_PAGE = 20;
/** As the list: events take changed answers out at once. */
const KEPT_SECONDS = 300;
/** A phone shows some lines; nobody reads all who spoke to see which of the names was found. */
const NAMES_SHOWN = 10;
const cache = { tags: () => [DEBATES_TAG], ttlSeconds: KEPT_SECONDS };

export function registerSearchRoutes(app: App, options: SearchRoutesOptions): void {
  const { search } = options;
  app.addSchema({ ...SearchAnswer, examples: [SEARCH_EXAMPLE] });
  app.addSchema(Suggestions);
  const schema = {
    tags: ['debates'],
    response: {
      200: Type.Ref('DebateSearch'),
      400: problemResponse(
        httpErrors.error('invalid-request', {
          fields: [{ field: 'body.q', message: 'must NOT have more than 200 characters' }],
        }),
        httpErrors.error('invalid-cursor'),
        debatesErrors.error('dates-reversed'),
      ),
    },
  };

  app.post(
    PATH,
    {
      config: { limit: 'search', idempotent: true, cache: { ...cache, byBody: true } },
      schema: {
        ...schema,
        summary: 'Chercher un débat / Search debates',
        description:
          'Le titre, la description, la commission, les orateurs et les thèmes, dans toutes leurs formes ; décomptes par facette. Au-delà de quelques centaines de résultats les décomptes sont estimés (total_is_exact). Les pages suivantes par GET (Link), ou par le même corps avec cursor. / Title, description, commission, speakers and tags in any of their forms, with counts by facet. Beyond some hundreds of results counts are estimates (total_is_exact). Further pages by GET (Link), or by the same body with cursor.',
        body: SearchRequest,
      },
    },
    async (request, reply) => answer(request.body, reply),
  );

  app.get(
    PATH,
    {
      config: { limit: 'search', cache },
      schema: {
        ...schema,
        summary: 'Chercher un débat, par adresse / Search debates, by address',
        description: 'La même recherche, que l’on peut lier et garder. / The same search, to link to and to keep.',
        querystring: SearchRequest,
      },
    },
    async (request, reply) => answer(request.query, reply),
  );

  app.get(
    '/api/debates/suggestions',
    {
      config: { limit: 'search', cache },
      schema: {
        tags: ['debates'],
        summary: 'Suggestions de recherche / Search suggestions',
        description:
          'Titres, commissions et orateurs dont des mots commencent par ce qui est saisi. / Titles, commissions and speakers in which words begin with what is typed.',
        querystring: SuggestionsQuery,
        response: { 200: Type.Ref('DebateSuggestions') },
      },
    },
    async (request: FastifyRequest<{ Querystring: { q: string } }>) => search.suggest(request.query.q),
  );

  async function answer(asked: SearchParameters, reply: FastifyReply): Promise<SearchAnswerBody> {
    const typed: SearchQuestion = { terms: parseSearchText(asked.q ?? ''), filter: filterOf(asked) };
    const order = orderOf(asked, typed);
    const perPage = asked.per_page ?? DEFAULT_PER_PAGE;
    const page = asked.page ?? 1;
    const { question, counts, didYouMean } = await understand(typed);
    const from = asked.cursor === undefined ? { offset: (page - 1) * perPage } : { cursor: asked.cursor };
    const [{ debates, nextCursor }, facets] = await Promise.all([
      pageOf({ question, counts, ...order, limit: perPage, from }),
      search.facets(question, counts),
    ]);
    reply.header('x-total-count', String(counts.total));
    const isPaged = counts.exact && counts.total <= MAX_SEARCH_PAGE * perPage;
    const described = {
      page,
      perPage,
      // Where nobody knows the last page, or none may ask for it, there is no link to it.
      total: isPaged ? counts.total : Number.POSITIVE_INFINITY,
      nextCursor,
      byCursor: asked.cursor !== undefined,
    };
    reply.header('link', pageLinks(`${options.publicUrl}${PATH}`, asked, described));
    return {
      debates,
      total: counts.total,
      total_is_exact: counts.exact,
      page: asked.cursor === undefined ? page : null,
      per_page: perPage,
      next_cursor: nextCursor,
      did_you_mean: didYouMean,
      facets: { exact: counts.exact, ...facets },
    };
  }

  /** As it was typed; or, where that finds nothing, as it was probably meant. */
  async function understand(typed: SearchQuestion) {
    const counts = await search.count(typed);
    const meant = counts.total === 0 && counts.exact ? await search.correct(typed) : null;
    const meantCounts = meant && (await search.count(meant.question));
    if (meant === null || meantCounts === null || meantCounts.total === 0)
      return { question: typed, counts, didYouMean: null };
    return { question: meant.question, counts: meantCounts, didYouMean: meant.text };
  }

  async function pageOf(asked: Parameters<Search['find']>[0]) {
    const { question, limit } = asked;
    // One more than asked tells whether a next page exists.
    const hits = await search.find({ ...asked, limit: limit + 1 });
    const shown = hits.slice(0, limit);
    const nextCursor = hits.length > limit ? (shown.at(-1)?.cursor ?? null) : null;
    const ids = shown.map(({ id }) => id);
    return { debates: await presentHits(ids, question), nextCursor };
  }

  async function presentHits(ids: readonly string[], question: SearchQuestion): Promise<SearchAnswerBody['debates']> {
    const byId = new Map((await options.findMany(ids)).map((debate) => [debate.id, debate]));
    // One that was withdrawn a moment ago is gone.
    const bodies = await options.present(ids.flatMap((id) => byId.get(id) ?? []));
    const texts = bodies.flatMap((body) => [
      ...[body.title, body.description, body.commission ?? ''],
      ...[...body.speakers.map(({ name }) => name), ...body.tags],
    ]);
    const found = await search.found(texts, question);
    return bodies.map((body) => ({ ...body, highlights: highlightsOf(body, found) }));
  }
}

/** @throws AppError `http/invalid-request` */
function orderOf(asked: SearchParameters, { terms }: SearchQuestion): { sort: SearchSort; order: 'asc' | 'desc' } {
  const sort = asked.sort_by ?? (terms.length > 0 ? 'relevance' : 'date');
  if (sort === 'relevance' && asked.sort_order === 'asc') {
    throw httpErrors.error('invalid-request', { fields: [{ field: 'sort_order', message: 'relevance descends' }] });
  }
  return { sort, order: asked.sort_order ?? 'desc' };
}

function highlightsOf(body: DebateBody, found: FoundWords): SearchAnswerBody['debates'][number]['highlights'] {
  const marked = (texts: readonly string[]): string[] =>
    texts.flatMap((text) => highlight(text, found) ?? []).slice(0, NAMES_SHOWN);
  return {
    title: highlight(body.title, found),
    description: excerpt(body.description, found),
    commission: body.commission === null ? null : highlight(body.commission, found),
    speakers: marked(body.speakers.map(({ name }) => name)),
    tags: marked(body.tags),
  };
}

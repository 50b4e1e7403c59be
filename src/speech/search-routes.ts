import type { FastifyReply } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Debates } from '../debates/index.ts';
import { addDays, fromParis } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import { type App, pageLinks } from '../platform/http/index.ts';
import { speechErrors } from './errors.ts';
import { GROUPS_EXAMPLE, MOMENTS_EXAMPLE, SUGGESTIONS_EXAMPLE } from './examples.ts';
import { invalidSearch, noSuchDebate } from './outcomes.ts';
import { placeCursor, placeOfCursor } from './place-cursor.ts';
import { presentHitDebate, presentMoment } from './present.ts';
import { SearchAnswer, SearchQuery, Suggestions, Words } from './schemas.ts';
import { COUNTED_HITS, createSearchStore, type SpeechQuery } from './search-store.ts';

const DEFAULT_PER_PAGE = 20;
/** A list on a phone under a keyboard. */
const SUGGESTIONS = 6;

const searchOutcome = {
  description: 'Moments; with group_by=debate, debates with their first moments',
  content: {
    'application/json': {
      schema: SearchAnswer,
      examples: {
        moments: { summary: 'Des moments / Moments', value: MOMENTS_EXAMPLE },
        debates: { summary: 'Par débat / By debate', value: GROUPS_EXAMPLE },
      },
    },
  },
};

type Query = Static<typeof SearchQuery>;

/** Search inside what was said. */
export function registerSearchRoutes(app: App, deps: { debates: Debates; db: Db; publicUrl: string }): void {
  const { debates, publicUrl } = deps;
  const store = createSearchStore(deps.db);

  app.get(
    '/api/search/speech',
    {
      config: { limit: 'search' },
      schema: {
        tags: ['speech'],
        summary: 'Chercher dans ce qui a été dit / Search what was said',
        description:
          `Des moments, du plus récent au plus ancien, chacun avec l’adresse où l’écouter. X-Total-Count compte jusqu’à ${COUNTED_HITS}. / ` +
          `Moments, newest first, each with the address to listen at. X-Total-Count counts up to ${COUNTED_HITS}.`,
        querystring: SearchQuery,
        response: { 200: searchOutcome, 400: invalidSearch, 404: noSuchDebate },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const asked = await queryOf(query, debates);
      return query.group_by === 'debate' ? answerGroups(reply, query, asked) : answerMoments(reply, query, asked);
    },
  );

  app.get(
    '/api/search/suggestions',
    {
      schema: {
        tags: ['speech'],
        summary: 'Suggestions / Suggestions',
        description:
          'Personnes qui ont parlé et sujets dont on a parlé, pour un début de saisie. / People who spoke and subjects spoken of, for what is typed so far.',
        querystring: Type.Object({ q: Words }, { additionalProperties: false }),
        response: { 200: { ...Suggestions, examples: [SUGGESTIONS_EXAMPLE] } },
      },
    },
    async (request) => {
      const { people, subjects } = await store.suggest(request.query.q, SUGGESTIONS);
      return { people, subjects: subjects.map(({ label }) => label) };
    },
  );

  async function answerMoments(reply: FastifyReply, query: Query, asked: SpeechQuery) {
    const order = query.sort_order ?? 'desc';
    const perPage = query.per_page ?? DEFAULT_PER_PAGE;
    const page = query.page ?? 1;
    const from = query.cursor === undefined ? { offset: (page - 1) * perPage } : placeOfCursor(query.cursor, order);
    const rows = await store.find(asked, order, perPage + 1, from);
    const shown = rows.slice(0, perPage);
    const last = rows.length > perPage ? shown.at(-1) : undefined;
    // A first page that is not full says by itself how many there are.
    const total =
      page === 1 && query.cursor === undefined && last === undefined ? rows.length : await store.count(asked);
    const nextCursor = last === undefined ? null : placeCursor(order, last);
    describePage(reply, query, { page, perPage, total, nextCursor });
    return shown.map((hit) => ({ debate: presentHitDebate(hit), ...presentMoment(hit, publicUrl) }));
  }

  async function answerGroups(reply: FastifyReply, query: Query, asked: SpeechQuery) {
    if ((query.page ?? 1) > 1) throw speechErrors.error('groups-by-cursor');
    const order = query.sort_order ?? 'desc';
    const perPage = query.per_page ?? DEFAULT_PER_PAGE;
    const after = query.cursor === undefined ? null : placeOfCursor(query.cursor, order);
    const groups = await store.groups(asked, order, perPage, after);
    const places = groups.map(({ debateId, first }) => ({ debateId, positions: first }));
    const hits = Map.groupBy(await store.at(asked, order, places), ({ debateId }) => debateId);
    const last = groups.at(-1);
    // A page that is not full may still have been cut by the window: only an exact last group ends the list.
    const more = last !== undefined && (groups.length === perPage || !last.exact);
    const nextCursor = more ? placeCursor(order, { ...last, position: 0 }) : null;
    describePage(reply, query, { page: 1, perPage, total: await store.count(asked), nextCursor });
    return groups.flatMap(({ debateId, hits: count, exact }) => {
      const moments = (hits.get(debateId) ?? []).toSorted((a, b) => a.position - b.position);
      const [first] = moments;
      if (first === undefined) return [];
      return [
        {
          debate: presentHitDebate(first),
          hits: count,
          hits_exact: exact,
          moments: moments.map((hit) => presentMoment(hit, publicUrl)),
        },
      ];
    });
  }

  function describePage(
    reply: FastifyReply,
    query: Query,
    found: { page: number; perPage: number; total: number; nextCursor: string | null },
  ): void {
    // Where hits are no longer counted nobody knows the last page.
    const known = found.total < COUNTED_HITS && query.group_by === undefined;
    const total = known ? found.total : Number.POSITIVE_INFINITY;
    reply.header('x-total-count', String(found.total));
    reply.header(
      'link',
      pageLinks(`${publicUrl}/api/search/speech`, query, { ...found, total, byCursor: query.cursor !== undefined }),
    );
  }
}

/** @throws AppError `speech/dates-reversed`, `debates/not-found` */
async function queryOf(query: Query, debates: Debates): Promise<SpeechQuery> {
  const { date_start, date_end } = query;
  if (date_start !== undefined && date_end !== undefined && date_start > date_end) {
    throw speechErrors.error('dates-reversed');
  }
  return {
    q: query.q,
    speakerId: query.speaker_id,
    groupId: query.group,
    debateId: query.debate_id === undefined ? undefined : (await debates.get(query.debate_id)).id,
    commission: query.commission,
    type: query.type,
    startsFrom: date_start === undefined ? undefined : midnight(date_start),
    startsBefore: date_end === undefined ? undefined : midnight(addDays(date_end, 1)),
  };
}

/** The schema has checked that it is a day. */
function midnight(day: string): Date | undefined {
  return fromParis({ day, hour: 0 }) ?? undefined;
}

import type { FastifyReply } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Debates } from '../debates/index.ts';
import { addDays, type Clock, fromParis } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import { type App, pageLinks } from '../platform/http/index.ts';
import { createLane } from '../platform/limits/index.ts';
import { speechErrors } from './errors.ts';
import { GROUPS_EXAMPLE, MOMENTS_EXAMPLE, SUGGESTIONS_EXAMPLE } from './examples.ts';
import { invalidSearch, noSuchDebate, searchesBusy } from './outcomes.ts';
import { placeCursor, placeOfCursor } from './place-cursor.ts';
import { presentHitDebate, presentMoment } from './present.ts';
import { SearchAnswer, SearchQuery, Suggestions, Words } from './schemas.ts';
import type { SpeechQuery } from './search-query.ts';
import { COUNTED_HITS, createSearchStore } from './search-store.ts';
import { OWN_SESSION, SHARED_SESSION } from './search-walk.ts';

const DEFAULT_PER_PAGE = 20;
/** Two cores; and a database of one session then has at most two short statements of searches before anybody else's. */
const SEARCHES_AT_ONCE = 2;
/** At some 20 ms each, who waits longest waits a second. */
const SEARCHES_WAITING = 100;
const BUSY_RETRY_SECONDS = 2;
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
export function registerSearchRoutes(
  app: App,
  deps: { debates: Debates; db: Db; clock: Clock; publicUrl: string; oneSession: boolean },
): void {
  const { debates, publicUrl } = deps;
  const store = createSearchStore({
    db: deps.db,
    clock: deps.clock,
    pace: deps.oneSession ? SHARED_SESSION : OWN_SESSION,
  });
  const lane = createLane({ width: SEARCHES_AT_ONCE, waiting: SEARCHES_WAITING });

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
        response: { 200: searchOutcome, 400: invalidSearch, 404: noSuchDebate, 503: searchesBusy },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const asked = await queryOf(query, debates);
      const answer = query.group_by === 'debate' ? answerGroups : answerMoments;
      const found = await lane.run<Static<typeof SearchAnswer>>(() => answer(reply, query, asked));
      if (found === null) throw speechErrors.error('searches-busy', { retryAfterSeconds: BUSY_RETRY_SECONDS });
      return found;
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
    const after = query.cursor === undefined ? null : placeOfCursor(query.cursor, order);
    const skipped = after === null ? (page - 1) * perPage : 0;
    // One more than is shown says whether there are more; from the beginning, the same walk counts.
    const wanted = skipped + perPage + 1;
    const places = await store.places(asked, { order, after, limit: after ? wanted : Math.max(wanted, COUNTED_HITS) });
    const shown = await store.hits(asked.q, places.slice(skipped, skipped + perPage));
    const last = places.length >= wanted ? shown.at(-1) : undefined;
    const total = after === null ? Math.min(places.length, COUNTED_HITS) : await countOf(asked);
    const nextCursor = last === undefined ? null : placeCursor(order, last);
    describePage(reply, query, { page, perPage, total, nextCursor });
    return shown.map((hit) => ({ debate: presentHitDebate(hit), ...presentMoment(hit, publicUrl) }));
  }

  async function answerGroups(reply: FastifyReply, query: Query, asked: SpeechQuery) {
    if ((query.page ?? 1) > 1) throw speechErrors.error('groups-by-cursor');
    const order = query.sort_order ?? 'desc';
    const perPage = query.per_page ?? DEFAULT_PER_PAGE;
    const after = query.cursor === undefined ? null : placeOfCursor(query.cursor, order);
    const { groups, looked } = await store.groups(asked, { order, limit: perPage, after });
    const shown = await store.hits(
      asked.q,
      groups.flatMap(({ first }) => first),
    );
    const hits = Map.groupBy(shown, ({ debateId }) => debateId);
    const last = groups.at(-1);
    // A page that is not full may still have been cut by the window: only an exact last group ends the list.
    const more = last !== undefined && (groups.length === perPage || !last.exact);
    const nextCursor = more ? placeCursor(order, { ...last, position: 0 }) : null;
    const total = after === null ? looked : await countOf(asked);
    describePage(reply, query, { page: 1, perPage, total, nextCursor });
    return groups.flatMap(({ debateId, hits: count, exact }) => {
      const moments = hits.get(debateId) ?? [];
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

  async function countOf(asked: SpeechQuery): Promise<number> {
    return (await store.places(asked, { order: 'desc', after: null, limit: COUNTED_HITS })).length;
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

import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { keepOrCompute, type TaggedCache } from '../platform/cache/index.ts';
import type { Db } from '../platform/database/index.ts';
import { cursorOf, decodeCursor } from '../platform/http/index.ts';
import { DEBATES_TAG } from './cache-tags.ts';
import { afterPosition, SORT_KIND, type Sort, type SortOrder } from './list-query.ts';
import { nearestWord } from './nearest-word.ts';
import { countsOf, facetsOf, type SearchCounts, type SearchFacets } from './search-counts.ts';
import { relevanceCursor, relevancePlaceOf, type TimePlace } from './search-cursor.ts';
import { type FoundWords, wordKeys } from './search-highlights.ts';
import { MOMENT, readInSpans } from './search-pages.ts';
import { createSearchStore, type RankedHit } from './search-store.ts';
import { formsOf, parseSearchText, type SearchTerm, searchTextOf } from './search-text.ts';
import { namesAsked, type SearchCondition, type SearchQuestion, searchCondition } from './search-where.ts';
import { textKey } from './text-key.ts';

export type SearchSort = Sort | 'relevance';

interface SearchRequest {
  question: SearchQuestion;
  sort: SearchSort;
  /** Relevance knows one only: the best first. */
  order: SortOrder;
  limit: number;
  /** Results to skip, or the cursor that a page of the same question and order gave. */
  from: { offset: number } | { cursor: string };
  /** Of the same question. */
  counts: SearchCounts;
}

/** A result, and the cursor that goes on after it. */
export interface SearchHit {
  id: string;
  cursor: string;
}

interface Suggested {
  titles: { id: string; title: string }[];
  commissions: string[];
  speakers: { id: string | null; name: string }[];
}

export interface Search {
  /** How many debates answer a question; kept until the register changes. */
  count(question: SearchQuestion): Promise<SearchCounts>;
  /** The same by type, year, commission and speaker; kept as long as `counts`. */
  facets(question: SearchQuestion, counts: SearchCounts): Promise<SearchFacets>;
  /** A page. What has too many hits to rank them all is ranked among its newest `RANKED`; the older ones follow by date. */
  find(request: SearchRequest): Promise<SearchHit[]>;
  /** The question that was probably meant when a word of it is in no debate; null where nothing is near. */
  correct(question: SearchQuestion): Promise<{ question: SearchQuestion; text: string } | null>;
  /** Which words of some texts the question found. */
  found(texts: readonly string[], question: SearchQuestion): Promise<FoundWords>;
  /** Titles, commissions and speakers for what is typed so far. */
  suggest(typed: string): Promise<Suggested>;
}

/** Hits that are ranked when there are many: 10 pages, all of them read for each page. */
const RANKED = 200;
/** Where a count was exact there are about 500 at most (see `SAMPLES`); a cursor may be older than the hits that came since. */
const FEW_MAX = 4_000;
/** Results that are skipped by number span by span; beyond, the database skips them along an index of the whole register. */
const SKIPPED_MAX = 2_000;
/** Events take counts out at once; this only bounds what no event tells. */
const KEPT_SECONDS = 300;
/** A list on a phone under a keyboard. */
const SUGGESTIONS = 6;
/** Newest debates whose titles are looked at: titles of one matter repeat. */
const TITLES_READ = 60;
/** Newest debates that are looked at for them first: what one in eight of them holds needs no index. */
const TITLES_AMONG = 500;
/** Shorter beginnings are in most titles. */
const TITLE_MIN = 3;
/** Shorter words have too many neighbours. */
const CORRECTED_MIN = 3;

export function createSearch(options: {
  db: Db;
  counts?: TaggedCache<SearchCounts> | undefined;
  /** The database answers one statement at a time: facets are asked for with the total, as they cannot be beside the page. */
  oneAtATime: boolean;
}): Search {
  const store = createSearchStore(options.db);
  const knownFacets = new WeakMap<SearchCounts, Promise<SearchFacets>>();

  async function conditionOf(question: SearchQuestion): Promise<SearchCondition> {
    const { commission, speaker } = namesAsked(question);
    // A text of punctuation alone names nothing.
    const named = async (kind: 'commission' | 'speaker', key: string | null) =>
      key === null ? undefined : key === '' ? [] : store.names(kind, key);
    const names = { commissions: await named('commission', commission), speakers: await named('speaker', speaker) };
    return searchCondition(question, names);
  }

  /** How large the register was lately: it decides which samples are worth a look, and nothing of what they say. */
  let size: { debates: Promise<number>; untilMs: number } | null = null;
  function debatesKnown(): Promise<number> {
    if (size === null || performance.now() > size.untilMs) {
      const debates = store.size();
      debates.catch(() => {
        size = null;
      });
      size = { debates, untilMs: performance.now() + KEPT_SECONDS * 1_000 };
    }
    return size.debates;
  }

  async function count(question: SearchQuestion): Promise<SearchCounts> {
    const compute = async (): Promise<SearchCounts> => {
      const [condition, debates] = await Promise.all([conditionOf(question), debatesKnown()]);
      if (!options.oneAtATime) return countsOf(await store.count(condition, debates));
      const counted = await store.countByFacet(condition, debates);
      const counts = countsOf(counted);
      knownFacets.set(counts, Promise.resolve(facetsOf(counted.facets, counted.sample)));
      return counts;
    };
    if (options.counts === undefined) return compute();
    const keep = { tags: [DEBATES_TAG], ttlSeconds: KEPT_SECONDS };
    return keepOrCompute(options.counts, JSON.stringify(question), keep, compute);
  }

  function facets(question: SearchQuestion, counts: SearchCounts): Promise<SearchFacets> {
    const known = knownFacets.get(counts);
    if (known) return known;
    const found = async () => (counts.total === 0 ? [] : store.facets(await conditionOf(question), counts.sample));
    const asked = found().then((values) => facetsOf(values, counts.sample));
    knownFacets.set(counts, asked);
    asked.catch(() => knownFacets.delete(counts));
    return asked;
  }

  async function find(request: SearchRequest): Promise<SearchHit[]> {
    const { sort, from, counts } = request;
    const condition = await conditionOf(request.question);
    if (sort === 'relevance') return byRelevance(condition, counts, request);
    const skipped = 'offset' in from ? from.offset : 0;
    if (sort === 'date' && !counts.exact && skipped <= SKIPPED_MAX) return byDate(condition, counts, request, skipped);
    return sorted(condition, counts, { ...request, sort });
  }

  async function byRelevance(condition: SearchCondition, counts: SearchCounts, request: SearchRequest) {
    const { from, limit } = request;
    const place = 'cursor' in from ? relevancePlaceOf(from.cursor) : null;
    const older = async (after: TimePlace, skipped: number): Promise<SearchHit[]> => {
      const rows = await inTime(condition, counts, { order: 'desc', limit: limit + skipped, after });
      return rows.slice(skipped).map((row) => ({ id: row.id, cursor: relevanceCursor({ kind: 'older', after: row }) }));
    };
    if (place?.kind === 'older') return older(place.after, 0);

    const offset = 'offset' in from ? from.offset : 0;
    if (place === null ? counts.exact : place.last === null) {
      const best = await store.best(condition, { after: place, offset, limit, among: FEW_MAX });
      return best.map((hit) => ({ id: hit.id, cursor: relevanceCursor({ kind: 'ranked', ...hit, last: null }) }));
    }

    const newest = await newestHits(condition, counts, place?.last ?? null);
    const last = place === null ? (newest.length === RANKED ? (newest.at(-1) ?? null) : null) : place.last;
    const ranked = newest.toSorted(byScore);
    const skipped = place === null ? offset : ranked.filter((hit) => byScore(hit, place) <= 0).length;
    const shown = ranked
      .slice(skipped, skipped + limit)
      .map(({ id, score }) => ({ id, cursor: relevanceCursor({ kind: 'ranked', score, id, last }) }));
    if (shown.length === limit || last === null) return shown;
    return [...shown, ...(await older(last, Math.max(0, skipped - ranked.length)))].slice(0, limit);
  }

  /** Those of many that are ranked: the newest, as far back as the page before went. */
  async function newestHits(
    condition: SearchCondition,
    counts: SearchCounts,
    last: TimePlace | null,
  ): Promise<RankedHit[]> {
    const register = spanOf(condition, counts);
    if (register === null) return [];
    const until: RawBuilder<SqlBool> =
      last === null ? sql`true` : sql`(${MOMENT}, s.debate_id) >= (${last.sortsAt}::timestamptz, ${last.id}::text)`;
    return readInSpans({
      register: last === null ? register : { ...register, first: last.sortsAt },
      hits: counts.total,
      order: 'desc',
      limit: last === null ? RANKED : FEW_MAX,
      read: (span, limit) => store.newest(condition, sql`${span} and ${until}`, limit),
    });
  }

  async function inTime(
    condition: SearchCondition,
    counts: Pick<SearchCounts, 'total' | 'register'>,
    { order, limit, after }: { order: SortOrder; limit: number; after: TimePlace | null },
  ): Promise<TimePlace[]> {
    const register = spanOf(condition, counts);
    if (register === null) return [];
    const comparison = sql.raw(order === 'asc' ? '>' : '<');
    const beyond: RawBuilder<SqlBool> =
      after === null
        ? sql`true`
        : sql`(${MOMENT}, s.debate_id) ${comparison} (${after.sortsAt}::timestamptz, ${after.id}::text)`;
    return readInSpans({
      register,
      hits: counts.total,
      order,
      limit,
      from: after?.sortsAt,
      read: (span, count) => store.inTime(condition, { span: sql`${span} and ${beyond}` }, order, count),
    });
  }

  async function byDate(condition: SearchCondition, counts: SearchCounts, request: SearchRequest, skipped: number) {
    const { order, limit, from } = request;
    const place = 'cursor' in from ? decodeCursor(from.cursor, `date:${order}`, 'time') : null;
    const after = place && { sortsAt: new Date(String(place.value)), id: place.id };
    const rows = await inTime(condition, counts, { order, limit: limit + skipped, after });
    return rows
      .slice(skipped)
      .map(({ id, sortsAt }) => ({ id, cursor: cursorOf(`date:${order}`, sortsAt.toISOString(), id) }));
  }

  async function sorted(condition: SearchCondition, counts: SearchCounts, request: SearchRequest & { sort: Sort }) {
    const { sort, order, limit, from } = request;
    const orderName = `${sort}:${order}`;
    const after =
      'cursor' in from
        ? afterPosition(sort, order, decodeCursor(from.cursor, orderName, SORT_KIND[sort]))
        : sql<SqlBool>`true`;
    const offset = 'offset' in from ? from.offset : 0;
    const rows = await store.sorted(condition, { sort, order, limit, offset, after, few: counts.exact });
    return rows.map(({ id, value }) => ({ id, cursor: cursorOf(orderName, value, id) }));
  }

  async function correct(question: SearchQuestion) {
    const isTypo = ({ kind, excluded, key }: SearchTerm): boolean =>
      kind === 'word' && !excluded && key.length >= CORRECTED_MIN && !key.includes(' ');
    const typed = question.terms.filter(isTypo).map(({ key }) => key);
    if (typed.length === 0) return null;
    const near = await store.near(typed);
    let corrected = false;
    const terms = question.terms.map((term) => {
      const meant = isTypo(term) ? nearestWord(term.key, near.get(term.key) ?? []) : null;
      if (meant === null) return term;
      corrected = true;
      return { ...term, key: meant.key, typed: meant.label };
    });
    return corrected ? { question: { ...question, terms }, text: searchTextOf(terms) } : null;
  }

  async function rareInTime(condition: SearchCondition): Promise<{ id: string }[]> {
    const [debates, register] = await Promise.all([debatesKnown(), store.register()]);
    const total = (debates * TITLES_READ) / TITLES_AMONG;
    return inTime(condition, { total, register }, { order: 'desc', limit: TITLES_READ, after: null });
  }

  async function newestTitles(words: readonly string[]) {
    const question = { terms: parseSearchText(`${words.join(' ')}*`), filter: {} };
    const condition = await conditionOf(question);
    // Not counted first, which would cost more than one look too many.
    const common = await store.inTime(condition, { newest: TITLES_AMONG }, 'desc', TITLES_READ);
    const hits = common.length === TITLES_READ ? common : await rareInTime(condition);
    return store.titles(hits.map(({ id }) => id));
  }

  return {
    count,
    facets,
    find,
    correct,
    found: async (texts, { terms }) => {
      const keys = wordKeys(texts);
      const wanted = terms.filter(({ excluded }) => !excluded);
      const words = wanted.filter(({ kind }) => kind === 'word').map(({ key }) => key.split(' '));
      const beginnings = wanted.filter(({ kind }) => kind === 'prefix').map(({ key }) => key);
      const parts = words.flat();
      const stems =
        parts.length === 0 ? new Map<string, string>() : await store.stems([...new Set([...parts, ...keys.values()])]);
      const asked = new Set(parts.flatMap((part) => stems.get(part) ?? []));
      // As `searchQueryOf` does; small words, which have no stem, are not marked.
      const forms = new Set(
        words.flatMap(([one = '', ...more]) => (more.length > 0 || !stems.has(one) ? [] : formsOf(one))),
      );
      const isFound = (key: string): boolean =>
        forms.has(key) || asked.has(stems.get(key) ?? '') || beginnings.some((beginning) => key.startsWith(beginning));
      return {
        keys,
        words: new Set([...keys.values()].filter(isFound)),
        phrases: wanted.filter(({ kind }) => kind === 'phrase').map(({ key }) => key.split(' ')),
      };
    },
    suggest: async (typed) => {
      const words = textKey(typed).split(' ').filter(Boolean);
      if (words.length === 0) return { titles: [], commissions: [], speakers: [] };
      const [titles, commissions, speakers] = await Promise.all([
        words.every(({ length }) => length < TITLE_MIN) ? [] : newestTitles(words),
        store.suggestNames('commission', words, SUGGESTIONS),
        store.suggestNames('speaker', words, SUGGESTIONS),
      ]);
      return {
        titles: distinctTitles(titles, words).slice(0, SUGGESTIONS),
        commissions: commissions.map(({ name }) => name),
        speakers: speakers.map(({ id, name }) => ({ id, name })),
      };
    },
  };
}

/** From the first to the last moment where anything can be found; null when nothing can. */
function spanOf(
  { within }: SearchCondition,
  { register }: Pick<SearchCounts, 'register'>,
): { first: Date; last: Date } | null {
  if (register === null) return null;
  const first = new Date(Math.max(within.first.getTime(), register.first.getTime()));
  const last = new Date(Math.min(within.last.getTime(), register.last.getTime()));
  return first <= last ? { first, last } : null;
}

/** The best first; ids settle ties. */
function byScore(a: { score: number; id: string }, b: { score: number; id: string }): number {
  if (a.score !== b.score) return b.score - a.score;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/** Titles in which a word begins with each that was typed, the newest of each. */
function distinctTitles(
  titles: readonly { id: string; title: string; titleKey: string }[],
  words: readonly string[],
): { id: string; title: string }[] {
  const seen = new Map<string, { id: string; title: string }>();
  for (const { id, title, titleKey } of titles) {
    const holds = words.every((word) => ` ${titleKey}`.includes(` ${word}`));
    if (holds && !seen.has(titleKey)) seen.set(titleKey, { id, title });
  }
  return [...seen.values()];
}

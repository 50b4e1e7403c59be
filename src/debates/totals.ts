import { keepOrCompute, type TaggedCache } from '../platform/cache/index.ts';
import { DEBATES_TAG } from './cache-tags.ts';
import type { DebateFilter } from './list-query.ts';

export interface Total {
  total: number;
}

/** Events take totals out at once; this only bounds what no event tells. */
const KEPT_SECONDS = 300;

/**
 * How many debates a filter finds. Counting reads all of them, ten times the price of a page, and every page of the same list
 * says the same number: it is kept until the register changes. Absent cache: counted each time.
 */
export function createTotals(
  cache: TaggedCache<Total> | undefined,
  count: (filter: DebateFilter) => Promise<number>,
): (filter: DebateFilter) => Promise<number> {
  return async (filter) => {
    // A filter by the present moment is never asked for again.
    if (cache === undefined || filter.startedBefore !== undefined) return count(filter);
    const keep = { tags: [DEBATES_TAG], ttlSeconds: KEPT_SECONDS };
    const compute = async (): Promise<Total> => ({ total: await count(filter) });
    return (await keepOrCompute(cache, JSON.stringify(filter), keep, compute)).total;
  };
}

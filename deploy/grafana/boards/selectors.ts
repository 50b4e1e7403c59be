/**
 * Routes whose answers last as long as a listener takes them (sound, news, exports), and those that only machines ask: how long
 * they take says nothing of how quick the product is. The same as in the alert `SlowAnswers`.
 */
export const QUICK =
  'route!~"/api/streaming/:debate_id/(stream|download)|/files/:file|/ws/?|/api/events|/api/export/.*|/health.*|/metrics"';

/** A process that is starting or stopping answers 503 to its probes: that is no error. The same as in the alert `ErrorRate`. */
export const NO_PROBE = 'route!~"/health.*|/metrics"';

/** Of an interval that holds enough scrapes, whatever the zoom. */
export const perSecond = (selector: string): string => `rate(${selector}[$__rate_interval])`;

/** @param share from 0 to 1 */
export function quantile(share: number, histogram: string, selector: string, by: readonly string[] = []): string {
  const buckets = perSecond(`${histogram}_bucket{${selector}}`);
  return `histogram_quantile(${share}, sum by (${['le', ...by].join(', ')}) (${buckets}))`;
}

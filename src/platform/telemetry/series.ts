/** What tells the series of one metric apart, in the order of the metric's label names. */
export type LabelValues = readonly string[];

/** A number of one series, as the text format has it. */
export interface Sample {
  labels?: Readonly<Record<string, string | number>>;
  value: number;
  /** Where it differs from the metric's: `…_bucket`, `…_sum`, `…_count`. */
  metricName?: string;
}

/**
 * Series of one metric. Every label takes its values from a short list (routes, codes, kinds), which makes a thousand of them;
 * should one not, what is too many is counted together and memory stays what it is.
 */
const MAX_SERIES = 5_000;
const TOO_MANY = 'other';

/** State by label values, bounded. */
export function createSeries<State>(labelNames: readonly string[], begin: () => State, maxSeries = MAX_SERIES) {
  const states = new Map<string, { labels: Record<string, string>; state: State }>();
  const at = (values: LabelValues): State => {
    const key = values.join('\n');
    const known = states.get(key);
    if (known) return known.state;
    if (states.size >= maxSeries && values.some((value) => value !== TOO_MANY)) return at(values.map(() => TOO_MANY));
    const labels = Object.fromEntries(labelNames.map((name, position) => [name, values[position] ?? '']));
    const state = begin();
    states.set(key, { labels, state });
    return state;
  };
  return { at, all: () => [...states.values()] };
}

export interface Histogram {
  observe(labels: LabelValues, value: number): void;
  /** The same for one series, for who observes it often: twenty times cheaper. */
  series(labels: LabelValues): (value: number) => void;
  samples(): Sample[];
}

/** Counts values by the bounds they are not above; `bounds` ascend. */
export function createHistogram(name: string, labelNames: readonly string[], bounds: readonly number[]): Histogram {
  const series = createSeries(labelNames, () => {
    const counts = new Float64Array(bounds.length + 1);
    const state = { counts, sum: 0, observe: (_value: number): void => undefined };
    state.observe = (value) => {
      let position = 0;
      while (position < bounds.length && value > (bounds[position] ?? 0)) position += 1;
      counts[position] = (counts[position] ?? 0) + 1;
      state.sum += value;
    };
    return state;
  });
  return {
    observe: (labels, value) => series.at(labels).observe(value),
    series: (labels) => series.at(labels).observe,
    samples: () =>
      series.all().flatMap(({ labels, state }) => {
        let count = 0;
        const buckets = [...state.counts].map((inBucket, position) => {
          count += inBucket;
          return { metricName: `${name}_bucket`, labels: { le: bounds[position] ?? '+Inf', ...labels }, value: count };
        });
        return [
          ...buckets,
          { metricName: `${name}_sum`, labels, value: state.sum },
          { metricName: `${name}_count`, labels, value: count },
        ];
      }),
  };
}

export interface Counter {
  add(labels: LabelValues, amount?: number): void;
  samples(): Sample[];
}

export function createCounter(labelNames: readonly string[]): Counter {
  const series = createSeries(labelNames, () => ({ value: 0 }));
  return {
    add: (labels, amount = 1) => {
      series.at(labels).value += amount;
    },
    samples: () => series.all().map(({ labels, state }) => ({ labels, value: state.value })),
  };
}

import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import type { Clock } from '../clock/index.ts';
import { type Counter, createCounter, createHistogram, type Histogram, type Sample } from './series.ts';

export interface Described {
  /** As Prometheus has them: `robian_…`, unit last and in base units, `_total` on what only grows. */
  name: string;
  help: string;
}

/** Families of one collector, by key. */
type Families = Readonly<Record<string, Described & { type: 'gauge' | 'counter' }>>;

export interface Metrics {
  histogram(metric: Described & { labels: readonly string[]; bounds: readonly number[] }): Histogram;
  counter(metric: Described & { labels: readonly string[] }): Counter;
  /**
   * Numbers that somebody else keeps: they are asked for when they are wanted, once for all their families. What throws or
   * takes too long is left out, and counted.
   */
  collect<Given extends Families>(
    collector: string,
    families: Given,
    read: () => Promise<Numbers<Given>> | Numbers<Given>,
  ): void;
  /** All of it in the text format 0.0.4; those who ask at the same time share an answer. */
  render(): Promise<string>;
  contentType: string;
}

/** Of one metric; undefined when it is not known now. */
type Said = number | readonly Sample[] | undefined;
type Numbers<Given extends Families> = Readonly<Partial<Record<keyof Given, Said>>>;

/** Prometheus gives up after 10 s by default; what one collector does not say in time must not cost the others, in ms. */
const COLLECT_TIMEOUT_MS = 2_000;

/**
 * Metrics of this process. What is counted on the way of every request is counted by us, at a twentieth of the library's price;
 * the library brings the format and what it knows of the process.
 */
export function createMetrics(clock: Pick<Clock, 'sleep'>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  let rendering: Promise<string> | null = null;
  /** What collectors said for the rendering under way. */
  let collected = new Map<string, Promise<Readonly<Record<string, Said>>>>();

  function register(described: Described, type: string, values: () => Promise<readonly Sample[]> | readonly Sample[]) {
    const { name, help } = described;
    const metric = { name, help, type, get: async () => ({ name, help, type, values: await values() }) };
    // The registry asks no more of a metric than this; its own classes would count a second time.
    registry.registerMetric(metric as unknown as Metric);
  }
  const counter: Metrics['counter'] = (metric) => {
    const made = createCounter(metric.labels);
    register(metric, 'counter', made.samples);
    return made;
  };
  const failures = counter({
    name: 'robian_metrics_collect_failures_total',
    help: 'Numbers that could not be had in time, by who should have said them.',
    labels: ['collector'],
  });

  async function inTime<T>(work: Promise<T>): Promise<T> {
    const done = new AbortController();
    try {
      const late = clock.sleep(COLLECT_TIMEOUT_MS, done.signal).then(() => Promise.reject(new Error('too late')));
      return await Promise.race([work, late]);
    } finally {
      done.abort();
    }
  }

  return {
    counter,
    histogram: (metric) => {
      const made = createHistogram(metric.name, metric.labels, metric.bounds);
      register(metric, 'histogram', made.samples);
      return made;
    },
    collect: (collector, families, read) => {
      const once = () => {
        const known = collected.get(collector);
        if (known) return known;
        const reading: Promise<Readonly<Record<string, Said>>> = inTime((async () => read())()).catch(() => {
          failures.add([collector]);
          return {};
        });
        collected.set(collector, reading);
        return reading;
      };
      for (const [key, family] of Object.entries(families)) {
        register(family, family.type, async () => {
          const said = (await once())[key];
          return typeof said === 'number' ? [{ value: said }] : (said ?? []);
        });
      }
    },
    render: () => {
      rendering ??= registry.metrics().finally(() => {
        rendering = null;
        collected = new Map();
      });
      return rendering;
    },
    contentType: registry.contentType,
  };
}

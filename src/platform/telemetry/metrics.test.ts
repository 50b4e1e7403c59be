import { Counter, Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock/index.ts';
import { createMetrics } from './index.ts';
import { createHistogram, createSeries } from './series.ts';

const linesOf = (text: string, name: string): string[] => text.split('\n').filter((line) => line.startsWith(name));

describe('metrics', () => {
  it('are written as the library writes its own', async () => {
    const bounds = [0.1, 1];
    const values = [0.05, 0.1, 0.5, 1, 7];
    const registry = new Registry();
    const theirs = new Histogram({
      name: 'x_seconds',
      help: 'h',
      labelNames: ['a'],
      buckets: bounds,
      registers: [registry],
    });
    const theirCounter = new Counter({ name: 'y_total', help: 'h', labelNames: ['a'], registers: [registry] });
    const metrics = createMetrics(systemClock);
    const ours = metrics.histogram({ name: 'x_seconds', help: 'h', labels: ['a'], bounds });
    const ourCounter = metrics.counter({ name: 'y_total', help: 'h', labels: ['a'] });
    for (const value of values) {
      theirs.observe({ a: 'say "hé"\n\\' }, value);
      ours.observe(['say "hé"\n\\'], value);
      theirCounter.inc({ a: 'b' }, value);
      ourCounter.add(['b'], value);
    }
    const text = await metrics.render();
    for (const name of ['x_seconds', 'y_total', '# TYPE x_seconds', '# HELP y_total']) {
      expect(linesOf(text, name)).toEqual(linesOf(await registry.metrics(), name));
      expect(linesOf(text, name)).not.toEqual([]);
    }
    expect(metrics.contentType).toContain('version=0.0.4');
    expect(linesOf(text, 'process_cpu_seconds_total')).toHaveLength(1);
  });

  it('ask a collector once for all its families and for all who ask at the same time', async () => {
    const metrics = createMetrics(systemClock);
    let asked = 0;
    metrics.collect(
      'pool',
      {
        used: { name: 'used', help: 'h', type: 'gauge' },
        by: { name: 'by_total', help: 'h', type: 'counter' },
        unknown: { name: 'unknown', help: 'h', type: 'gauge' },
      },
      async () => {
        asked += 1;
        return { used: 3, by: [{ labels: { kind: 'a' }, value: 2 }] };
      },
    );
    const [one, other] = await Promise.all([metrics.render(), metrics.render()]);
    expect(one).toBe(other);
    expect(asked).toBe(1);
    expect(linesOf(one, 'used ')).toEqual(['used 3']);
    expect(linesOf(one, 'by_total')).toEqual(['by_total{kind="a"} 2']);
    expect(linesOf(one, 'unknown')).toEqual([]);
    await metrics.render();
    expect(asked).toBe(2);
  });

  it('go without a collector that fails or is silent, and count that', async () => {
    const metrics = createMetrics({ sleep: async () => undefined });
    const broken = () => Promise.reject(new Error('away'));
    metrics.collect('failing', { a: { name: 'a', help: 'h', type: 'gauge' } }, broken);
    metrics.collect('silent', { b: { name: 'b', help: 'h', type: 'gauge' } }, () => new Promise(() => undefined));
    await metrics.render();
    const text = await metrics.render();
    expect(linesOf(text, 'robian_metrics_collect_failures_total')).toEqual(
      expect.arrayContaining([expect.stringMatching(/failing"} [12]$/), expect.stringMatching(/silent"} [12]$/)]),
    );
    expect([...linesOf(text, 'a '), ...linesOf(text, 'b ')]).toEqual([]);
  });
});

describe('series', () => {
  it('beyond the bound are counted together', () => {
    const series = createSeries(['route', 'status'], () => ({ count: 0 }), 2);
    for (let number = 0; number < 1000; number += 1) series.at([`/${number}`, '200']).count += 1;
    series.at(['/0', '200']).count += 1;
    expect(series.all().map(({ labels, state }) => [labels.route, state.count])).toEqual([
      ['/0', 2],
      ['/1', 1],
      ['other', 998],
    ]);
  });

  it('of a histogram that nobody observed are none', () => {
    expect(createHistogram('x', ['a'], [1]).samples()).toEqual([]);
  });
});

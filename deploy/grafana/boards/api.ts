import type { Board } from '../board.ts';
import { NO_PROBE, perSecond, QUICK, quantile } from './selectors.ts';

const REQUESTS = 'robian_http_request_duration_seconds';
const answered = (selector: string): string => perSecond(`${REQUESTS}_count{${selector}}`);
const share = (part: string, whole: string): string => `${part} / (${whole} > 0)`;
/** 0 where nothing of the kind ever happened. */
const orNone = (expr: string): string => `(${expr} or vector(0))`;
const failed = orNone(`sum(${answered(`${NO_PROBE}, status=~"5.."`)})`);
const hits = `sum by (cache) (${perSecond('robian_cache_hits_total')})`;
const asked = `(${hits} + sum by (cache) (${perSecond('robian_cache_misses_total{tier="memory"}')}))`;

export const apiBoard: Board = {
  uid: 'robian-api',
  title: 'Robian: API overview',
  description: 'What is asked of the API, how quickly and how well it answers.',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Requests',
          kind: 'number',
          unit: 'reqps',
          columns: 4,
          series: [{ expr: `sum(${answered(NO_PROBE)})`, legend: 'requests' }],
        },
        {
          title: 'Answers that are our errors',
          description: 'Alert ErrorRate above 5 %.',
          kind: 'number',
          unit: 'percentunit',
          columns: 4,
          limits: { amber: 0.01, red: 0.05 },
          series: [{ expr: share(failed, `sum(${answered(NO_PROBE)})`), legend: '5xx' }],
        },
        {
          title: 'Slowest twentieth, from',
          description: 'p95 of what is not sound, news or an export. Alert SlowAnswers above 2 s.',
          kind: 'number',
          unit: 's',
          columns: 4,
          limits: { amber: 0.5, red: 2 },
          series: [{ expr: quantile(0.95, REQUESTS, QUICK), legend: 'p95' }],
        },
        {
          title: 'Processes that answer scrapes',
          kind: 'number',
          unit: 'short',
          columns: 4,
          series: [{ expr: 'sum by (role) (up{job="robian"})', legend: '{{role}}' }],
        },
        {
          title: 'Open connections',
          kind: 'number',
          unit: 'short',
          columns: 4,
          series: [{ expr: 'sum(robian_http_connections)', legend: 'connections' }],
        },
        {
          title: 'Versions',
          description: 'More than one: a deployment is under way, or stopped half-way.',
          kind: 'number',
          unit: 'short',
          columns: 4,
          series: [{ expr: 'count by (version) (robian_build_info)', legend: '{{version}}' }],
        },
      ],
    },
    {
      title: 'Requests',
      panels: [
        {
          title: 'By status',
          kind: 'areas',
          unit: 'reqps',
          columns: 12,
          series: [{ expr: `sum by (status) (${answered(NO_PROBE)})`, legend: '{{status}}' }],
        },
        {
          title: 'By route',
          kind: 'areas',
          unit: 'reqps',
          columns: 12,
          series: [
            { expr: `topk(12, sum by (method, route) (${answered(NO_PROBE)}))`, legend: '{{method}} {{route}}' },
          ],
        },
        {
          title: 'How long answers take',
          kind: 'lines',
          unit: 's',
          columns: 12,
          series: [0.5, 0.95, 0.99].map((part) => ({
            expr: quantile(part, REQUESTS, QUICK),
            legend: `p${part * 100}`,
          })),
        },
        {
          title: 'Slowest routes (p95)',
          kind: 'lines',
          unit: 's',
          columns: 12,
          series: [{ expr: `topk(10, ${quantile(0.95, REQUESTS, QUICK, ['route'])})`, legend: '{{route}}' }],
        },
        {
          title: 'Problems by their code',
          description: 'Codes are explained at /docs/errors.',
          kind: 'lines',
          unit: 'reqps',
          columns: 12,
          series: [{ expr: `topk(12, sum by (code) (${perSecond('robian_http_errors_total')}))`, legend: '{{code}}' }],
        },
        {
          title: 'Numbers that could not be had',
          description: 'Alert NumbersMissing: panels of the collector are blind.',
          kind: 'lines',
          unit: 'cps',
          columns: 12,
          series: [
            {
              expr: orNone(`sum by (collector) (${perSecond('robian_metrics_collect_failures_total')})`),
              legend: '{{collector}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Answers kept ready',
      panels: [
        {
          title: 'Found in a cache',
          kind: 'lines',
          unit: 'percentunit',
          columns: 8,
          series: [{ expr: share(hits, asked), legend: '{{cache}}' }],
        },
        {
          title: 'Memory of the caches',
          kind: 'areas',
          unit: 'bytes',
          columns: 8,
          series: [{ expr: 'sum by (cache) (robian_cache_bytes)', legend: '{{cache}}' }],
        },
        {
          title: 'Taken out because something changed',
          kind: 'lines',
          unit: 'cps',
          columns: 8,
          series: [{ expr: `sum by (cache) (${perSecond('robian_cache_evicted_total')})`, legend: '{{cache}}' }],
        },
      ],
    },
  ],
};

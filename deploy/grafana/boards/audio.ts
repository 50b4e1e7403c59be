import type { Board } from '../board.ts';
import { perSecond, quantile } from './selectors.ts';

const RUNS = 'robian_extraction_run_duration_seconds';
const TRIES = 'robian_extraction_source_duration_seconds';
const TASKS = 'robian_scheduled_task_duration_seconds';
/** The queue is one for all processes, and each tells of all of it. */
const jobs = (selector: string): string => `max by (queue, state) (robian_queue_jobs${selector})`;

export const audioBoard: Board = {
  uid: 'robian-audio',
  title: 'Robian: audio processing',
  description: 'From the portal to a published file: ingestion, jobs, extractions, the scheduler.',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Jobs in the queue',
          description: 'Alert QueueTooLong above 100.',
          kind: 'number',
          unit: 'short',
          columns: 4,
          limits: { amber: 50, red: 100 },
          series: [{ expr: `sum(${jobs('')})`, legend: 'jobs' }],
        },
        {
          title: 'Waits longest',
          kind: 'number',
          unit: 's',
          columns: 4,
          limits: { amber: 300, red: 1800 },
          series: [{ expr: 'max(robian_queue_oldest_ready_seconds)', legend: 'job' }],
        },
        {
          title: 'Jobs given up',
          description: 'Alert DeadLetters above 0.',
          kind: 'number',
          unit: 'short',
          columns: 4,
          limits: { amber: 1, red: 1 },
          series: [{ expr: 'max(robian_queue_dead_letters)', legend: 'jobs' }],
        },
        {
          title: 'Runs that failed, of the last hour',
          description: 'Alert ExtractionFailures above 20 %.',
          kind: 'number',
          unit: 'percentunit',
          columns: 4,
          limits: { amber: 0.1, red: 0.2 },
          series: [
            {
              expr: `sum(increase(${RUNS}_count{outcome="failed"}[1h])) / (sum(increase(${RUNS}_count{outcome=~"completed|failed"}[1h])) > 0)`,
              legend: 'failed',
            },
          ],
        },
        {
          title: 'Last complete look at what is on the air',
          kind: 'number',
          unit: 'dateTimeFromNow',
          columns: 4,
          series: [{ expr: 'max(robian_ingest_last_success_timestamp_seconds{walk="live"}) * 1000', legend: 'ended' }],
        },
        {
          title: 'Schedulers that act',
          description: 'To be 1; alert NoScheduler.',
          kind: 'number',
          unit: 'short',
          columns: 4,
          series: [{ expr: 'sum(robian_scheduler_leader)', legend: 'leaders' }],
        },
      ],
    },
    {
      title: 'Ingestion',
      panels: [
        {
          title: 'Sittings of today whose hour has come',
          description:
            'announced: nothing has been seen of them yet. Alert NothingIngested when that is so of all in public.',
          kind: 'areas',
          unit: 'short',
          columns: 8,
          series: [{ expr: 'max by (type, state) (robian_sittings_begun)', legend: '{{type}} {{state}}' }],
        },
        {
          title: 'Debates looked at',
          kind: 'lines',
          unit: 'cps',
          columns: 8,
          series: [
            {
              expr: `sum by (walk, outcome) (${perSecond('robian_ingest_debates_total')})`,
              legend: '{{walk}} {{outcome}}',
            },
          ],
        },
        {
          title: 'Requests to the Assembly’s services',
          kind: 'lines',
          unit: 'reqps',
          columns: 8,
          series: [
            {
              expr: `sum by (service, outcome) (${perSecond('robian_source_request_duration_seconds_count')})`,
              legend: '{{service}} {{outcome}}',
            },
          ],
        },
        {
          title: 'How long those services take (p95)',
          kind: 'lines',
          unit: 's',
          columns: 8,
          series: [
            {
              expr: quantile(0.95, 'robian_source_request_duration_seconds', 'outcome="answered"', ['service']),
              legend: '{{service}}',
            },
          ],
        },
        {
          title: 'Scheduled tasks (p95)',
          kind: 'lines',
          unit: 's',
          columns: 8,
          series: [{ expr: quantile(0.95, TASKS, '', ['task']), legend: '{{task}}' }],
        },
        {
          title: 'Scheduled tasks that ended',
          kind: 'lines',
          unit: 'cps',
          columns: 8,
          series: [{ expr: `sum by (task, outcome) (${perSecond(`${TASKS}_count`)})`, legend: '{{task}} {{outcome}}' }],
        },
      ],
    },
    {
      title: 'Extraction',
      panels: [
        {
          title: 'Runs that ended, in an hour',
          kind: 'areas',
          unit: 'short',
          columns: 8,
          series: [{ expr: `sum by (outcome) (increase(${RUNS}_count[1h]))`, legend: '{{outcome}}' }],
        },
        {
          title: 'From the request to the sound',
          kind: 'lines',
          unit: 's',
          columns: 8,
          series: [0.5, 0.95].map((part) => ({
            expr: quantile(part, RUNS, 'outcome="completed"'),
            legend: `p${part * 100}`,
          })),
        },
        {
          title: 'Jobs by state',
          kind: 'areas',
          unit: 'short',
          columns: 8,
          series: [{ expr: jobs(''), legend: '{{queue}} {{state}}' }],
        },
        {
          title: 'Tries of each source, in an hour',
          kind: 'lines',
          unit: 'short',
          columns: 8,
          series: [
            {
              expr: `sum by (source, outcome) (increase(${TRIES}_count[1h]))`,
              legend: '{{source}} {{outcome}}',
            },
          ],
        },
        {
          title: 'Why tries failed, in an hour',
          kind: 'lines',
          unit: 'short',
          columns: 8,
          series: [
            {
              expr: 'sum by (source, code) (increase(robian_extraction_source_failures_total[1h])) or vector(0)',
              legend: '{{source}} {{code}}',
            },
          ],
        },
        {
          title: 'Why runs failed, in an hour',
          kind: 'lines',
          unit: 'short',
          columns: 8,
          series: [
            {
              expr: 'sum by (code) (increase(robian_extraction_run_failures_total[1h])) or vector(0)',
              legend: '{{code}}',
            },
          ],
        },
      ],
    },
  ],
};

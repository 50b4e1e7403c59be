import type { ExtractionObserver } from './extraction/index.ts';
import type { IngestReport, Walk } from './ingest/index.ts';
import type { Clock } from './platform/clock/index.ts';
import type { QueryNote } from './platform/database/index.ts';
import type { Contact } from './platform/fetch/index.ts';
import type { RequestObserver } from './platform/http/index.ts';
import type { TaskEnd } from './platform/process/index.ts';
import { createMetrics, type Metrics, type Sample } from './platform/telemetry/index.ts';
import type { Attention } from './stats/index.ts';
import { type AppNumbers, type HouseNumbers, watchApps, watchHouse } from './watched-metrics.ts';

/** Everything that is counted in this process. Rooms tell what they did, or say a number when they are asked. */
export interface ProductMetrics extends Pick<Metrics, 'render' | 'contentType'> {
  requests: RequestObserver;
  extraction: ExtractionObserver;
  onQuery(note: QueryNote): void;
  onContact(service: string, contact: Contact): void;
  onReport(walk: Walk, report: IngestReport): void;
  onCounted(kind: Attention): void;
  onTaskEnd(end: TaskEnd): void;
  /** Whether this process is the one whose scheduler works. */
  leads(leading: boolean): void;
  watchHouse(house: HouseNumbers): void;
  /** Until the function it gives is called. */
  watchApp(app: AppNumbers): () => void;
}

/**
 * From an answer out of memory (under 1 ms) to the longest that a listener's player waits for a piece of sound, in seconds. An
 * alert asks for 2.
 */
const REQUEST_BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2, 5, 30];
/** From a row by its key to the statement timeout, in seconds. */
const QUERY_BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 15, 60];
/** From a sitting on loopback to a video over a slow line, in seconds. */
const EXTRACTION_BOUNDS = [1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600, 14_400];
/** To the end of all timeouts of a request, in seconds. */
const CONTACT_BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** From a look at a table to a day's ingestion, in seconds. */
const TASK_BOUNDS = [0.01, 0.1, 1, 10, 60, 300, 1800];

export function createProductMetrics(options: {
  clock: Clock;
  version: string;
  roles: ReadonlySet<string>;
}): ProductMetrics {
  const { clock } = options;
  const metrics = createMetrics(clock);
  metrics.collect(
    'build',
    {
      info: { name: 'robian_build_info', help: 'What runs here; always 1.', type: 'gauge' },
      // Not `role`: that label is the scraper's, and an installation may have one process for all.
      roles: { name: 'robian_role_info', help: 'What this process is to do; always 1.', type: 'gauge' },
    },
    () => ({
      info: [{ labels: { version: options.version, node: process.versions.node }, value: 1 }],
      roles: [...options.roles].map((duty) => ({ labels: { duty }, value: 1 })),
    }),
  );
  return {
    render: metrics.render,
    contentType: metrics.contentType,
    requests: countRequests(metrics),
    extraction: countExtraction(metrics),
    ...countOutside(metrics),
    onCounted: countAudience(metrics),
    ...countScheduler(metrics, clock),
    watchHouse: (house) => watchHouse(metrics, house),
    watchApp: watchApps(metrics),
  };
}

function countRequests(metrics: Metrics): RequestObserver {
  const durations = metrics.histogram({
    name: 'robian_http_request_duration_seconds',
    help: 'From the request to the end of its answer, by route template; route="none" is no route.',
    labels: ['method', 'route', 'status'],
    bounds: REQUEST_BOUNDS,
  });
  const errors = metrics.counter({
    name: 'robian_http_errors_total',
    help: 'Requests that were answered with a problem, by its stable code.',
    labels: ['code'],
  });
  /** By route, then by method and status: two look-ups a request, and no text made. */
  const known = new Map<string, Map<string, ((seconds: number) => void)[]>>();
  const seriesOf = (method: string, route: string, status: number): ((seconds: number) => void) => {
    const methods = known.get(route) ?? new Map<string, ((seconds: number) => void)[]>();
    const statuses = methods.get(method) ?? [];
    const observe = durations.series([method, route, String(status)]);
    statuses[status] = observe;
    known.set(route, methods.set(method, statuses));
    return observe;
  };
  return {
    answered: (method, route, status, durationSeconds) => {
      const observe = known.get(route)?.get(method)?.[status] ?? seriesOf(method, route, status);
      observe(durationSeconds);
    },
    refused: (code) => errors.add([code]),
  };
}

function countExtraction(metrics: Metrics): ExtractionObserver {
  const tried = metrics.histogram({
    name: 'robian_extraction_source_duration_seconds',
    help: 'One try of one source, until its sound is published or it has failed.',
    labels: ['source', 'outcome'],
    bounds: EXTRACTION_BOUNDS,
  });
  const failures = metrics.counter({
    name: 'robian_extraction_source_failures_total',
    help: 'Tries of a source that failed, by the code that says why.',
    labels: ['source', 'code'],
  });
  const runs = metrics.histogram({
    name: 'robian_extraction_run_duration_seconds',
    help: 'From the request of a sound to the end of its run.',
    labels: ['outcome'],
    bounds: EXTRACTION_BOUNDS,
  });
  const failedRuns = metrics.counter({
    name: 'robian_extraction_run_failures_total',
    help: 'Runs that ended without a sound, by the code that says why.',
    labels: ['code'],
  });
  // They are few: who looks at their growth must not miss the first one.
  for (const outcome of ['completed', 'failed', 'cancelled']) runs.series([outcome]);
  return {
    sourceTried: (source, code, durationSeconds) => {
      tried.observe([source, code === null ? 'completed' : 'failed'], durationSeconds);
      if (code !== null) failures.add([source, code]);
    },
    runEnded: (outcome, code, durationSeconds) => {
      runs.observe([outcome], durationSeconds);
      if (code !== null) failedRuns.add([code]);
    },
  };
}

function countOutside(metrics: Metrics): Pick<ProductMetrics, 'onQuery' | 'onContact'> {
  const queries = metrics.histogram({
    name: 'robian_database_query_duration_seconds',
    help: 'Statements, without the wait for a connection.',
    labels: ['statement', 'outcome'],
    bounds: QUERY_BOUNDS,
  });
  const contacts = metrics.histogram({
    name: 'robian_source_request_duration_seconds',
    help: 'Requests to the Assembly’s services, until the headers were there.',
    labels: ['service', 'outcome'],
    bounds: CONTACT_BOUNDS,
  });
  return {
    onQuery: ({ kind, failed, durationSeconds }) =>
      queries.observe([kind, failed ? 'failed' : 'completed'], durationSeconds),
    onContact: (service, { outcome, durationSeconds }) => contacts.observe([service, outcome], durationSeconds),
  };
}

function countAudience(metrics: Metrics): ProductMetrics['onCounted'] {
  const attention = metrics.counter({
    name: 'robian_attention_total',
    help: 'Views of debates and plays of their sound, at most once a listener and half hour.',
    labels: ['kind'],
  });
  for (const kind of ['view', 'play']) attention.add([kind], 0);
  return (kind) => attention.add([kind]);
}

function countScheduler(metrics: Metrics, clock: Clock): Pick<ProductMetrics, 'onReport' | 'onTaskEnd' | 'leads'> {
  const documents = metrics.counter({
    name: 'robian_ingest_debates_total',
    help: 'Debates that ingestion looked at, by what became of them.',
    labels: ['walk', 'outcome'],
  });
  const tasks = metrics.histogram({
    name: 'robian_scheduled_task_duration_seconds',
    help: 'Runs of scheduled tasks in this process.',
    labels: ['task', 'outcome'],
    bounds: TASK_BOUNDS,
  });
  const succeededAt = { walks: new Map<string, number>(), tasks: new Map<string, number>() };
  const nowSeconds = (): number => clock.now().getTime() / 1000;
  let leading = false;
  metrics.collect(
    'scheduler',
    {
      leader: {
        name: 'robian_scheduler_leader',
        help: '1 where the scheduler works; the sum over all processes is to be 1.',
        type: 'gauge',
      },
      walks: {
        name: 'robian_ingest_last_success_timestamp_seconds',
        help: 'When a walk over the sources last came to its end with every source answering.',
        type: 'gauge',
      },
      tasks: {
        name: 'robian_scheduled_task_last_success_timestamp_seconds',
        help: 'When a scheduled task last ended well in this process.',
        type: 'gauge',
      },
    },
    () => ({
      leader: leading ? 1 : 0,
      walks: samplesOf('walk', succeededAt.walks),
      tasks: samplesOf('task', succeededAt.tasks),
    }),
  );
  return {
    onReport: (walk, report) => {
      for (const outcome of ['created', 'updated', 'unchanged', 'withdrawn', 'waiting'] as const) {
        documents.add([walk, outcome], report[outcome]);
      }
      documents.add([walk, 'failed'], report.failed.length);
      if (report.outOfReach.length === 0) succeededAt.walks.set(walk, nowSeconds());
    },
    onTaskEnd: ({ task, failed, durationSeconds }) => {
      tasks.observe([task, failed ? 'failed' : 'completed'], durationSeconds);
      if (!failed) succeededAt.tasks.set(task, nowSeconds());
    },
    leads: (now) => {
      leading = now;
    },
  };
}

function samplesOf(label: string, values: ReadonlyMap<string, number>): Sample[] {
  return [...values].map(([name, value]) => ({ labels: { [label]: name }, value }));
}

import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { BOARDS } from '../../deploy/grafana/generate.ts';
import { freePort } from '../support/installation.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { startRobianProcess } from '../support/robian-process.ts';
import { openStage, recordingOf, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';
import { deployed, replaced } from './deployed-files.ts';
import { startReplica } from './replica.ts';
import { playScenario } from './scenario.ts';
import { openWatchPost, type WatchPost } from './watch-post.ts';

let cleanUp: AsyncDisposableStack;
let stage: Stage;
let redis: RedisServer;
let post: WatchPost;
let address: string;

beforeAll(async () => {
  cleanUp = new AsyncDisposableStack();
  const { serverUrl } = inject('databaseTemplate');
  if (serverUrl === null) throw new Error('needs a PostgreSQL: run scripts/check-watching.sh');
  cleanUp.defer(startReplica(serverUrl));
  redis = cleanUp.adopt(await startRedisServer(), (server) => server.close());
  stage = cleanUp.use(await openStage());
  const metricsPorts = { api: await freePort(), worker: await freePort(), scheduler: await freePort() };
  const started = await Promise.all(
    Object.entries(metricsPorts).map(async ([role, port]) => {
      const service = await startRobianProcess(['start'], {
        ...stage.environment,
        ROLES: role,
        METRICS_PORT: String(port),
        REDIS_URL: redis.url,
        INGEST_EVERY: '10s',
        INGEST_DAYS: '2',
      });
      await service.ready();
      return service;
    }),
  );
  address = started[0]?.address ?? '';
  const apiPort = Number(new URL(address).port);
  post = cleanUp.use(await openWatchPost({ metricsPorts, apiPort, databaseUrl: serverUrl, redisUrl: redis.url }));
});
afterAll(() => cleanUp.disposeAsync());

describe('the dashboards', () => {
  let stop: () => Promise<void>;
  beforeAll(async () => {
    // What grew before it was first looked at did not grow.
    await until('all processes are scraped', async () => (await post.values('up{job="robian"} == 1')).length === 3);
    stop = await playScenario(address, stage);
  });
  afterAll(() => stop());

  const expressions = BOARDS.flatMap(({ uid, rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap(({ title, series }) => series.map(({ expr }) => [`${uid}: ${title}`, expr] as const)),
    ),
  );
  it.each(expressions)('%s has values: %s', async (_panel, expr) => {
    await until(`${expr} has a value`, async () => (await post.values(expr)).length > 0, 30_000);
  });
});

describe('the numbers that Kubernetes scales by', () => {
  interface Adapter {
    rules: Record<'custom' | 'external', { seriesQuery: string; metricsQuery: string }[]>;
  }
  const { rules } = parse(deployed('kubernetes/monitoring/adapter-values.yaml')) as Adapter;
  it.each([...rules.custom, ...rules.external].map((rule) => [rule.seriesQuery, rule.metricsQuery] as const))(
    'of %s have values',
    async (series, query) => {
      // As the adapter fills it in.
      const expr = replaced(query, [
        ['<<.Series>>', series.replace(/\{.*/, '')],
        ['<<.LabelMatchers>>', 'job="robian"'],
      ]).replace('<<.GroupBy>>', 'instance');
      await until(`${expr} has a value`, async () => (await post.values(expr)).length > 0, 30_000);
    },
  );
});

describe('an alert', () => {
  const told = (name: string, status: 'firing' | 'resolved') =>
    post.told.find((one) => one.name === name && one.status === status);
  const ask = (path: string): Promise<unknown> =>
    fetch(`${address}${path}`).then(
      (answer) => answer.arrayBuffer(),
      () => null,
    );

  it('of an error storm reaches the pager with its page to read, and is taken back when the storm is over', async () => {
    const sitting = recordingOf(stage, 'savoir-faire');
    const sound = `/api/streaming/${sitting.videoId}/stream`;
    const calm = stage.replay.faults.add({
      match: (url) => url.pathname.includes(sitting.recording.base),
      kind: 'status',
      status: 500,
    });
    const fired = await until('the pager rings', async () => {
      await Promise.all([...Array(5).fill(sound), ...Array(5).fill('/api/debates/')].map(ask));
      return told('ErrorRate', 'firing');
    });
    expect(fired).toMatchObject({
      receiver: 'page',
      labels: { severity: 'page' },
      annotations: {
        summary: expect.stringMatching(/^\d+(\.\d+)?% of answers are errors of ours$/),
        runbook_url: expect.stringMatching(/runbooks\/ErrorRate\.md$/),
      },
    });
    calm();
    await until('it is taken back', async () => {
      await Promise.all(Array(10).fill('/api/debates/').map(ask));
      return told('ErrorRate', 'resolved');
    });
  });

  it('that another explains is not told, and its cause is', async () => {
    const page = { severity: 'page' };
    const toldBefore = post.told.length;
    const absent = { ...page, alertname: 'RoleAbsent', duty: 'scheduler' };
    await post.raise([absent, { ...page, alertname: 'NoScheduler' }, { ...page, alertname: 'NothingIngested' }]);
    const since = (): string[] => post.told.slice(toldBefore).map(({ name, status }) => `${name} ${status}`);
    await until('the cause is told', () => since().includes('RoleAbsent firing'));
    await until('both are explained', async () => {
      const explained = await post.inhibited();
      return explained.includes('NoScheduler') && explained.includes('NothingIngested');
    });
    expect(since()).not.toContain('NoScheduler firing');
    expect(since()).not.toContain('NothingIngested firing');
  });

  it('of a Redis that is gone reaches the pager', async () => {
    expect(told('RedisDown', 'firing')).toBeUndefined();
    await redis.kill();
    expect(await until('the pager rings', () => told('RedisDown', 'firing'))).toMatchObject({ receiver: 'page' });
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../src/app.ts';
import { extractionJob } from '../src/extraction/index.ts';
import { type House, openHouse } from '../src/house.ts';
import { createOpsApp } from '../src/ops-app.ts';
import { systemClock } from '../src/platform/clock/index.ts';
import { parseConfig } from '../src/platform/config/index.ts';
import type { App } from '../src/platform/http/index.ts';
import { createLogger } from '../src/platform/telemetry/index.ts';
import { ADMIN_TOKEN, bearer, signUp } from './support/accounts.ts';
import { type Installation, makeInstallation } from './support/installation.ts';
import { sampleDebate } from './support/sample-debate.ts';

const STRANGER = '192.0.2.7';
let installation: Installation;
let house: House;
let app: App;

beforeAll(async () => {
  installation = await makeInstallation();
  house = await openHouse({
    config: parseConfig({ ...installation.environment, ADMIN_TOKEN, RATE_LIMITS: 'off' }),
    clock: systemClock,
    logger: createLogger({ level: 'silent' }),
    onFatal: (error) => {
      throw error;
    },
  });
  await house.queue.start([extractionJob]);
  app = await createApp(house, { isDraining: () => false });
});

afterAll(async () => {
  await app.close();
  await house.queue.stop(0);
  await house.close();
  await installation.remove();
});

async function scrape(): Promise<Map<string, number>> {
  const { body, statusCode } = await app.inject('/metrics');
  expect(statusCode).toBe(200);
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('metrics', () => {
  it('tell requests by route template, unknown addresses and methods as one, and errors by code', async () => {
    const before = await scrape();
    for (let number = 0; number < 50; number += 1) {
      await app.inject(`/api/debates/none-${randomUUID()}`);
      await app.inject(`/nowhere/${randomUUID()}`);
    }
    await app.inject({ method: 'PROPFIND' as 'GET', url: '/api/debates/' });
    const after = await scrape();
    const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    const count = 'robian_http_request_duration_seconds_count';
    expect(grown(`${count}{method="GET",route="/api/debates/:debate_id",status="404"}`)).toBe(50);
    expect(grown(`${count}{method="GET",route="none",status="404"}`)).toBe(50);
    expect(grown('robian_http_errors_total{code="debates/not-found"}')).toBe(50);
    expect(grown('robian_http_errors_total{code="http/not-found"}')).toBe(50);
    const routes = [...after.keys()].filter((name) => name.startsWith(count) && !before.has(name));
    expect(routes.length).toBeLessThanOrEqual(4);
    expect([...after.keys()].filter((name) => name.includes('PROPFIND'))).toEqual([]);
  });

  it('tell what answers from memory cost the database: nothing', async () => {
    const sumOf = (numbers: Map<string, number>, name: string): number =>
      [...numbers].filter(([key]) => key.startsWith(name)).reduce((sum, [, value]) => sum + value, 0);
    await app.inject('/api/debates/?per_page=7');
    const before = await scrape();
    const idle = await scrape();
    for (let number = 0; number < 10; number += 1) await app.inject('/api/debates/?per_page=7');
    const after = await scrape();
    const queries = 'robian_database_query_duration_seconds_count{statement="select"';
    const ofAScrape = sumOf(idle, queries) - sumOf(before, queries);
    expect(sumOf(after, queries) - sumOf(idle, queries)).toBe(ofAScrape);
    const hits = 'robian_cache_hits_total{cache="answers",tier="memory"}';
    expect((after.get(hits) ?? 0) - (idle.get(hits) ?? 0)).toBe(10);
  });

  it('hold a number of everything that is promised, and follow the naming conventions', async () => {
    house.metrics.onReport('days', {
      seen: 3,
      created: 1,
      updated: 0,
      unchanged: 1,
      withdrawn: 0,
      waiting: 0,
      failed: [{ ref: 'x', code: 'fetch/timeout', message: '' }],
      rejected: [],
      vanished: [],
      outOfReach: [],
    });
    const startsAt = systemClock.now().toISOString();
    await house.debates.record(sampleDebate('1_sits', { state: 'live', startsAt }));
    house.metrics.onTaskEnd({ task: 'ingest', failed: false, durationSeconds: 2 });
    house.metrics.extraction.sourceTried('mp3', 'extraction/source-failed', 2);
    house.metrics.extraction.runEnded('failed', 'extraction/no-source', 20);
    house.metrics.leads(true);
    const numbers = await scrape();
    expect(numbers.get('robian_scheduler_leader')).toBe(1);
    house.metrics.leads(false);
    expect((await scrape()).get('robian_scheduler_leader')).toBe(0);
    const names = [...numbers.keys()];
    for (const promised of [
      'robian_build_info{version=',
      'robian_role_info{duty="scheduler"}',
      'robian_http_connections',
      'robian_database_connections{state="idle"}',
      'robian_database_waiting',
      'robian_cache_misses_total{cache="totals",tier="memory"}',
      'robian_cache_bytes{cache="audio-blocks"}',
      'robian_queue_jobs{queue="extraction",state="ready"}',
      'robian_queue_oldest_ready_seconds{queue="extraction"}',
      'robian_queue_dead_letters',
      'robian_realtime_connections{kind="websocket"}',
      'robian_realtime_connections{kind="sse"}',
      'robian_audio_sent_bytes_total{origin="stored"}',
      'robian_audio_sent_bytes_total{origin="relayed"}',
      'robian_attention_total{kind="play"}',
      'robian_disk_free_bytes',
      'robian_disk_total_bytes',
      'robian_ingest_debates_total{walk="days",outcome="failed"}',
      'robian_ingest_last_success_timestamp_seconds{walk="days"}',
      'robian_sittings_begun{type="seance_publique",state="live"}',
      'robian_scheduled_task_last_success_timestamp_seconds{task="ingest"}',
      'robian_extraction_source_failures_total{source="mp3",code="extraction/source-failed"}',
      'robian_extraction_run_duration_seconds_count{outcome="failed"}',
      'robian_extraction_run_duration_seconds_count{outcome="cancelled"}',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ]) {
      expect(
        names.filter((name) => name.startsWith(promised)),
        promised,
      ).not.toEqual([]);
    }
    expect([...numbers].filter(([name]) => name.startsWith('robian_metrics_collect_failures_total'))).toEqual([]);
    const { body } = await app.inject('/metrics');
    const types = [...body.matchAll(/^# TYPE (robian_\S+) (\S+)$/gm)].map(([, name = '', type]) => ({ name, type }));
    expect(types.length).toBeGreaterThan(25);
    for (const { name, type } of types) {
      expect(name).toMatch(/^robian_[a-z_]+[a-z]$/);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    }
    // What a scrape costs, and what is kept for it, stays small however many ask for whatever.
    expect(numbers.size).toBeLessThan(3_000);
  });
});

describe('who may read metrics and details', () => {
  const ask = (url: string, options: { remoteAddress?: string; headers?: Record<string, string> }) =>
    app.inject({ url, ...options });

  it('this machine and operators may; a proxy on this machine speaks for strangers', async () => {
    const listener = (await signUp(app)).access_token;
    for (const [expected, options] of [
      [200, {}],
      [200, { remoteAddress: STRANGER, headers: bearer(ADMIN_TOKEN) }],
      [401, { remoteAddress: STRANGER }],
      [401, { remoteAddress: STRANGER, headers: bearer('a-token-that-nobody-gave') }],
      [403, { remoteAddress: STRANGER, headers: bearer(listener) }],
      [401, { headers: { 'x-forwarded-for': '127.0.0.1' } }],
      [401, { headers: { forwarded: 'for=127.0.0.1' } }],
      [401, { headers: { host: 'robian.example' } }],
    ] as const) {
      expect((await ask('/metrics', options)).statusCode, JSON.stringify(options)).toBe(expected);
      const details = await ask('/health/detailed', options);
      expect(details.statusCode).toBe(200);
      expect('dependencies' in details.json(), JSON.stringify(options)).toBe(expected === 200);
    }
  });

  it('a key that an operator made for its scraper may, with that scope alone', async () => {
    const operator = await house.accounts.create(
      { email: `${randomUUID()}@example.org`, password: 'une chaise et deux perchoirs' },
      'operator',
    );
    const { key } = await house.accounts.apiKeys.create(operator, {
      name: 'prometheus',
      scopes: ['metrics:read'],
      expiresInDays: null,
    });
    const scraper = { remoteAddress: STRANGER, headers: bearer(key) };
    expect((await ask('/metrics', scraper)).statusCode).toBe(200);
    expect((await ask('/health/detailed', scraper)).json()).not.toHaveProperty('dependencies');
  });

  it('details name every dependency, and no path, address or secret', async () => {
    const { body } = await app.inject('/health/detailed');
    const { dependencies } = JSON.parse(body) as { dependencies: { name: string; status: string }[] };
    expect(dependencies.map(({ name }) => name)).toEqual([
      'database',
      'redis',
      'storage',
      'disk',
      'ffmpeg',
      'yt-dlp',
      'portal',
    ]);
    expect(dependencies.find(({ name }) => name === 'database')).toMatchObject({ status: 'up' });
    expect(dependencies.find(({ name }) => name === 'portal')).toMatchObject({ status: 'unknown' });
    for (const secret of [installation.dataDir, ADMIN_TOKEN, 'postgresql://']) expect(body).not.toContain(secret);
  });

  it('the port of METRICS_PORT asks for no token, and has nothing else', async () => {
    const ops = await createOpsApp(house, { isDraining: () => false });
    try {
      const from = { remoteAddress: STRANGER };
      expect((await ops.inject({ url: '/metrics', ...from })).body).toContain('robian_build_info');
      expect((await ops.inject({ url: '/health/detailed', ...from })).json()).toHaveProperty('dependencies');
      expect((await ops.inject({ url: '/health/ready', ...from })).statusCode).toBe(200);
      expect((await ops.inject({ url: '/api/debates/', ...from })).statusCode).toBe(404);
    } finally {
      await ops.close();
    }
  });
});

import { expect, test, vi } from 'vitest';
import { freePort } from '../support/installation.ts';
import { robian, startRobianProcess } from '../support/robian-process.ts';
import { openStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

// A start takes ten seconds when the machine is busy.
vi.setConfig({ testTimeout: 120_000 });

test('a process without the API tells its numbers at METRICS_PORT, and how it is', async () => {
  await using stage = await openStage();
  const environment = {
    ...stage.environment,
    ROLES: 'worker,scheduler',
    METRICS_PORT: String(await freePort()),
    INGEST_EVERY: '10m',
  };
  const service = await startRobianProcess(['start'], environment);
  await service.ready();
  const url = `http://127.0.0.1:${environment.METRICS_PORT}/metrics`;
  const numbers = await until('it has ingested', async () => {
    const text = await (await fetch(url)).text();
    return text.includes('robian_ingest_last_success_timestamp_seconds{walk="days"}') && text;
  });
  expect(numbers).toContain('\nrobian_scheduler_leader 1\n');
  expect(numbers).toMatch(
    /\nrobian_source_request_duration_seconds_count\{service="portal",outcome="answered"\} [1-9]/,
  );
  expect((await robian(['health'], environment)).code).toBe(0);
  service.kill('SIGTERM');
  expect((await service.exit).code).toBe(0);
  expect((await robian(['health'], environment)).code).toBe(75);
});

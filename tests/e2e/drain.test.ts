import { expect, test, vi } from 'vitest';
import { startRobianProcess } from '../support/robian-process.ts';
import { openStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

// A start takes ten seconds when the machine is busy.
vi.setConfig({ testTimeout: 120_000 });

test('while it drains, it is not ready, answers all the same, and gives up each connection with the answer', async () => {
  await using stage = await openStage();
  const service = await startRobianProcess(['start'], { ...stage.environment, DRAIN_SECONDS: '5' });
  await service.ready();
  const kept = await fetch(`${service.address}/api/debates`);
  expect(kept.headers.get('connection')).toBe('keep-alive');
  await kept.text();

  service.kill('SIGTERM');
  await until('it is not ready any more', async () => !(await fetch(`${service.address}/health/ready`)).ok);
  const answer = await fetch(`${service.address}/api/debates`);
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  await answer.text();
  expect((await service.exit).code).toBe(0);
});

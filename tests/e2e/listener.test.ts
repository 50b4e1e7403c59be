import { expect, test, vi } from 'vitest';
import { answerOf, createRobianClient, RobianError } from '../../clients/typescript/index.ts';
import { robian, startRobianProcess } from '../support/robian-process.ts';
import { openStage, recordingOf } from '../support/stage.ts';

// A start takes ten seconds when the machine is busy.
vi.setConfig({ testTimeout: 120_000 });

test('a listener finds a debate, keeps it, says where they are, takes their data and leaves, by the typed client', async () => {
  await using stage = await openStage();
  expect((await robian(['ingest', ...stage.days], stage.environment)).code).toBe(0);
  const service = await startRobianProcess(['start'], stage.environment);
  await service.ready();
  const sitting = recordingOf(stage, 'savoir-faire');
  const path = { debate_id: sitting.videoId };

  const anyone = createRobianClient({ baseUrl: service.address, language: 'en' });
  const found = await answerOf(anyone.GET('/api/debates', { params: { query: { has_audio: false, per_page: 100 } } }));
  expect(found.map(({ id }) => id)).toContain(sitting.videoId);
  const refused = answerOf(anyone.POST('/api/favorites/{debate_id}', { params: { path } }));
  await expect(refused).rejects.toMatchObject({ status: 401, problem: { code: 'accounts/sign-in-required' } });

  const { access_token: token } = await answerOf(anyone.POST('/api/auth/device'));
  const listener = createRobianClient({ baseUrl: service.address, token: () => token });
  const kept = await answerOf(listener.POST('/api/favorites/{debate_id}', { params: { path } }));
  expect(kept.debate?.title).toBe(sitting.title);
  const place = { ...path, position_ms: 61_000, device_id: 'pixel', recorded_at: '2026-10-06T21:00:00+02:00' };
  const merged = await answerOf(listener.PUT('/api/positions', { body: { positions: [place] } }));
  expect(merged.positions).toMatchObject([{ debate_id: sitting.videoId, position_ms: 61_000, finished: false }]);

  const data = await answerOf(listener.GET('/api/auth/me/export'));
  expect(JSON.stringify(data)).toContain(sitting.videoId);
  await answerOf(listener.DELETE('/api/auth/me'));
  const gone = answerOf(listener.GET('/api/favorites'));
  await expect(gone).rejects.toBeInstanceOf(RobianError);
});

import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { answerOf, createRobianClient } from '../../clients/typescript/index.ts';
import { askForSound, recordingOf, type Stage, soundOf, untilStatus } from '../support/stage.ts';
import { until } from '../support/until.ts';

/** What listeners do in a minute, so that every number has a cause. Until the function it gives is called, again and again. */
export async function playScenario(address: string, stage: Stage): Promise<() => Promise<void>> {
  const sitting = recordingOf(stage, 'Protection des sources');
  const failing = recordingOf(stage, 'savoir-faire');
  const anyone = createRobianClient({ baseUrl: address });
  await until('the sittings are there', async () => (await answerOf(anyone.GET('/api/debates'))).length > 5);
  await askForSound(address, sitting.videoId);
  await untilStatus(address, sitting.videoId, 'completed');
  // Whatever the source, it is not there.
  const broken = stage.replay.faults.add({
    match: (url) => url.pathname.includes(failing.recording.base),
    kind: 'status',
    status: 404,
  });
  await askForSound(address, failing.videoId);
  await untilStatus(address, failing.videoId, 'failed');
  broken();
  const { access_token: token } = await answerOf(anyone.POST('/api/auth/device'));
  const listener = createRobianClient({ baseUrl: address, token: () => token });
  const socket = new WebSocket(`${address.replace('http', 'ws')}/ws`);
  await new Promise((open) => socket.once('open', open));
  const stopping = new AbortController();
  const news = fetch(`${address}/api/events`, { signal: stopping.signal })
    .then((answer) => answer.text())
    .catch(() => '');
  const path = { debate_id: sitting.videoId };
  const round = async (): Promise<void> => {
    await anyone.GET('/api/debates', { params: { query: { per_page: 3 } } });
    await anyone.GET('/api/debates/{debate_id}', { params: { path } });
    await anyone.GET('/api/debates/{debate_id}/chapters', { params: { path } });
    await anyone.GET('/api/debates/search', { params: { query: { q: 'sources' } } });
    await anyone.GET('/api/search/speech', { params: { query: { q: 'rivières' } } });
    await anyone.POST('/api/auth/device');
    await listener.POST('/api/favorites/{debate_id}', { params: { path } });
    await fetch(`${address}/api/debates/none`);
    await soundOf(address, sitting.videoId, { range: 'bytes=0-65535', 'user-agent': String(Math.random()) });
  };
  const rounds = (async () => {
    while (!stopping.signal.aborted) {
      await round();
      await delay(200);
    }
  })();
  return async () => {
    stopping.abort();
    socket.terminate();
    await Promise.all([rounds, news]);
  };
}

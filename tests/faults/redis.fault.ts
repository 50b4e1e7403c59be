import { createClient } from '@redis/client';
import { describe, expect, it } from 'vitest';
import { answerOf, createRobianClient } from '../../clients/typescript/index.ts';
import { hasRedisServer, startRedisServer } from '../support/redis-server.ts';
import { robian, startRobianProcess } from '../support/robian-process.ts';
import { openStage, recordingOf } from '../support/stage.ts';
import { lostOf, startListeners, untilAcknowledging } from './listeners.ts';

/** A Redis that does not answer may cost a request a tenth of a second here and there; the rest is room for a busy machine, in ms. */
const SLOWEST_MS = 3_000;

describe.skipIf(!hasRedisServer)('Redis', () => {
  it.each(['killed', 'emptied', 'partitioned'] as const)(
    '%s and back again: no request fails, none waits, nothing is lost',
    async (fault) => {
      const redis = await startRedisServer();
      await using stage = await openStage();
      expect((await robian(['ingest', ...stage.days], stage.environment)).code).toBe(0);
      const service = await startRobianProcess(['start'], { ...stage.environment, REDIS_URL: redis.url });
      await service.ready();
      const debateId = recordingOf(stage, 'Protection des sources').videoId;
      const client = createRobianClient({ baseUrl: service.address });
      let slowestMs = 0;
      const look = async (): Promise<void> => {
        for (let count = 0; count < 10; count += 1) {
          const startedMs = performance.now();
          await answerOf(client.GET('/api/debates', { params: { query: { per_page: 1 + count } } }));
          slowestMs = Math.max(slowestMs, performance.now() - startedMs);
        }
      };
      const listeners = startListeners(() => service.address, debateId);
      try {
        await look();
        if (fault === 'killed') await redis.kill();
        if (fault === 'partitioned') redis.freeze();
        if (fault === 'emptied') {
          const operator = createClient({ url: redis.url });
          await operator.connect();
          await operator.flushAll();
          operator.destroy();
        }
        await look();
        await untilAcknowledging(listeners);
        if (fault === 'killed') await redis.start();
        redis.resume();
        await look();
        await untilAcknowledging(listeners);
        await listeners.stop();
        expect(slowestMs).toBeLessThan(SLOWEST_MS);
        expect(await lostOf(listeners, service.address, debateId)).toBe(0);
      } finally {
        await listeners.stop();
        await redis.close();
      }
    },
  );
});

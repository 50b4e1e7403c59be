import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../platform/clock/index.ts';
import { type App, createHttpServer } from '../platform/http/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import { registerHealthRoutes } from './index.ts';

describe('health', () => {
  let app: App;
  let database: () => Promise<unknown> = async () => 1;
  let draining = false;
  const clock: Clock = { ...systemClock, sleep: async () => undefined };
  beforeAll(async () => {
    app = await createHttpServer({
      logger: createLogger({ level: 'silent' }),
      publicUrl: 'https://robian.example',
      trustProxy: false,
      version: '1.2.3',
    });
    registerHealthRoutes(app, {
      version: '1.2.3',
      clock,
      checks: [{ name: 'database', check: () => database() }],
      isDraining: () => draining,
    });
  });
  afterAll(() => app.close());

  const status = async (path: string): Promise<number> => (await app.inject(path)).statusCode;

  it('is good when everything answers', async () => {
    const answer = await app.inject('/health/');
    expect(answer.json()).toMatchObject({ status: 'healthy', version: '1.2.3' });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect([await status('/health/live'), await status('/health/ready')]).toEqual([200, 200]);
  });

  it('is bad when a dependency fails or is silent, but the process lives', async () => {
    for (const broken of [() => Promise.reject(new Error('away')), () => new Promise(() => undefined)]) {
      database = broken;
      expect((await app.inject('/health')).json().status).toBe('unhealthy');
      expect([await status('/health/live'), await status('/health/ready')]).toEqual([200, 503]);
    }
    database = async () => 1;
  });

  it('takes no new requests while draining', async () => {
    draining = true;
    expect(await status('/health/ready')).toBe(503);
    draining = false;
  });
});

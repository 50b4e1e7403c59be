import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../platform/clock/index.ts';
import { type App, createHttpServer } from '../platform/http/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import { type Finding, verdictOf } from './dependencies.ts';
import { registerHealthRoutes } from './index.ts';

describe('health', () => {
  let app: App;
  let database: () => Promise<Finding>;
  let disk: () => Promise<Finding>;
  let draining = false;
  let looks = 0;
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
      dependencies: [
        {
          name: 'database',
          required: true,
          look: () => {
            looks += 1;
            return database();
          },
        },
        { name: 'disk', required: false, look: () => disk() },
        { name: 'redis', required: false, look: async () => ({ state: 'off' }) },
      ],
      isDraining: () => draining,
      mayReadDetails: ({ headers }) => headers['x-who'] === 'operator',
    });
  });
  afterAll(() => app.close());
  beforeEach(() => {
    database = async () => ({ state: 'up', facts: { kind: 'embedded' } });
    disk = async () => ({ state: 'up' });
    draining = false;
  });

  const status = async (path: string): Promise<number> => (await app.inject(path)).statusCode;
  const details = async (headers: Record<string, string> = { 'x-who': 'operator' }) =>
    app.inject({ url: '/health/detailed', headers });
  const broken = [() => Promise.reject(new Error('secret: at 10.0.0.7')), () => new Promise<never>(() => undefined)];

  it('is good when everything answers', async () => {
    const answer = await app.inject('/health/');
    expect(answer.json()).toMatchObject({ status: 'healthy', version: '1.2.3' });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect([await status('/health/live'), await status('/health/ready')]).toEqual([200, 200]);
  });

  it('is bad when what it cannot do without fails or is silent, but the process lives', async () => {
    for (const away of broken) {
      database = away;
      expect((await app.inject('/health')).json().status).toBe('unhealthy');
      expect([await status('/health/live'), await status('/health/ready')]).toEqual([200, 503]);
      expect((await details()).statusCode).toBe(503);
    }
  });

  it('still serves when something it can do without fails, and says so', async () => {
    for (const away of broken) {
      disk = away;
      expect([await status('/health'), await status('/health/ready')]).toEqual([200, 200]);
      const answer = await details();
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({ status: 'degraded' });
      expect(answer.json().dependencies[1]).toMatchObject({ name: 'disk', status: 'down', required: false });
      expect(answer.body).not.toContain('10.0.0.7');
    }
  });

  it('tells operators of each dependency, and everybody else how it is on the whole', async () => {
    disk = async () => ({
      state: 'low',
      facts: { free_bytes: 5 },
      message: { fr: 'Presque plein', en: 'Nearly full' },
    });
    const known = (await details({ 'x-who': 'operator', 'accept-language': 'en' })).json();
    expect(known.dependencies).toEqual([
      expect.objectContaining({ name: 'database', status: 'up', facts: { kind: 'embedded' }, message: null }),
      expect.objectContaining({ name: 'disk', status: 'low', facts: { free_bytes: 5 }, message: 'Nearly full' }),
      expect.objectContaining({ name: 'redis', status: 'off', facts: {} }),
    ]);
    expect(known.dependencies[0].latency_ms).toBeGreaterThanOrEqual(0);
    expect((await details()).json().dependencies[1].message).toBe('Presque plein');
    const stranger = await details({});
    expect(Object.keys(stranger.json()).sort()).toEqual(['status', 'uptime_seconds', 'version']);
  });

  it('looks once for all who ask at the same time', async () => {
    const gate = Promise.withResolvers<Finding>();
    database = () => gate.promise;
    looks = 0;
    const asked = Array.from({ length: 20 }, () => details());
    await Promise.all([...asked, gate.resolve({ state: 'up' })]);
    expect(looks).toBe(1);
  });

  it('takes no new requests while draining', async () => {
    draining = true;
    expect(await status('/health/ready')).toBe(503);
    expect(await status('/health/live')).toBe(200);
  });
});

describe('the verdict', () => {
  it.each([
    ['healthy', [{ required: true, state: 'up' }]],
    ['healthy', [{ required: false, state: 'off' }]],
    ['healthy', [{ required: false, state: 'unknown' }]],
    ['degraded', [{ required: false, state: 'down' }]],
    ['degraded', [{ required: true, state: 'low' }]],
    ['unhealthy', [{ required: true, state: 'down' }]],
    [
      'unhealthy',
      [
        { required: false, state: 'low' },
        { required: true, state: 'down' },
      ],
    ],
    ['healthy', []],
  ] as const)('is %s for %j', (verdict, reports) => {
    expect(verdictOf(reports)).toBe(verdict);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../../tests/support/cli.ts';
import { freePort } from '../../tests/support/installation.ts';
import { type Loopback, openLoopback } from '../../tests/support/loopback.ts';
import { parseConfig } from '../platform/config/index.ts';
import { addressOf } from './health.ts';

const summary = { status: 'healthy', version: '1.2.3', uptime_seconds: 60 };
const TOKEN = 'operators-token-of-these-tests';
let instance: Loopback;
let environment: Record<string, string>;
beforeAll(async () => {
  instance = await openLoopback();
  environment = { PORT: new URL(instance.url).port, ADMIN_TOKEN: TOKEN };
});
afterAll(() => instance.close());
const answer = (status: number, body: unknown): void => {
  instance.answers.set('/health/detailed', { status, body: typeof body === 'string' ? body : JSON.stringify(body) });
};

describe('robian health', () => {
  it('leaves with 0 while the instance serves, and shows what it says', async () => {
    const redis = { name: 'redis', status: 'down', latency_ms: 100.2, message: 'Redis is away' };
    answer(200, { ...summary, status: 'degraded', dependencies: [redis] });
    const { code, out } = await cli(['health'], environment);
    expect(code).toBe(0);
    expect(out).toMatch(/^degraded, version 1\.2\.3, for 60 s\n {2}redis +down +100\.2 ms {2}Redis is away\n$/);
    expect(JSON.parse((await cli(['health', '--json'], environment)).out)).toMatchObject({ status: 'degraded' });
  });

  it('leaves with 1 when it cannot serve', async () => {
    answer(503, { ...summary, status: 'unhealthy' });
    const { code, out, err } = await cli(['health'], environment);
    expect([code, err]).toEqual([1, 'It cannot serve.\n']);
    expect(out).toContain('unhealthy');
  });

  it('leaves with 1 when something else answers, with 75 when nobody does', async () => {
    for (const body of ['<html>', { ok: true }, 'null']) {
      answer(200, body);
      expect((await cli(['health'], environment)).code).toBe(body === '<html>' ? 75 : 1);
    }
    const nobody = await cli(['health'], { PORT: String(await freePort()) });
    expect(nobody.code).toBe(75);
    expect(nobody.err).toContain('ECONNREFUSED');
  });

  it('shows the token of this installation to this installation only', async () => {
    answer(200, summary);
    instance.requests.length = 0;
    await cli(['health'], environment);
    await cli(['health', '--url', `${instance.url}/`], environment);
    expect(instance.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${TOKEN}`, undefined]);
    expect((await cli(['health', '--url', 'ftp://x'], environment)).code).toBe(64);
  });
});

describe('the address to ask', () => {
  it.each([
    [{}, 'http://127.0.0.1:8000'],
    [{ HOST: '0.0.0.0', PORT: '9000' }, 'http://127.0.0.1:9000'],
    [{ HOST: '::' }, 'http://[::1]:8000'],
    [{ ROLES: 'worker', METRICS_PORT: '9464' }, 'http://127.0.0.1:9464'],
    [{ ROLES: 'api', METRICS_PORT: '9464' }, 'http://127.0.0.1:8000'],
  ])('with %j is %s', (given, expected) => {
    expect(addressOf(parseConfig(given))).toBe(expected);
  });

  it('is none for a process that answers nowhere', () => {
    expect(() => addressOf(parseConfig({ ROLES: 'scheduler' }))).toThrow('METRICS_PORT');
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHouseFor } from '../scripts/openapi.ts';
import { walkEndpoints } from '../scripts/walk-endpoints.ts';
import { createApp } from '../src/app.ts';
import { makeInstallation } from './support/installation.ts';
import { type Loopback, openLoopback } from './support/loopback.ts';
import { sampleDebate } from './support/sample-debate.ts';

describe('the walk', () => {
  let server: Loopback;
  const say = (path: string, body: unknown, status = 200): void =>
    void server.answers.set(path, { status, body: JSON.stringify(body) });
  beforeAll(async () => {
    server = await openLoopback();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    say('/health/', { status: 'healthy' });
    say('/api/debates/', [{ id: 'a b' }]);
    say('/api/debates/a%20b', { id: 'a b' });
    say('/api/streaming/a%20b/info', { debate_id: 'a b' });
  });
  const walk = async () => (await walkEndpoints(`${server.url}/`)).map(({ path, problem }) => [path, problem]);

  it('goes from health to what can be heard', async () => {
    expect(await walk()).toEqual([
      ['/health/', null],
      ['/api/debates/', null],
      ['/api/debates/a%20b', null],
      ['/api/streaming/a%20b/info', null],
    ]);
  });

  it('is short over an empty register', async () => {
    say('/api/debates/', []);
    expect(await walk()).toEqual([
      ['/health/', null],
      ['/api/debates/', null],
    ]);
  });

  it.each([
    ['/health/', { status: 'unhealthy' }, 503, 'status 503'],
    ['/health/', { status: 'unhealthy' }, 200, 'it is not healthy'],
    ['/api/debates/', { items: [] }, 200, 'not an array'],
    ['/api/debates/a%20b', { id: 'other' }, 200, 'its id is not a b'],
    ['/api/streaming/a%20b/info', {}, 404, 'status 404'],
  ])('finds what is wrong at %s: %j, %i', async (path, body, status, problem) => {
    say(path, body, status);
    expect(Object.fromEntries(await walk())).toMatchObject({ [path]: problem });
  });

  it('says who does not answer', async () => {
    const steps = await walkEndpoints('http://127.0.0.1:1');
    expect(steps.every(({ problem }) => problem !== null)).toBe(true);
  });
});

it('the product is walked without a complaint', async () => {
  const installation = await makeInstallation();
  const house = await openHouseFor(installation.environment);
  const app = await createApp(house, { isDraining: () => false });
  try {
    const base = await app.listen({ host: '127.0.0.1', port: 0 });
    const problems = async () => (await walkEndpoints(base)).filter(({ problem }) => problem !== null);
    expect(await problems()).toEqual([]);
    await house.debates.record(sampleDebate('19502241_6ac548b948b27'));
    expect(await problems()).toEqual([]);
    expect(await walkEndpoints(base)).toHaveLength(4);
  } finally {
    await app.close();
    await house.close();
    await installation.remove();
  }
});

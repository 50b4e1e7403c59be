import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../../tests/support/manual-clock.ts';
import { createLimit } from '../limits/index.ts';
import { createLogger } from '../telemetry/index.ts';
import { type App, createHttpServer, type HttpServerOptions, type RequestLimits } from './index.ts';

const clock = createManualClock('2026-10-06T12:00:00Z');
let app: App;
afterEach(() => app.close());

async function open(options: Partial<HttpServerOptions> = {}): Promise<App> {
  app = await createHttpServer({
    logger: createLogger({ level: 'silent' }),
    publicUrl: 'https://robian.example',
    trustProxy: false,
    version: 'test',
    ...options,
  });
  app.get('/api/things', { config: { limit: 'things' } }, async () => []);
  app.get('/api/other', async () => []);
  app.get('/api/sound', { config: { limit: false } }, async () => []);
  app.get('/page', { config: { page: true } }, async (_request, reply) => reply.type('text/html').send('<p>'));
  return app;
}

function limits(change: Partial<RequestLimits> = {}): RequestLimits {
  const limit = (name: string, quota: number) => createLimit({ name, quota, windowSeconds: 60 }, { clock });
  return { byName: { things: limit('things', 2), default: limit('default', 5) }, fallback: 'default', ...change };
}

const statuses = async (url: string, requests: { ip?: string; forwardedFor?: string }[]): Promise<number[]> => {
  const seen: number[] = [];
  for (const { ip = '192.0.2.1', forwardedFor } of requests) {
    const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
    seen.push((await app.inject({ url, remoteAddress: ip, headers })).statusCode);
  }
  return seen;
};

describe('limits', () => {
  it('say what is left on every answer, and refuse what is over with the time to wait', async () => {
    await open({ limits: limits() });
    const first = await app.inject('/api/things');
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '"things";q=2;w=60',
      ratelimit: '"things";r=1;t=60',
    });
    await app.inject('/api/things');
    const refused = await app.inject('/api/things');
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({ code: 'http/too-many-requests', title: 'Trop de requêtes' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers.ratelimit).toBe(`"things";r=0;t=${refused.headers['retry-after']}`);
    expect((await app.inject('/api/other')).headers.ratelimit).toBe('"default";r=4;t=60');
    expect((await app.inject('/nowhere')).headers.ratelimit).toBe('"default";r=3;t=60');
    expect((await app.inject('/api/sound')).headers.ratelimit).toBeUndefined();
  });

  it('count by address, a whole /64 as one, and never by what a client says of itself', async () => {
    await open({ limits: limits() });
    expect(await statuses('/api/things', [{ ip: '192.0.2.1' }, { ip: '192.0.2.2' }, { ip: '192.0.2.1' }])).toEqual([
      200, 200, 200,
    ]);
    const same = ['1', '2', '3'].map((host) => ({ ip: `2001:db8:1:2::${host}` }));
    expect(await statuses('/api/things', same)).toEqual([200, 200, 429]);
    const forged = ['1', '2', '3'].map((host) => ({ ip: '198.51.100.1', forwardedFor: `10.9.9.${host}` }));
    expect(await statuses('/api/things', forged)).toEqual([200, 200, 429]);
  });

  it('believe a trusted proxy on the address it saw, not on those the client sent it', async () => {
    await open({ limits: limits(), trustProxy: 'loopback,linklocal,uniquelocal' });
    const through = (seen: string) => ({ ip: '10.0.0.5', forwardedFor: seen });
    expect(
      await statuses('/api/things', [
        through('203.0.113.7'),
        through('6.6.6.6, 203.0.113.7'),
        through('7.7.7.7, 203.0.113.7'),
        through('203.0.113.8'),
      ]),
    ).toEqual([200, 200, 429, 200]);
    const direct = ['1', '2', '3'].map((host) => ({ ip: '203.0.113.99', forwardedFor: `6.6.6.${host}` }));
    expect(await statuses('/api/things', direct)).toEqual([200, 200, 429]);
  });

  it('count an account wherever it speaks from', async () => {
    await open({ limits: limits({ accountOf: (request) => request.headers.authorization ?? null }) });
    const from = (ip: string, account: string) =>
      app.inject({ url: '/api/things', remoteAddress: ip, headers: { authorization: account } });
    const asked = [await from('192.0.2.1', 'a'), await from('192.0.2.2', 'a'), await from('192.0.2.3', 'a')];
    expect(asked.map((answer) => answer.statusCode)).toEqual([200, 200, 429]);
    expect((await from('192.0.2.1', 'b')).statusCode).toBe(200);
  });

  it('count an account that is only known after a while, and answer what went wrong with it', async () => {
    const accountOf = async ({ headers }: { headers: { authorization?: string | undefined } }) => {
      if (headers.authorization === 'broken') throw new Error('no keys');
      return headers.authorization ?? null;
    };
    await open({ limits: limits({ accountOf }) });
    const ask = async (authorization: string) =>
      (await app.inject({ url: '/api/things', headers: { authorization } })).statusCode;
    expect([await ask('a'), await ask('a'), await ask('a'), await ask('b'), await ask('broken')]).toEqual([
      200, 200, 429, 200, 500,
    ]);
  });

  it('that do not exist stop the start', async () => {
    await open({ limits: limits() });
    expect(() => app.get('/api/typo', { config: { limit: 'thing' } }, async () => [])).toThrow('"thing"');
  });
});

describe('scripts of other sites', () => {
  const from = (origin: string, url = '/api/things') => app.inject({ url, headers: { origin } });

  it('may read answers when their origin is listed, and caches are told that it matters', async () => {
    await open({ corsOrigins: ['https://app.example'] });
    const listed = await from('https://app.example');
    expect(listed.headers['access-control-allow-origin']).toBe('https://app.example');
    expect(listed.headers['access-control-expose-headers']).toContain('X-Total-Count');
    expect(listed.headers.vary).toBe('origin, accept-encoding');
    const other = await from('https://evil.example', '/nowhere');
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    expect(other.headers.vary).toBe('origin, accept-language');
  });

  it('are told before they ask what they may send', async () => {
    await open({ corsOrigins: ['*'] });
    const preflight = await app.inject({
      method: 'OPTIONS',
      url: '/api/things',
      headers: { origin: 'https://any.example', 'access-control-request-method': 'DELETE' },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe('*');
    expect(preflight.headers['access-control-allow-methods']).toContain('DELETE');
    expect(preflight.headers['access-control-allow-headers']).toContain('Authorization');
  });

  it('may read nothing when no origin is listed', async () => {
    await open();
    const answer = await from('https://app.example');
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers.vary).toBe('accept-encoding');
  });
});

describe('security headers', () => {
  it.each(['/api/things', '/nowhere'])('stand on every answer, %s too', async (url) => {
    await open();
    expect((await app.inject(url)).headers).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age='),
    });
  });

  it('promise TLS only where there is TLS', async () => {
    await open({ publicUrl: 'http://127.0.0.1:8000' });
    expect((await app.inject('/api/things')).headers['strict-transport-security']).toBeUndefined();
  });

  it('let our pages load what we serve, and nothing else', async () => {
    await open();
    const policy = String((await app.inject('/page')).headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe-eval');
    expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/);
  });
});

describe('slow clients', () => {
  it('who never finish their headers are cut, while others are served', async () => {
    await open();
    await app.listen({ port: 0, host: '127.0.0.1' });
    // The wait of the product, made shorter; the rest is as it is.
    expect(app.server.headersTimeout).toBeLessThanOrEqual(10_000);
    app.server.headersTimeout = 200;
    const { port } = app.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /api/things HTTP/1.1\r\nhost: x\r\n');
    const heard: string[] = [];
    socket.setEncoding('utf8').on('data', (text: string) => heard.push(text));
    await once(socket, 'close');
    expect(heard.join('')).toContain('408');
    expect((await fetch(`http://127.0.0.1:${port}/api/things`)).status).toBe(200);
  });
});

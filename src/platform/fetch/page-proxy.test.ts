import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHostRule, openPageProxy, type PageProxy, type ResolveHost } from './index.ts';

let own: Server;
let inside: TcpServer;
let ownPort: number;
let insidePort: number;
let insideSeen: number;
let headersSeen: IncomingHttpHeaders | null;
let proxy: PageProxy;

const resolve: ResolveHost = (hostname, _options, done) => {
  const addresses: Record<string, string[]> = { 'inside.test': ['127.0.0.1'], 'both.test': ['1.1.1.1', '10.0.0.1'] };
  done(
    null,
    (addresses[hostname] ?? []).map((address) => ({ address, family: 4 })),
  );
};

const portOf = (server: TcpServer): number => (server.address() as AddressInfo).port;

beforeEach(async () => {
  insideSeen = 0;
  headersSeen = null;
  own = createServer(async (request, response) => {
    headersSeen = request.headers;
    response.end(`${request.method} ${request.url} ${await text(request)}`);
  });
  inside = createTcpServer((socket) => {
    insideSeen += 1;
    socket.end('secret');
  });
  for (const server of [own, inside]) await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  ownPort = portOf(own);
  insidePort = portOf(inside);
  // The tunnel names its host as an https address does.
  const ownUrls = [`http://127.0.0.1:${ownPort}`, `https://127.0.0.1:${ownPort}`];
  proxy = await openPageProxy({ rule: createHostRule({ own: ownUrls, listed: [] }), resolve });
});
afterEach(async () => {
  await proxy.close();
  own.close();
  inside.close();
});

const authorization = (): string => {
  const { username, password } = new URL(proxy.url);
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
};

interface Asked {
  method?: string;
  body?: string;
  headers?: Record<string, string>;
}

function ask(target: string, { method = 'GET', body = '', headers = {} }: Asked = {}) {
  const { hostname, port } = new URL(proxy.url);
  const all = { host: 'x', 'proxy-authorization': authorization(), ...headers };
  return new Promise<{ status: number; body: string }>((done, fail) => {
    const asked = httpRequest({ hostname, port, path: target, method, headers: all, agent: false }, async (answer) =>
      done({ status: answer.statusCode ?? 0, body: await text(answer) }),
    );
    asked.on('error', fail).end(body);
  });
}

/** Asks for a tunnel, says something through it, and tells all that came back. */
async function tunnel(target: string, { given = authorization(), says = '' } = {}): Promise<string> {
  const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nProxy-Authorization: ${given}\r\n\r\n${says}`);
  return text(socket);
}

describe('a program that asks through it', () => {
  it('reaches a service of the configuration, without what is said to the proxy alone', async () => {
    const url = `http://127.0.0.1:${ownPort}/page?a=1`;
    const headers = { accept: 'audio/mpeg', 'proxy-connection': 'keep-alive' };
    expect(await ask(url, { method: 'POST', body: 'words', headers })).toEqual({
      status: 200,
      body: 'POST /page?a=1 words',
    });
    expect(headersSeen).toMatchObject({ accept: 'audio/mpeg' });
    expect(headersSeen).not.toHaveProperty('proxy-authorization');
    expect(headersSeen).not.toHaveProperty('proxy-connection');
  });

  it('reaches it through a tunnel, what was said too early too', async () => {
    const says = 'GET /in HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const answer = await tunnel(`127.0.0.1:${ownPort}`, { says });
    expect(answer).toMatch(/^HTTP\/1\.1 200 Connection established\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('GET /in ');
  });

  it.each(['127.0.0.1', '[::1]', '0x7f.1', '2130706433', '169.254.169.254', '[::ffff:127.0.0.1]'])(
    'does not reach %s',
    async (host) => {
      expect(await ask(`http://${host}:${insidePort}/`)).toMatchObject({ status: 403 });
      expect(await tunnel(`${host}:${insidePort}`)).toMatch(/^HTTP\/1\.1 403 /);
      expect(insideSeen).toBe(0);
    },
  );

  it.each(['inside.test', 'both.test', 'nowhere.test'])('does not reach %s by its name', async (host) => {
    expect(await ask(`http://${host}:${insidePort}/`)).toMatchObject({ status: 502 });
    expect(await tunnel(`${host}:${insidePort}`)).toMatch(/^HTTP\/1\.1 502 /);
    expect(insideSeen).toBe(0);
  });

  it('is asked for its password first', async () => {
    const url = `http://127.0.0.1:${ownPort}/`;
    expect(await ask(url, { headers: { 'proxy-authorization': 'Basic cm9iaWFuOg==' } })).toMatchObject({ status: 407 });
    expect(await tunnel(`127.0.0.1:${ownPort}`, { given: '' })).toMatch(/^HTTP\/1\.1 407 /);
    expect(headersSeen).toBeNull();
  });

  it.each(['/', 'ftp://127.0.0.1/', 'http://[/', 'nonsense'])('is told that %s is no address', async (target) => {
    expect(await ask(target)).toMatchObject({ status: 400 });
  });

  it('is told that a tunnel leads nowhere', async () => {
    expect(await tunnel('::::')).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('is told when nobody is there', async () => {
    own.close();
    own.closeAllConnections();
    expect(await ask(`http://127.0.0.1:${ownPort}/`)).toMatchObject({ status: 502 });
    expect(await tunnel(`127.0.0.1:${ownPort}`)).toMatch(/^HTTP\/1\.1 502 /);
  });
});

it('what is open when it closes is cut', async () => {
  const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
  const target = `127.0.0.1:${ownPort}`;
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nProxy-Authorization: ${authorization()}\r\n\r\n`);
  await new Promise((done) => socket.once('data', done));
  const closed = new Promise((done) => socket.once('close', done));
  socket.on('error', () => undefined);
  await proxy.close();
  await closed;
  proxy = await openPageProxy({ rule: createHostRule({ own: [], listed: [] }), resolve });
});

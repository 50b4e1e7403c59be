import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { type HostRule, isPublicLiteral, publicLookup, type ResolveHost } from './host-rule.ts';

/** A forward proxy (RFC 9110 §3.7, §9.3.6) on this machine, for one run of another program. */
export interface PageProxy {
  /** With its password. */
  url: string;
  close(): Promise<void>;
}

/** Nobody who sits at this machine guesses it while a run lasts. */
const PASSWORD_BYTES = 24;
const USER = 'robian';
/** A host that does not take a connection in this time is not there, in ms. */
const CONNECT_TIMEOUT_MS = 20_000;
/** RFC 9110 §7.6.1: between the program and us, not for the host. */
const HOP_HEADERS = ['connection', 'proxy-authorization', 'proxy-connection', 'keep-alive', 'te', 'upgrade'];

/**
 * Opens a way out for a program that looks names up for itself and follows where pages lead: whatever it asks for, redirects and
 * what pages name too, it reaches public addresses only, and services of the configuration wherever they are. The address that
 * is looked at is the one that is connected to.
 */
export async function openPageProxy(options: { rule: HostRule; resolve?: ResolveHost }): Promise<PageProxy> {
  const lookup = publicLookup(options.resolve);
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const expected = Buffer.from(`Basic ${Buffer.from(`${USER}:${password}`).toString('base64')}`);
  const open = new Set<Socket>();

  const isKnown = ({ headers }: IncomingMessage): boolean => {
    const given = Buffer.from(headers['proxy-authorization'] ?? '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  const isOwn = (url: URL): boolean => options.rule.isOwn(url);
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    return socket;
  };
  const reach = (url: URL, port: number): Socket => {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const socket = keep(connect({ host, port, ...(isOwn(url) ? {} : { lookup }) }));
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error(`${url.host} did not answer`)));
    socket.once('connect', () => socket.setTimeout(0));
    return socket;
  };

  function relay(request: IncomingMessage, response: ServerResponse): void {
    const refused = refusal(request, URL.parse(request.url ?? ''));
    if (refused !== null) {
      response.writeHead(refused, { connection: 'close', 'proxy-authenticate': 'Basic' }).end();
      return;
    }
    const url = new URL(request.url ?? '');
    const headers = { ...request.headers };
    for (const name of HOP_HEADERS) delete headers[name];
    const createConnection = (): Socket => reach(url, Number(url.port) || HTTP_PORT);
    // No agent: a connection that another request made was looked at for another reason.
    const asked = http.request(url, { method: request.method, headers, createConnection, agent: false });
    asked.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? BAD_GATEWAY, answer.headers);
      pipeline(answer, response, () => undefined);
    });
    asked.once('error', () => (response.headersSent ? response.destroy() : response.writeHead(BAD_GATEWAY).end()));
    response.once('close', () => asked.destroy());
    pipeline(request, asked, () => undefined);
  }

  function tunnel(request: IncomingMessage, client: Socket, first: Buffer): void {
    client.on('error', () => client.destroy());
    // `host:port`, which TLS follows: the same host as an https address names.
    const url = URL.parse(`https://${request.url ?? ''}`);
    const refused = refusal(request, url);
    if (refused !== null || url === null) {
      client.end(`HTTP/1.1 ${refused ?? BAD_REQUEST} ${http.STATUS_CODES[refused ?? BAD_REQUEST]}\r\n\r\n`);
      return;
    }
    const host = reach(url, Number(url.port) || HTTPS_PORT);
    let reached = false;
    host.once('connect', () => {
      reached = true;
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      host.write(first);
      client.pipe(host).pipe(client);
    });
    host.on('error', () => {
      if (reached) client.destroy();
      else client.end(`HTTP/1.1 ${BAD_GATEWAY} ${http.STATUS_CODES[BAD_GATEWAY]}\r\n\r\n`);
    });
    client.once('close', () => host.destroy());
  }

  /** The status that says no; null: go on. Names are judged as they are connected to. */
  function refusal(request: IncomingMessage, url: URL | null): number | null {
    if (!isKnown(request)) return PROXY_AUTHENTICATION_REQUIRED;
    if (url === null || !/^https?:$/.test(url.protocol)) return BAD_REQUEST;
    return isOwn(url) || isPublicLiteral(url) ? null : FORBIDDEN;
  }

  const server = http.createServer(relay);
  server.on('connect', (request, socket, head) => tunnel(request, socket as Socket, head));
  server.on('connection', keep);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${USER}:${password}@127.0.0.1:${port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

const HTTP_PORT = 80;
const HTTPS_PORT = 443;
const BAD_REQUEST = 400;
const FORBIDDEN = 403;
const PROXY_AUTHENTICATION_REQUIRED = 407;
const BAD_GATEWAY = 502;

import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { type WebSocket, WebSocketServer } from 'ws';
import type { App } from '../platform/http/index.ts';

/** The largest message a client has reason to send: a subscription with its token. Larger ones close with 1009. */
const MESSAGE_MAX_BYTES = 8 * 1024;

/**
 * Lets requests to upgrade take the way of all requests (address, limits, routes, errors), so that a route decides and can
 * refuse like any other.
 */
export function acceptUpgrades(app: App) {
  const asked = new WeakMap<IncomingMessage, { socket: Duplex; head: Buffer; response: ServerResponse }>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: MESSAGE_MAX_BYTES,
    // News are a few hundred bytes: compressing them would cost each client 100 kB of memory and more.
    perMessageDeflate: false,
  });

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Node lets go of the socket here: until ws takes it, errors on it are ours.
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
    response.on('finish', () => socket.end());
    asked.set(request, { socket, head, response });
    app.routing(request, response);
  };
  app.server.on('upgrade', onUpgrade);

  return {
    wants: (request: FastifyRequest): boolean => asked.has(request.raw),
    /** Makes a WebSocket of a request that wants it; whoever calls has hijacked the reply. */
    accept: (request: FastifyRequest, onOpen: (socket: WebSocket) => void): void => {
      const upgrade = asked.get(request.raw);
      if (!upgrade) throw new Error('not a request to upgrade');
      asked.delete(request.raw);
      upgrade.response.removeAllListeners('finish');
      upgrade.response.detachSocket(upgrade.socket as Parameters<ServerResponse['detachSocket']>[0]);
      server.handleUpgrade(request.raw, upgrade.socket, upgrade.head, onOpen);
    },
    clients: (): ReadonlySet<WebSocket> => server.clients,
    close: (): void => {
      app.server.off('upgrade', onUpgrade);
      server.close();
    },
  };
}

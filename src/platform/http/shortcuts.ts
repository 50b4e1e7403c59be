import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { FastifyServerFactory } from 'fastify';

/**
 * Answers a request from memory, or returns false having touched nothing: then the framework takes it, with all its hooks.
 * `always` gives the headers that every answer has, names and values in turn. What goes wrong later is its own to settle.
 */
export type Shortcut = (request: IncomingMessage, response: ServerResponse, always: () => string[]) => boolean;

export interface Shortcuts {
  serverFactory: FastifyServerFactory;
  add(shortcut: Shortcut): void;
  /** The server drains: from here on the framework answers everything, as it knows how to send clients away. */
  close(): void;
}

/**
 * Players ask for one file in hundreds of small pieces, and three quarters of such an answer's price is the framework's way
 * through hooks, router and reply. What is in memory is answered before it.
 */
export function createShortcuts(headersOf: (request: IncomingMessage) => string[]): Shortcuts {
  const shortcuts: Shortcut[] = [];
  let closed = false;
  return {
    add: (shortcut) => void shortcuts.push(shortcut),
    close: () => {
      closed = true;
    },
    serverFactory: (handler, options) => {
      const listener: RequestListener = (request, response) => {
        const always = (): string[] => headersOf(request);
        if (closed || !shortcuts.some((shortcut) => shortcut(request, response, always))) handler(request, response);
      };
      // Fastify sets these itself only on servers that it makes.
      const {
        http: settings,
        keepAliveTimeout,
        requestTimeout,
        connectionTimeout,
      } = options as object as ServerSettings;
      const server = http.createServer(settings, listener);
      server.keepAliveTimeout = keepAliveTimeout;
      server.requestTimeout = requestTimeout;
      server.setTimeout(connectionTimeout);
      return server;
    },
  };
}

interface ServerSettings {
  http: http.ServerOptions;
  keepAliveTimeout: number;
  requestTimeout: number;
  connectionTimeout: number;
}

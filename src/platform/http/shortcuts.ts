import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { FastifyServerFactory } from 'fastify';
import type { RequestObserver } from './request-observer.ts';

/**
 * Answers a request from memory, or returns false having touched nothing: then the framework takes it, with all its hooks.
 * `always` gives the headers that every answer has, names and values in turn. What goes wrong later is its own to settle.
 */
export type Shortcut = (request: IncomingMessage, response: ServerResponse, always: () => string[]) => boolean;

export interface Shortcuts {
  serverFactory: FastifyServerFactory;
  /** `route` is the template under which its answers are counted. */
  add(route: string, shortcut: Shortcut): void;
  /** The server drains: from here on the framework answers everything, as it knows how to send clients away. */
  close(): void;
}

/**
 * Players ask for one file in hundreds of small pieces, and three quarters of such an answer's price is the framework's way
 * through hooks, router and reply. What is in memory is answered before it.
 */
export function createShortcuts(options: {
  headersOf: (request: IncomingMessage) => string[];
  observer: RequestObserver | undefined;
}): Shortcuts {
  const { headersOf, observer } = options;
  const shortcuts: { route: string; answers: Shortcut }[] = [];
  let closed = false;
  return {
    add: (route, answers) => void shortcuts.push({ route, answers }),
    close: () => {
      closed = true;
    },
    serverFactory: (handler, options) => {
      const answerNow = (request: IncomingMessage, response: ServerResponse): boolean => {
        const startedMs = performance.now();
        const always = (): string[] => headersOf(request);
        const found = shortcuts.find(({ answers }) => answers(request, response, always));
        // Until all is on its way: how fast a listener takes it says nothing of us.
        const seconds = (performance.now() - startedMs) / 1000;
        if (found) observer?.answered(request.method ?? '', found.route, response.statusCode, seconds);
        return found !== undefined;
      };
      const listener: RequestListener = (request, response) => {
        if (closed || !answerNow(request, response)) handler(request, response);
      };
      // Fastify sets these itself only on servers that it makes.
      const {
        http: settings,
        keepAliveTimeout,
        requestTimeout,
        connectionTimeout,
      } = options as object as ServerSettings;
      // What has no body needs none of a body's machinery; Fastify looks for one by the headers, as Node does.
      const server = http.createServer({ ...settings, optimizeEmptyRequests: true }, listener);
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

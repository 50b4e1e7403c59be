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
  requestIdOf: (request: IncomingMessage) => string;
  headersOf: (request: IncomingMessage, requestId: string) => string[];
  observer: RequestObserver | undefined;
  /** Told once all of an answer is on its way, or its listener has gone. */
  note: (answer: ShortAnswer) => void;
}): Shortcuts {
  const { requestIdOf, headersOf, observer, note } = options;
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
        let requestId = '';
        const always = (): string[] => {
          requestId = requestIdOf(request);
          return headersOf(request, requestId);
        };
        const found = shortcuts.find(({ answers }) => answers(request, response, always));
        // Until all is on its way: how fast a listener takes it says nothing of us.
        const seconds = (performance.now() - startedMs) / 1000;
        if (found === undefined) return false;
        const { method = '' } = request;
        const { route } = found;
        observer?.answered(method, route, response.statusCode, seconds);
        const answer = { requestId, method, route, response, startedMs };
        if (response.writableEnded) note(answer);
        else response.once('close', () => note(answer));
        return true;
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

export interface ShortAnswer {
  requestId: string;
  method: string;
  route: string;
  response: ServerResponse;
  /** Of `performance.now()`. */
  startedMs: number;
}

interface ServerSettings {
  http: http.ServerOptions;
  keepAliveTimeout: number;
  requestTimeout: number;
  connectionTimeout: number;
}

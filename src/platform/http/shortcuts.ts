import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { FastifyServerFactory } from 'fastify';
import type { RequestObserver } from './request-observer.ts';

/**
 * Answers a request from memory, and says by the route's template under what it is counted; null, having touched nothing: then
 * the framework takes it, with all its hooks. What goes wrong after the answer has begun is its own to settle.
 */
export type Shortcut = (
  request: IncomingMessage,
  response: ServerResponse,
  lines: HeadLines,
) => string | null | Promise<string | null>;

/** Lines of an answer's head, as `headLines` makes them. */
export interface HeadLines {
  /** Of this request alone. */
  own(): string;
  /** The same, with those that every answer has. */
  all(): string;
}

export interface Shortcuts {
  serverFactory: FastifyServerFactory;
  /** Those that were added first are asked first. */
  add(shortcut: Shortcut): void;
  /** The server drains: from here on the framework answers everything, as it knows how to send clients away. */
  close(): void;
}

/**
 * Players ask for one file in hundreds of small pieces, readers for one list again and again, and three quarters of such an
 * answer's price is the framework's way through hooks, router and reply. What is in memory is answered before it.
 */
export function createShortcuts(options: {
  requestIdOf: (request: IncomingMessage) => string;
  /** Lines that every answer has. */
  always: string;
  ownLines: (request: IncomingMessage, requestId: string) => string;
  observer: RequestObserver | undefined;
  /** Told once all of an answer is on its way, or its listener has gone. */
  note: (answer: ShortAnswer) => void;
  onError: (error: unknown) => void;
}): Shortcuts {
  const { requestIdOf, always, ownLines, observer, note, onError } = options;
  const shortcuts: Shortcut[] = [];
  let closed = false;

  /** Of one request; a class, as functions made for each request cost more than all they do. */
  class Exchange implements HeadLines {
    /** Empty until the head asks for it. */
    requestId = '';
    readonly startedMs = performance.now();
    readonly request: IncomingMessage;
    readonly response: ServerResponse;

    constructor(request: IncomingMessage, response: ServerResponse) {
      this.request = request;
      this.response = response;
    }

    own(): string {
      this.requestId = requestIdOf(this.request);
      return ownLines(this.request, this.requestId);
    }

    all(): string {
      return always + this.own();
    }
  }

  function settle(exchange: Exchange, route: string | null, handler: RequestListener): void {
    const { request, response, requestId, startedMs } = exchange;
    if (route === null) {
      handler(request, response);
      return;
    }
    const { method = '' } = request;
    // Until all is on its way: how fast a listener takes it says nothing of us.
    observer?.answered(method, route, response.statusCode, (performance.now() - startedMs) / 1000);
    const answer = { requestId, method, route, response, startedMs };
    if (response.writableEnded) note(answer);
    else response.once('close', () => note(answer));
  }

  function giveUp({ request, response }: Exchange, error: unknown, handler: RequestListener): void {
    onError(error);
    // A listener that throws would end the process. What was begun cannot be answered again; what was said whole may stay.
    if (!response.headersSent) handler(request, response);
    else if (!response.writableEnded) response.destroy();
  }

  return {
    add: (shortcut) => void shortcuts.push(shortcut),
    close: () => {
      closed = true;
    },
    serverFactory: (handler, options) => {
      const listener: RequestListener = (request, response) => {
        if (closed) {
          handler(request, response);
          return;
        }
        const exchange = new Exchange(request, response);
        try {
          const route = firstOf(shortcuts, request, response, exchange);
          if (route instanceof Promise) {
            route.then((later) => settle(exchange, later, handler)).catch((error) => giveUp(exchange, error, handler));
          } else {
            settle(exchange, route, handler);
          }
        } catch (error) {
          giveUp(exchange, error, handler);
        }
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

/** The first that answers; null: none does. */
function firstOf(
  shortcuts: readonly Shortcut[],
  request: IncomingMessage,
  response: ServerResponse,
  lines: HeadLines,
): ReturnType<Shortcut> {
  for (const answer of shortcuts) {
    const route = answer(request, response, lines);
    if (route !== null) return route;
  }
  return null;
}

export interface ShortAnswer {
  /** Empty where the head had none. */
  requestId: string;
  /** Of `performance.now()`. */
  startedMs: number;
  method: string;
  route: string;
  response: ServerResponse;
}

interface ServerSettings {
  http: http.ServerOptions;
  keepAliveTimeout: number;
  requestTimeout: number;
  connectionTimeout: number;
}

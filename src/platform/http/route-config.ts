import type { IncomingMessage } from 'node:http';
import type { Language } from '../i18n/index.ts';

/** What a route says of itself in its `config`, beside its schema. */
export interface RouteConfig {
  /** The name of the limit that counts its requests; `false`: they are not counted. Absent: the server's fallback. */
  limit?: string | false;
  /**
   * Whether doing it twice leaves what doing it once leaves. Absent: what the method says (RFC 9110 §9.2.2); a POST must say.
   */
  idempotent?: boolean;
  /** What a token must allow, by name; absent: no token is needed. */
  scope?: string;
  /** Who the token's holder must be at least; absent: anyone with the scope. */
  role?: string;
  /** The answer is the same for everyone and is kept until one of its tags changes, or its time is over. */
  cache?: CacheRule;
  /** Told of each GET that was answered with the thing itself, or "as you have it". */
  onShown?: (asked: Asked, params: Readonly<Record<string, string>>) => void;
  /** A page for people, with scripts and styles of ours, not a document for programs. */
  page?: boolean;
}

/** Who asks, as far as a request tells: a Fastify request is one. */
export interface Asked {
  /** As far as the proxies we trust say it. */
  ip: string;
  headers: IncomingMessage['headers'];
  raw: { socket: IncomingMessage['socket'] };
}

export interface CacheRule {
  /** What the answer depends on, as far as the address tells; a handler that learns more says so by `dependOn`. */
  tags: (params: Readonly<Record<string, string>>) => readonly string[];
  ttlSeconds: number;
  /** A POST that only asks: its answer is kept by its address and its body, once that was checked. */
  byBody?: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The one the reader asks for, among those of this installation. */
    readonly language: Language;
  }
  interface FastifyContextConfig extends RouteConfig {}
}

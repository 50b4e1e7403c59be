import { createHmac, hash as digest } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '../platform/clock/index.ts';
import { clientOfAddress } from '../platform/limits/index.ts';

/** What is read of a request: a Fastify request is one. */
export interface Asked {
  /** As far as the proxies we trust say it. */
  ip: string;
  headers: { 'user-agent'?: string | undefined; authorization?: string | undefined };
  raw: { socket: Socket | null };
}

/** Names that mean nothing to anybody else, nor to us tomorrow. */
export interface ListenerNames {
  /** By address and program. */
  ofRequest(request: Asked): ListenerName;
  ofAccount(accountId: string, request: Asked): ListenerName;
}

export interface ListenerName {
  listener: string;
  /** Of the address alone: those who share it share a bound on what they count. */
  network: string;
}

const DAY_MS = 86_400_000;
/** What programs say of themselves beyond this tells nothing more. */
const USER_AGENT_MAX = 300;
/** 128 bits: no two listeners of a day share them. */
const NAME_LENGTH = 22;

/**
 * Names listeners by a keyed hash whose key changes each day (UTC): the same all over the installation within a day, and not to
 * be joined with the next day's. Only counts leave the process's memory for the database; Redis is given the hash.
 * @param secret of the installation
 */
export function createListenerNames({ secret, clock }: { secret: string; clock: Clock }): ListenerNames {
  let day = Number.NaN;
  let hash = keyedHash(Buffer.alloc(0));
  // A connection mostly belongs to one listener, whose name then costs nothing.
  let known = new WeakMap<Socket, { ip: string; agent: string; name: ListenerName }>();

  const turn = (): void => {
    const today = Math.floor(clock.now().getTime() / DAY_MS);
    if (today === day) return;
    day = today;
    hash = keyedHash(createHmac('sha256', secret).update(`listeners of day ${today}`).digest());
    known = new WeakMap();
  };

  const nameOf = (ip: string, agent: string): ListenerName => {
    const network = clientOfAddress(ip);
    return { listener: hash(`address ${network} ${agent}`), network: hash(`network ${network}`) };
  };
  const ofRequest = ({ ip, headers, raw }: Asked): ListenerName => {
    turn();
    const agent = (headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX);
    const before = raw.socket === null ? undefined : known.get(raw.socket);
    if (before?.ip === ip && before.agent === agent) return before.name;
    const name = nameOf(ip, agent);
    if (raw.socket !== null) known.set(raw.socket, { ip, agent, name });
    return name;
  };

  return {
    ofRequest,
    ofAccount: (accountId, request) => {
      const { network } = ofRequest(request);
      return { listener: hash(`account ${accountId}`), network };
    },
  };
}

/** The block of SHA-256, in bytes (RFC 2104 §2). */
const BLOCK_BYTES = 64;

/**
 * HMAC-SHA-256 (RFC 2104), by the functions that hash at once: an object for each name would cost twenty times as much, most of
 * it the collector's.
 * @param key at most a block
 */
function keyedHash(key: Buffer): (text: string) => string {
  const padded = Buffer.alloc(BLOCK_BYTES);
  padded.set(key);
  const inner = padded.map((byte) => byte ^ 0x36);
  const outer = padded.map((byte) => byte ^ 0x5c);
  return (text) => {
    const within = digest('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer');
    return digest('sha256', Buffer.concat([outer, within]), 'base64url').slice(0, NAME_LENGTH);
  };
}

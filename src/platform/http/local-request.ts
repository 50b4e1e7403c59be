import { BlockList } from 'node:net';

/** What is read of a request: a Fastify request is one. */
export interface Arrived {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  raw: { socket: { remoteAddress?: string | undefined } };
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
/** What proxies, and nobody else, add: RFC 7239, RFC 9110 §7.6.3, and the names from before. */
const PROXY_HEADERS = /^(forwarded|via|x-forwarded-.+|x-real-ip|cf-connecting-ip|true-client-ip|x-envoy-.+)$/;

/**
 * Whether who asks sits at this machine. The connection itself must come from a loopback address, whatever TRUST_PROXY says;
 * what a proxy passes on is not local, nor what a page of another site, or of a name made to point here, has a browser ask.
 */
export function isLocalRequest({ headers, raw }: Arrived): boolean {
  if (!isLoopback(raw.socket.remoteAddress ?? '')) return false;
  if (headers.origin !== undefined || Object.keys(headers).some((name) => PROXY_HEADERS.test(name))) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none' && site !== 'same-origin') return false;
  const url = `http://${String(headers.host)}`;
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return loopback.check(plain, plain.includes(':') ? 'ipv6' : 'ipv4');
}

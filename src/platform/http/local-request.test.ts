import { describe, expect, it } from 'vitest';
import { isLocalRequest } from './local-request.ts';

const here = { host: '127.0.0.1:8000' };
const from = (remoteAddress: string | undefined, headers: Record<string, string>) =>
  isLocalRequest({ headers, raw: { socket: { remoteAddress } } });

describe('a request of this machine', () => {
  it.each([
    ['127.0.0.1', here],
    ['127.8.9.1', { host: 'localhost:8000' }],
    ['::1', { host: '[::1]:8000' }],
    ['::ffff:127.0.0.1', { host: 'localhost' }],
    ['127.0.0.1', { ...here, 'sec-fetch-site': 'none' }],
  ])('comes from %s and names it: %o', (address, headers) => {
    expect(from(address, headers)).toBe(true);
  });

  it.each([
    ['of another machine', '192.0.2.7', here],
    ['of an address that looks like ours', '::ffff:192.0.2.7', here],
    ['of nobody', undefined, here],
    ['of no address', 'localhost', here],
    ['that a proxy passes on', '127.0.0.1', { ...here, 'x-forwarded-for': '127.0.0.1' }],
    ['that a proxy passes on, RFC 7239', '127.0.0.1', { ...here, forwarded: 'for=127.0.0.1' }],
    ['that a proxy passes on, with its name only', '127.0.0.1', { ...here, via: '1.1 caddy' }],
    ['that a proxy passes on, with the scheme only', '127.0.0.1', { ...here, 'x-forwarded-proto': 'https' }],
    ['that a proxy passes on with the public name', '127.0.0.1', { host: 'robian.example' }],
    ['of a page of another site', '127.0.0.1', { ...here, origin: 'https://evil.example' }],
    ['of an image of another site', '127.0.0.1', { ...here, 'sec-fetch-site': 'cross-site' }],
    ['of a name that was made to point here', '127.0.0.1', { host: 'rebound.example:8000' }],
    ['that names no host', '127.0.0.1', {}],
    ['with a host that is none', '127.0.0.1', { host: 'a b' }],
  ])('is not one %s', (_, address, headers) => {
    expect(from(address, headers)).toBe(false);
  });
});

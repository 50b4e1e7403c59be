import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createManualClock } from '../../../tests/support/manual-clock.ts';
import { systemClock } from '../clock/index.ts';
import { createFetcher, createHostRule, createPageGate, type Fetcher, type ResolveHost } from './index.ts';
import { isPublicAddress } from './public-address.ts';

describe('an address', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '93.184.216.34',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.1',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4007:80e::200e',
    '2001:4860:4860::8888',
  ])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    // This machine, its network, and what stands for "here".
    '0.0.0.0',
    '0.1.2.3',
    '127.0.0.1',
    '127.255.255.254',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '::',
    '::1',
    // CGNAT, link-local, metadata services of clouds, ULA.
    '100.64.0.1',
    '100.127.255.255',
    '100.100.100.200',
    '169.254.0.1',
    '169.254.169.254',
    '168.63.129.16',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'fc00::1',
    'fd00:ec2::254',
    // IPv4 in IPv6: mapped, compatible, NAT64, 6to4, Teredo.
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    // Documentation, benchmarks, multicast, reserved, broadcast, discard.
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '198.18.0.1',
    '192.0.0.170',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '2001:db8::1',
    '3fff::1',
    'ff02::1',
    '100::1',
    // What is not an address as the system would write one.
    '2130706433',
    '0x7f.1',
    '127.1',
    '0177.0.0.1',
    'localhost',
    '',
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('the hosts of an installation', () => {
  const rule = createHostRule({
    own: ['https://portal.example/base', 'http://127.0.0.1:4000'],
    listed: ['lcp.example', '*.senat.example', 'odd.example:8443'],
  });
  it.each([
    ['https://portal.example/x', true, false],
    ['http://portal.example/x', true, false],
    ['https://portal.example:444/x', false, false],
    ['http://127.0.0.1:4000/', true, false],
    ['http://127.0.0.1/', false, false],
    ['https://lcp.example/watch?v=1', false, true],
    ['https://LCP.EXAMPLE/', false, true],
    ['https://lcp.example:8080/', false, false],
    ['https://lcp.example.evil.example/', false, false],
    ['https://evil.example/lcp.example', false, false],
    ['https://videos.senat.example/', false, true],
    ['https://senat.example/', false, false],
    ['https://evilsenat.example/', false, false],
    ['https://odd.example:8443/', false, true],
    ['https://odd.example/', false, false],
  ])('%s', (url, own, listed) => {
    expect([rule.isOwn(new URL(url)), rule.isListed(new URL(url))]).toEqual([own, listed]);
  });
});

const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'public.example': ['93.184.216.34', '2606:2800:220:1::1'],
  'inside.example': ['10.0.0.5'],
  'both.example': ['93.184.216.34', '127.0.0.1'],
  'mapped.example': ['::ffff:169.254.169.254'],
};
const resolve: ResolveHost = (hostname, _options, done) => {
  const addresses = ADDRESSES[hostname];
  if (addresses === undefined) done(Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' }), []);
  else
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
};

describe('a page that somebody chose', () => {
  const listed = ['*.example', '127.0.0.1', '[::1]', '10.0.0.5', 'localhost', '8.8.8.8'];
  const rule = createHostRule({ own: ['http://127.0.0.1:4000'], listed });
  const gate = createPageGate({ rule, clock: systemClock, resolve });

  it.each([
    ['https://public.example/watch', 'admitted'],
    ['https://inside.example/', 'refused'],
    ['https://both.example/', 'refused'],
    ['https://mapped.example/', 'refused'],
    ['https://unknown.example/', 'unreachable'],
    ['https://elsewhere.test/', 'refused'],
    ['http://127.0.0.1/', 'refused'],
    ['http://127.0.0.1:4000/', 'refused'],
    ['http://2130706433/', 'refused'],
    ['http://0x7f000001/', 'refused'],
    ['http://0177.0.0.1/', 'refused'],
    ['http://127.1/', 'refused'],
    ['http://[::1]/', 'refused'],
    ['http://10.0.0.5/', 'refused'],
    ['https://public.example:22/', 'refused'],
    ['https://user:secret@public.example/', 'refused'],
    ['ftp://public.example/', 'refused'],
    ['file:///etc/passwd', 'refused'],
    ['not an address', 'refused'],
  ])('at %s is %s', async (url, verdict) => {
    const answer = await gate.admitChosen(url).then(
      () => 'admitted',
      (error: { reason: string }) => error.reason,
    );
    expect(answer).toBe(verdict);
  });

  it('may be one of our own services only where the configuration chose it', async () => {
    await expect(gate.admit('http://127.0.0.1:4000/x')).resolves.toHaveProperty('port', '4000');
    await expect(gate.admit('http://127.0.0.1:4001/x')).rejects.toHaveProperty('reason', 'refused');
  });

  it('is given up when name servers are silent', async () => {
    const silent = createPageGate({ rule, clock: createManualClock('2026-11-22T12:00:00Z'), resolve: () => undefined });
    await expect(silent.admitChosen('https://public.example/')).rejects.toHaveProperty('reason', 'unreachable');
  });
});

describe('a fetcher that knows its hosts', () => {
  let server: Server;
  let port: number;
  let fetcher: Fetcher;
  let location = '';
  let hits = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      hits += 1;
      if (request.url === '/moved') response.writeHead(302, { location }).end();
      else response.end('here');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    port = (server.address() as AddressInfo).port;
    fetcher = createFetcher({
      userAgent: 'test',
      clock: systemClock,
      random: () => 0,
      retries: 0,
      hosts: createHostRule({ own: [`http://127.0.0.1:${port}`], listed: ['inside.example'] }),
      resolve,
    });
  });
  afterAll(async () => {
    await fetcher.close();
    server.closeAllConnections();
    server.close();
  });
  const reasonOf = (path: string): Promise<string> =>
    fetcher.bytes(path.startsWith('http') ? path : `http://127.0.0.1:${port}${path}`, { maxBytes: 100 }).then(
      ({ body }) => body.toString(),
      (error: { reason: string }) => error.reason,
    );

  it('asks its own services wherever they are, and nobody else at an address that is not public', async () => {
    expect(await reasonOf('/')).toBe('here');
    const before = hits;
    expect(await reasonOf(`http://localhost:${port}/`)).toBe('unreachable');
    expect(await reasonOf(`http://[::ffff:127.0.0.1]:${port}/`)).toBe('refused');
    expect(await reasonOf(`http://inside.example:${port}/`)).toBe('refused');
    expect(await reasonOf(`http://both.example:${port}/`)).toBe('refused');
    expect(await reasonOf('nowhere')).toBe('refused');
    expect(hits).toBe(before);
  });

  it.each([
    ['/there', 'here'],
    ['http://elsewhere.example/', 'refused'],
    ['http://8.8.8.8/', 'refused'],
    ['http://inside.example/', 'refused'],
    ['http://169.254.169.254/latest/meta-data', 'refused'],
    ['http://127.0.0.1:1/', 'refused'],
    ['file:///etc/passwd', 'refused'],
  ])('sent on to %s: %s', async (next, outcome) => {
    location = next;
    expect(await reasonOf('/moved')).toBe(outcome);
  });

  it('does not go round in circles', async () => {
    location = '/moved';
    hits = 0;
    expect(await reasonOf('/moved')).toBe('status');
    expect(hits).toBe(6);
  });
});

import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../src/app.ts';
import { type House, openHouse } from '../src/house.ts';
import { systemClock } from '../src/platform/clock/index.ts';
import { parseConfig } from '../src/platform/config/index.ts';
import type { App } from '../src/platform/http/index.ts';
import { createLogger } from '../src/platform/telemetry/index.ts';
import { mp3Frames } from './support/audio-fixtures.ts';
import { type Installation, makeInstallation } from './support/installation.ts';
import { hasNginx, type NginxProxy, startNginxProxy } from './support/nginx-proxy.ts';
import { sampleDebate } from './support/sample-debate.ts';

const DEBATE = '19502241_6ac548b948b27';
const STREAM = `/api/streaming/${DEBATE}/stream`;
const DOWNLOAD = `/api/streaming/${DEBATE}/download`;
const ORIGIN = 'https://app.example';
const PUBLIC_URL = 'https://robian.example';
/** Three blocks and a bit. */
const sound = mp3Frames(2_000, 5);

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

describe.skipIf(!hasNginx)('stored sound that nginx sends (deploy/proxy)', () => {
  let installation: Installation;
  let house: House;
  /** The product by itself: what its answers are is what listeners must get through nginx. */
  let alone: App;
  /** The same behind nginx. */
  let behind: App;
  let nginx: NginxProxy;
  let etag: string;
  let lastModified: string;

  beforeAll(async () => {
    installation = await makeInstallation();
    const config = parseConfig({ ...installation.environment, PUBLIC_URL, CORS_ORIGINS: ORIGIN, TRUST_PROXY: 'true' });
    house = await openHouse({
      config,
      clock: systemClock,
      logger: createLogger({ level: 'silent' }),
      onFatal: (error) => {
        throw error;
      },
    });
    await house.debates.record(sampleDebate(DEBATE, { title: 'Séance à l’été' }));
    const path = join(await house.vault.workspace(randomUUID()), 'a.mp3');
    await writeFile(path, sound);
    await house.vault.publish({
      debateId: DEBATE,
      path,
      inspection: await house.vault.inspect(path, { format: 'mp3' }),
      origin: 'published',
      sourceUrl: 'http://media.example/a.mp3',
      within: async () => undefined,
    });
    const isDraining = (): boolean => false;
    alone = await createApp(house, { isDraining });
    behind = await createApp({ ...house, config: { ...config, accelRedirect: '/stored-sound' } }, { isDraining });
    for (const app of [alone, behind]) await app.listen({ host: '127.0.0.1', port: 0 });
    nginx = await startNginxProxy({ apiPort: portOf(behind), vaultFolder: join(config.dataDir, 'vault') });
    const { headers } = await ask(portOf(alone), 'HEAD', STREAM);
    etag = String(headers.etag);
    lastModified = String(headers['last-modified']);
  });

  afterAll(async () => {
    await nginx.close();
    for (const app of [alone, behind]) {
      app.server.closeAllConnections();
      await app.close();
    }
    await house.close();
    await installation.remove();
  });

  const portOf = (app: App): number => (app.server.address() as AddressInfo).port;

  function ask(
    port: number,
    method: string,
    path: string,
    headers: Record<string, string> = {},
    tls = false,
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const options = {
      ...{ host: '127.0.0.1', port, method, path, agent: false, rejectUnauthorized: false },
      headers: { 'x-request-id': 'listener-7', ...headers },
    };
    const request = (tls ? tlsRequest : plainRequest)(options, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
      );
    });
    request.on('error', reject).end();
    return promise;
  }

  /** What every listener, player and cache goes by; the rest belongs to the connection. */
  const TOLD = [
    ...['content-type', 'content-length', 'content-range', 'content-disposition', 'accept-ranges', 'cache-control'],
    ...['etag', 'last-modified', 'link', 'vary', 'x-request-id', 'strict-transport-security', 'x-frame-options'],
    ...['content-security-policy', 'x-content-type-options', 'referrer-policy', 'cross-origin-resource-policy'],
    ...['access-control-allow-origin', 'access-control-expose-headers', 'x-accel-redirect'],
  ];
  const answersProblem = (headers: Answer['headers']): boolean =>
    String(headers['content-type']).startsWith('application/problem+json');
  const told = ({ status, headers, body }: Answer) => ({
    status,
    headers: Object.fromEntries(TOLD.map((name) => [name, headers[name]])),
    bytes: body.length,
    isTheSound: body.length === 0 || sound.includes(body) || answersProblem(headers),
  });

  const cases: [what: string, method: string, path: string, headers: () => Record<string, string>][] = [
    ['the whole', 'GET', STREAM, () => ({})],
    ['the head of the whole', 'HEAD', STREAM, () => ({})],
    ['a first range', 'GET', STREAM, () => ({ range: 'bytes=0-99' })],
    ['a range in the middle', 'GET', STREAM, () => ({ range: 'bytes=262100-300000' })],
    ['the last bytes', 'GET', STREAM, () => ({ range: 'bytes=-500' })],
    ['an open end', 'GET', STREAM, () => ({ range: 'bytes=800000-' })],
    ['an end beyond the end', 'GET', STREAM, () => ({ range: 'bytes=835000-99999999' })],
    ['a range outside', 'GET', STREAM, () => ({ range: 'bytes=99999999-' })],
    ['several ranges', 'GET', STREAM, () => ({ range: 'bytes=0-9,20-29' })],
    ['a range that is none', 'GET', STREAM, () => ({ range: 'bytes=9-1' })],
    ['a head with a range', 'HEAD', STREAM, () => ({ range: 'bytes=5-9' })],
    ['If-Range of this file', 'GET', STREAM, () => ({ range: 'bytes=5-9', 'if-range': etag })],
    ['If-Range of another file', 'GET', STREAM, () => ({ range: 'bytes=5-9', 'if-range': '"other"' })],
    ['a weak If-Range', 'GET', STREAM, () => ({ range: 'bytes=5-9', 'if-range': `W/${etag}` })],
    ['If-Range by its date', 'GET', STREAM, () => ({ range: 'bytes=5-9', 'if-range': lastModified })],
    [
      'If-Range by another date',
      'GET',
      STREAM,
      () => ({ range: 'bytes=5-9', 'if-range': 'Tue, 06 Oct 2020 10:00:00 GMT' }),
    ],
    ['what is known already', 'GET', STREAM, () => ({ 'if-none-match': etag })],
    ['what is known by its date', 'GET', STREAM, () => ({ 'if-modified-since': lastModified })],
    ['another version', 'GET', STREAM, () => ({ 'if-none-match': '"other"', 'if-modified-since': lastModified })],
    ['If-Match of this file', 'GET', STREAM, () => ({ 'if-match': etag, range: 'bytes=5-9' })],
    ['If-Match of another', 'GET', STREAM, () => ({ 'if-match': '"other"' })],
    ['If-Unmodified-Since', 'GET', STREAM, () => ({ 'if-unmodified-since': lastModified })],
    ['a page of another site', 'GET', STREAM, () => ({ origin: ORIGIN, range: 'bytes=5-9' })],
    ['a download', 'GET', DOWNLOAD, () => ({})],
    ['a piece of a download', 'GET', DOWNLOAD, () => ({ range: 'bytes=5-9' })],
    ['a debate that is not there', 'GET', '/api/streaming/none/stream', () => ({})],
  ];

  it.each(cases)('%s is answered as the product itself answers', async (_what, method, path, headers) => {
    const wanted = told(await ask(portOf(alone), method, path, headers()));
    const given = told(await ask(nginx.port, method, path, headers(), true));
    expect(given).toEqual(wanted);
    expect(given.isTheSound).toBe(true);
    // Again: by now the product answers from memory, before its framework.
    expect(told(await ask(nginx.port, method, path, headers(), true))).toEqual(wanted);
  });

  it('keeps name and cache rule of a signed link', async () => {
    const described = await ask(portOf(alone), 'GET', DOWNLOAD, { accept: 'application/json' });
    const { url } = JSON.parse(described.body.toString()) as { url: string };
    const answer = await ask(nginx.port, 'GET', url.slice(PUBLIC_URL.length), { range: 'bytes=-5' }, true);
    expect(answer.status).toBe(206);
    expect(answer.headers['content-disposition']).toContain("filename*=UTF-8''");
    expect(answer.headers['cache-control']).toMatch(/^public, max-age=\d+, immutable$/);
  });

  it('is sent by nginx, not by the product: its answer names the place and has no body', async () => {
    const named = await ask(portOf(behind), 'GET', STREAM, { range: 'bytes=5-9' });
    expect([named.status, named.body.length]).toEqual([200, 0]);
    expect(named.headers['x-accel-redirect']).toMatch(/^\/stored-sound\/\w\w\/\w\w\/\w{64}\.mp3$/);
  });

  it('cannot be reached beside the product, however the address is written', async () => {
    const named = await ask(portOf(behind), 'GET', STREAM);
    const place = String(named.headers['x-accel-redirect']);
    const ways = [
      place,
      `/.${place}`,
      `/api/..${place}`,
      place.replace('stored', '%73tored'),
      `/${place}`,
      '/stored-sound/',
    ];
    for (const way of ways) {
      const answer = await ask(nginx.port, 'GET', way, { 'x-accel-redirect': place }, true);
      expect([way, answer.status]).toEqual([way, 404]);
      expect(answer.body.includes(sound.subarray(0, 50))).toBe(false);
    }
    const forged = await ask(nginx.port, 'GET', '/api/debates/', { 'x-accel-redirect': place }, true);
    expect(forged.headers['content-type']).toContain('application/json');
  });

  it('lets nobody say by which address they come', async () => {
    const given = await ask(nginx.port, 'GET', '/health/detailed', { 'x-forwarded-for': '127.0.0.1' }, true);
    expect(JSON.parse(given.body.toString())).not.toHaveProperty('dependencies');
    expect((await ask(nginx.port, 'GET', '/metrics', {}, true)).status).toBe(404);
  });

  it('leads to TLS, and writes nobody’s address', async () => {
    const plain = await ask(nginx.plainPort, 'GET', '/api/debates/?q=x', { host: 'robian.example' });
    expect([plain.status, plain.headers.location]).toEqual([308, 'https://robian.example/api/debates/?q=x']);
    await ask(nginx.port, 'GET', STREAM, { range: 'bytes=5-9', 'x-request-id': 'find-me' }, true);
    const line = nginx.lines().find(({ request_id: id }) => id === 'find-me');
    expect(line).toMatchObject({ status: 206, bytes: 5, handed_over: 'yes', route: '/api/streaming/' });
    expect(JSON.stringify(nginx.lines())).not.toContain('127.0.0.1');
    expect(JSON.stringify(nginx.lines())).not.toContain(DEBATE);
  });

  it('takes a listener who leaves for one who leaves', async () => {
    const socket = connect(nginx.plainPort, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n');
    socket.destroy();
    expect((await ask(nginx.port, 'GET', '/health/live', {}, true)).status).toBe(200);
  });
});

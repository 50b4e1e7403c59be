import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../clock/index.ts';
import { type Contact, createFetcher, FetchError, type Fetcher } from './index.ts';

const contacts: Contact[] = [];

describe('fetching', () => {
  let server: Server;
  let base: string;
  let answer: (request: IncomingMessage, response: ServerResponse, attempt: number) => void;
  let attempts = 0;
  const waited: number[] = [];
  const clock: Clock = {
    ...systemClock,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      waited.push(ms);
    },
  };
  let fetcher: Fetcher;

  beforeAll(async () => {
    server = createServer((request, response) => {
      attempts += 1;
      answer(request, response, attempts);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    fetcher = createFetcher({
      onContact: (contact) => contacts.push(contact),
      userAgent: 'RobianAPI/test',
      clock,
      random: () => 0.5,
      headersTimeoutMs: 300,
      bodyTimeoutMs: 300,
      connectionsPerOrigin: 2,
    });
  });
  afterEach(() => {
    attempts = 0;
    waited.length = 0;
  });
  afterAll(async () => {
    await fetcher.close();
    server.closeAllConnections();
    server.close();
  });

  const failure = async (work: Promise<unknown>): Promise<FetchError> => {
    const error = await work.then(
      () => null,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(FetchError);
    return error as FetchError;
  };

  it('introduces itself and reads a whole body', async () => {
    answer = (request, response) => response.end(request.headers['user-agent']);
    const { body, status } = await fetcher.bytes(`${base}/`, { maxBytes: 100 });
    expect([status, body.toString()]).toEqual([200, 'RobianAPI/test']);
  });

  it('tries again what may pass, with growing pauses, and gives up after three', async () => {
    answer = (_request, response) => response.writeHead(503).end();
    const error = await failure(fetcher.bytes(base, { maxBytes: 10 }));
    expect(error).toMatchObject({ reason: 'status', status: 503, transient: true });
    expect(attempts).toBe(4);
    expect(waited).toEqual([500, 1000, 2000]);
  });

  it('tells of each request where it went and what came of it', async () => {
    contacts.length = 0;
    answer = (_request, response, attempt) => response.writeHead(attempt === 1 ? 503 : 200).end('ok');
    await fetcher.bytes(`${base}/a/path?with=query`, { maxBytes: 10 });
    const stopped = new AbortController();
    answer = () => stopped.abort(new Error('enough'));
    await expect(fetcher.bytes(base, { maxBytes: 10, signal: stopped.signal })).rejects.toThrow('enough');
    const told = contacts.map(({ origin, outcome, durationSeconds }) => [origin, outcome, durationSeconds >= 0]);
    expect(told).toEqual([
      [base, 'status', true],
      [base, 'answered', true],
      [base, 'aborted', true],
    ]);
  });

  it('succeeds when a dropped connection comes back', async () => {
    answer = (request, response, attempt) => {
      if (attempt === 1) request.socket.destroy();
      else if (attempt === 2)
        response.writeHead(200, { 'content-length': 10 }).write('abc', () => request.socket.destroy());
      else response.end('abcdefghij');
    };
    expect((await fetcher.bytes(base, { maxBytes: 10 })).body.toString()).toBe('abcdefghij');
    expect(attempts).toBe(3);
  });

  it('waits as long as 429 asks, not longer than it may', async () => {
    answer = (_request, response, attempt) => {
      if (attempt === 1) response.writeHead(429, { 'retry-after': '7' }).end();
      else response.end('ok');
    };
    await fetcher.bytes(base, { maxBytes: 10 });
    expect(waited).toEqual([7000]);
    answer = (_request, response) => response.writeHead(429, { 'retry-after': '3600' }).end();
    const error = await failure(fetcher.bytes(base, { maxBytes: 10 }));
    expect(error).toMatchObject({ reason: 'rate-limited', retryAfterMs: 3_600_000 });
    expect(waited).toEqual([7000]);
  });

  it('reads Retry-After as a date too', async () => {
    answer = (_request, response) => response.writeHead(429, { 'retry-after': new Date(0).toUTCString() }).end();
    expect(await failure(fetcher.bytes(base, { maxBytes: 10, retries: 0 }))).toMatchObject({ retryAfterMs: 0 });
    answer = (_request, response) => response.writeHead(429, { 'retry-after': 'soon' }).end();
    expect((await failure(fetcher.bytes(base, { maxBytes: 10, retries: 0 }))).retryAfterMs).toBeUndefined();
  });

  it.each([403, 404, 410])('does not insist on %s', async (status) => {
    answer = (_request, response) => response.writeHead(status).end('x'.repeat(100));
    expect(await failure(fetcher.bytes(base, { maxBytes: 10 }))).toMatchObject({ status, transient: false });
    expect(attempts).toBe(1);
  });

  it('refuses a body over the limit, announced or not', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-length': 1000 }).end('x'.repeat(1000));
    expect(await failure(fetcher.bytes(base, { maxBytes: 999 }))).toMatchObject({ reason: 'too-large' });
    answer = (_request, response) => {
      response.write('x'.repeat(600));
      response.end('x'.repeat(600));
    };
    expect(await failure(fetcher.bytes(base, { maxBytes: 999 }))).toMatchObject({ reason: 'too-large' });
    expect(attempts).toBe(2);
  });

  it('does not wait for ever: no answer, and an answer that stops', async () => {
    answer = () => undefined;
    expect(await failure(fetcher.open(base, { retries: 0 }))).toMatchObject({ reason: 'timeout' });
    answer = (_request, response) => void response.writeHead(200, { 'content-length': 10 }).write('abc');
    expect(await failure(fetcher.bytes(base, { maxBytes: 10, retries: 0 }))).toMatchObject({ reason: 'timeout' });
  });

  it('says that nobody is there', async () => {
    expect(await failure(fetcher.open('http://127.0.0.1:1/', { retries: 0 }))).toMatchObject({ reason: 'unreachable' });
  });

  it('stops at once when its caller stops, with the reason of the caller', async () => {
    answer = () => undefined;
    const stop = new AbortController();
    const reading = fetcher.bytes(base, { maxBytes: 10, signal: stop.signal });
    stop.abort(new Error('cancelled by test'));
    await expect(reading).rejects.toThrow('cancelled by test');
    await expect(fetcher.bytes(base, { maxBytes: 10, signal: stop.signal })).rejects.toThrow('cancelled by test');
  });

  it('follows a redirect and tells where it ended', async () => {
    answer = (request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
      else response.end('there');
    };
    const reply = await fetcher.bytes(`${base}/a`, { maxBytes: 10 });
    expect([reply.body.toString(), reply.url]).toEqual(['there', `${base}/b`]);
  });

  it('hands over 416 to those who ask ranges, and names 304 to those who set conditions', async () => {
    answer = (_request, response) => response.writeHead(416).end();
    const opened = await fetcher.open(base);
    expect(opened.status).toBe(416);
    opened.body.resume();
    answer = (_request, response) => response.writeHead(304).end();
    const unchanged = await failure(fetcher.open(base, { headers: { 'if-none-match': '"x"' } }));
    expect(unchanged).toMatchObject({ status: 304, transient: false });
  });
});

import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { answerInOne, headLines, writeHeadInOne } from './head-in-one.ts';

const HEAD = ['etag', '"a"', 'x-request-id', 'abc', 'content-length', '5'];

type Write = (response: ServerResponse) => void;
const WRITERS: Readonly<Record<string, Write>> = {
  '/node': (response) => void response.writeHead(206, [...HEAD]).end('sound'),
  '/ours': (response) => {
    writeHeadInOne(response, 206, headLines(HEAD));
    response.end('sound');
  },
  '/whole': (response) => answerInOne(response, 206, headLines(HEAD), [Buffer.from('so'), Buffer.from('und')]),
};

async function answersTo(requests: string, settings: { keepAliveTimeout?: number } = {}): Promise<string> {
  const server = createServer((request, response) => {
    WRITERS[request.url ?? '']?.(response);
  });
  Object.assign(server, settings);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.end(requests);
  return (await text(socket)).replaceAll(/Date: .*?\r\n/g, 'Date: now\r\n');
}

const request = (url: string, { method = 'GET', version = '1.1', header = '' } = {}): string =>
  `${method} ${url} HTTP/${version}\r\nHost: a\r\n${header}\r\n`;

test.each([
  ['a connection that goes on', {}, {}],
  ['a connection that ends', { header: 'Connection: close\r\n' }, {}],
  ['an old client', { version: '1.0' }, {}],
  ['a request for the head alone', { method: 'HEAD' }, {}],
  ['a server that keeps connections for ever', {}, { keepAliveTimeout: 0 }],
])('the bytes are those that Node writes: %s', async (_name, asked, settings) => {
  const given = await answersTo(request('/node', asked), settings);
  expect(given).toMatch(/^HTTP\/1.1 206 Partial Content\r\netag: "a"\r\n/);
  expect(await answersTo(request('/ours', asked), settings)).toBe(given);
  expect(await answersTo(request('/whole', asked), settings)).toBe(given);
});

test('a second answer follows the first on the same connection', async () => {
  const given = await answersTo(
    request('/ours') + request('/whole') + request('/whole') + request('/node', { header: 'Connection: close\r\n' }),
  );
  expect(given.match(/HTTP\/1.1 206/g)).toHaveLength(4);
  expect(given.match(/sound/g)).toHaveLength(4);
});

test('the date is a date of HTTP', async () => {
  const server = createServer((_request, response) => {
    writeHeadInOne(response, 200, headLines(['content-length', '0']));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const date = answer.headers.get('date') ?? '';
  expect(new Date(date).toUTCString()).toBe(date);
  expect(Math.abs(Date.now() - Date.parse(date))).toBeLessThan(60_000);
});

test('what the connection does not take at once follows, and only then the answer is finished', async () => {
  const piece = Buffer.alloc(4 * 1_048_576, 'a');
  const finished: number[] = [];
  const server = createServer((_request, response) => {
    response.once('finish', () => finished.push(response.statusCode));
    answerInOne(response, 200, headLines(['content-length', String(4 * piece.length)]), [piece, piece, piece, piece]);
    if (finished.length === 0) expect(response.writableFinished).toBe(false);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(request('/') + request('/', { header: 'Connection: close\r\n' }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(finished).toEqual([]);
  const given = await text(socket);
  expect(given.match(/HTTP\/1.1 200 OK/g)).toHaveLength(2);
  expect(given.match(/a+/g)?.filter((run) => run.length > 1000)).toEqual([
    'a'.repeat(4 * piece.length),
    'a'.repeat(4 * piece.length),
  ]);
  expect(finished).toHaveLength(2);
});

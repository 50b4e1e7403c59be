import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface LoopbackAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

export interface Loopback {
  url: string;
  requests: { path: string; headers: IncomingHttpHeaders }[];
  /**
   * What to answer, by path with its query or, failing that, without; anything else is 404. One with an `etag` answers 304
   * to who has it. Answers may be changed between requests.
   */
  answers: Map<string, LoopbackAnswer>;
  close(): Promise<void>;
}

/** A web server of the test's own on 127.0.0.1, that says what it is told to say. */
export async function openLoopback({ port = 0 } = {}): Promise<Loopback> {
  const requests: Loopback['requests'] = [];
  const answers: Loopback['answers'] = new Map();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push({ path, headers: request.headers });
    const answer = answers.get(path) ?? answers.get(path.split('?', 1)[0] ?? '') ?? { status: 404, body: 'absent' };
    const { etag } = answer.headers ?? {};
    if (etag !== undefined && request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag }).end();
      return;
    }
    response.writeHead(answer.status ?? 200, answer.headers);
    response.end(answer.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

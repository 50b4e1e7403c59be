/** The bundled replay of the Assembly's sites for other containers: it listens on loopback and names itself so, they do neither. */
import { createServer } from 'node:http';
import { createReplay, demoSittings } from '../../src/demo/index.ts';
import { systemClock } from '../../src/platform/clock/index.ts';

const PORT = 8080;
const NAME = `http://portal:${PORT}`;

const replay = await createReplay({ sittings: demoSittings(systemClock.now()), clock: systemClock });
createServer(async (request, response) => {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  headers['accept-encoding'] = 'identity';
  delete headers.host;
  delete headers.connection;
  const answer = await fetch(`${replay.url}${request.url}`, { method: request.method ?? 'GET', headers });
  let body: Buffer = Buffer.from(await answer.arrayBuffer());
  const own: Record<string, string> = Object.fromEntries(answer.headers);
  if (/json|xml|html|mpegurl|text/.test(own['content-type'] ?? '') && request.method !== 'HEAD') {
    body = Buffer.from(body.toString().replaceAll(replay.url, NAME));
    own['content-length'] = String(body.length);
  }
  delete own.connection;
  delete own['transfer-encoding'];
  response.writeHead(answer.status, own).end(body);
}).listen(PORT, '0.0.0.0');
process.once('SIGTERM', () => process.exit(0));

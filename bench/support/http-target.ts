/**
 * One server under load, alone in its process so that it can be held to one core.
 * usage: node http-target.ts product PORT [limited] | node http-target.ts bare PORT ANSWERS.json
 * `product` is the whole application on DATABASE_URL, limits counting but endless, unless `limited`; CACHE_SIZE=1B makes it compute every answer.
 * `bare` gives from memory what ANSWERS.json holds by path: the least that node:http needs to say those bytes.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createApp } from '../../src/app.ts';
import { openHouse } from '../../src/house.ts';
import { systemClock } from '../../src/platform/clock/index.ts';
import { parseConfig } from '../../src/platform/config/index.ts';
import { createLimit } from '../../src/platform/limits/index.ts';
import { createLogger } from '../../src/platform/telemetry/index.ts';

const [mode, portText, argument] = process.argv.slice(2);
const port = Number(portText);

if (mode === 'bare') await listenBare(argument ?? '');
else await listenProduct();
process.on('message', (asked) => {
  // A collection throws away what the engine had made room for: whoever measures times must not ask for one.
  if (asked === 'memory') globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send?.({ usedBytes: heapUsed + external, residentBytes: rss, cpuMicroseconds: user + system });
});
process.send?.('listening');

async function listenProduct(): Promise<void> {
  const logger = createLogger({ level: 'info' });
  const house = await openHouse({
    config: parseConfig({ ...process.env, PORT: portText, ROLES: 'api' }),
    clock: systemClock,
    logger,
    onFatal: (error) => {
      throw error;
    },
  });
  const { redis } = house;
  const endless = (name: string) => createLimit({ name, quota: 1e9, windowSeconds: 60 }, { clock: systemClock, redis });
  const names = ['debates', 'streaming-info', 'extraction', 'health', 'search', 'auth'];
  const byName = Object.fromEntries(names.map((name) => [name, endless(name)]));
  const app = await createApp(house, {
    isDraining: () => false,
    ...(argument === 'limited' ? {} : { limits: { byName, fallback: 'debates' } }),
  });
  await app.listen({ host: '127.0.0.1', port });
}

async function listenBare(file: string): Promise<void> {
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { headers: string[]; body: string }>;
  const answers = new Map(
    Object.entries(kept).map(([path, { headers, body }]) => [path, { headers, body: Buffer.from(body, 'base64') }]),
  );
  const server = createServer((request, response) => {
    const answer = answers.get(`${request.headers['accept-encoding'] ?? ''} ${request.url}`);
    response.writeHead(answer ? 200 : 404, answer?.headers ?? []);
    response.end(answer?.body);
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
}

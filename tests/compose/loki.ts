/**
 * As much of Loki's HTTP API as our shipper and a search use (grafana.com/docs/loki/latest/reference/loki-http-api): pushes in
 * JSON, refused as Loki refuses them, and `query_range` with one exact label and one text. Lines are kept in memory, 100,000 at most.
 */
import { createServer, type IncomingMessage } from 'node:http';

const PORT = 3100;
const MAX_LINES = 100_000;

interface Stream {
  stream: Record<string, string>;
  values: [string, string][];
}
const kept: { labels: Record<string, string>; at: string; line: string }[] = [];

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return text;
}

function take(text: string): void {
  const { streams } = JSON.parse(text) as { streams: Stream[] };
  for (const { stream, values } of streams) {
    for (const [at, line] of values) {
      // Nanoseconds since 1970, as digits.
      if (!/^\d{19}$/.test(at)) throw new Error(`not a time: ${at}`);
      if (kept.length < MAX_LINES) kept.push({ labels: stream, at, line });
    }
  }
}

function find(query: string): Stream[] {
  const {
    label = '',
    value = '',
    text = '',
  } = /^\{(?<label>\w+)="(?<value>[^"]*)"\}(?: \|= "(?<text>[^"]*)")?$/.exec(query)?.groups ?? {};
  return kept
    .filter(({ labels, line }) => labels[label] === value && line.includes(text))
    .map(({ labels, at, line }) => ({ stream: labels, values: [[at, line]] }));
}

createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://loki');
  try {
    if (request.method === 'POST' && url.pathname === '/loki/api/v1/push') {
      take(await read(request));
      response.writeHead(204).end();
    } else if (url.pathname === '/loki/api/v1/query_range') {
      const result = find(url.searchParams.get('query') ?? '');
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'streams', result } }));
    } else {
      response.writeHead(url.pathname === '/ready' ? 200 : 404).end();
    }
  } catch (error) {
    console.error(String(error));
    response.writeHead(400).end(String(error));
  }
}).listen(PORT, '0.0.0.0');
process.once('SIGTERM', () => process.exit(0));

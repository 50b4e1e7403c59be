import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../platform/clock/index.ts';
import { corruptedSource, truncatedSource } from './byte-source.ts';
import { type Counters, createCounters } from './counters.ts';
import { page } from './documents.ts';
import { createFaultBook, type FaultBook, type Strike } from './faults.ts';
import { renderMissingVideoPage } from './formats/pages.ts';
import { planAnswer, type Representation } from './plan-answer.ts';
import { sendBody } from './send-body.ts';

export interface ReplayServer {
  /** `http://127.0.0.1:<port>`: stands for the portal, media, HLS, open data and site hosts at once. */
  url: string;
  faults: FaultBook;
  counters: Counters;
  /** Cuts every open connection; resolves when the port is free again. */
  close(): Promise<void>;
}

interface ServerOptions {
  clock: Clock;
  /** 0 for a free port. */
  port: number;
  /** What an address holds at this moment; null when the host it stands for knows no such address. */
  resolve(url: URL): Representation | null;
}

/** The plain HTTP side of the replay: conditions, ranges, faults, counting. What it serves is handed in. */
export async function startReplayServer({ clock, port, resolve }: ServerOptions): Promise<ReplayServer> {
  const faults = createFaultBook();
  const counters = createCounters();
  const closing = new AbortController();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(`http://replay.invalid${request.url}`);
    const count = counters.begin(url.pathname, request.headers.range);
    const { strike, release } = faults.strike(url, request);
    const clientLeft = new AbortController();
    response.on('close', () => {
      clientLeft.abort();
      count.end();
      release();
    });
    const signal = AbortSignal.any([clientLeft.signal, closing.signal]);

    if (strike.delayMs > 0) await clock.sleep(strike.delayMs, signal);
    const readable = request.method === 'GET' || request.method === 'HEAD';
    const representation = readable ? struckRepresentation(url, strike, resolve) : errorPage(405);
    const plan = planAnswer(request.headers, representation);
    const headers = { ...plan.headers, ...strike.refusal?.headers };
    if (strike.extraBytes !== 0 && plan.to > plan.from) {
      headers['content-length'] = String(plan.to - plan.from + strike.extraBytes);
    }
    response.writeHead(plan.status, headers);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const span = { source: representation.source, from: plan.from, to: plan.to };
    await sendBody(response, span, strike, { clock, signal, onSent: count.addBytes });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A client that leaves is what faults are for; anything else is a mistake of the replay and must be seen.
      if (!response.destroyed && !closing.signal.aborted) console.error('replay:', error);
      response.destroy();
    });
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', listening);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    counters,
    async close() {
      closing.abort();
      const closed = new Promise((resolved) => server.close(resolved));
      server.closeAllConnections();
      await closed;
    },
  };
}

function struckRepresentation(url: URL, strike: Strike, resolve: ServerOptions['resolve']): Representation {
  if (strike.refusal !== null) return errorPage(strike.refusal.status);
  if (strike.html) return page('html', renderMissingVideoPage());
  const found = resolve(strike.servedAs === null ? url : new URL(strike.servedAs, url));
  if (found === null) return errorPage(404);

  let { source } = found;
  if (strike.corrupt !== null) source = corruptedSource(source, strike.corrupt.fromByte, strike.corrupt.toByte);
  if (strike.truncateToBytes !== null) source = truncatedSource(source, strike.truncateToBytes);
  return { ...found, source, acceptsRanges: found.acceptsRanges && !strike.ignoreRanges };
}

function errorPage(status: number): Representation {
  return { ...page('text', `${status}\n`), status };
}

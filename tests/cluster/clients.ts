import { until } from '../support/until.ts';
import { ADMIN_TOKEN, type Seat } from './cluster.ts';

let clients = 0;

/** A request of a client nobody has seen before, so that no quota is in the way; `from` names one that is known. */
export function ask(
  seat: Pick<Seat, 'port'>,
  path: string,
  init: RequestInit & { from?: string } = {},
): Promise<Response> {
  clients += 1;
  const stranger = `10.${200 + Math.floor(clients / 65_536)}.${Math.floor(clients / 256) % 256}.${clients % 256}`;
  const headers = { 'x-forwarded-for': init.from ?? stranger, ...(init.headers as Record<string, string>) };
  return fetch(`http://127.0.0.1:${seat.port}${path}`, { ...init, headers });
}

/** As an operator. */
export function administer(seat: Seat, method: 'PUT' | 'DELETE', path: string, body?: object): Promise<Response> {
  return ask(seat, path, {
    method,
    headers: {
      authorization: `Bearer ${ADMIN_TOKEN}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

export interface Status {
  extraction_id: string;
  status: string;
  attempts: number;
  bytes_done: number;
  error: { code: string } | null;
  audio_file: { sha256: string; size_bytes: number } | null;
}

export async function statusOf(seat: Seat, id: string): Promise<Status> {
  return (await (await ask(seat, `/api/streaming/${id}/status`)).json()) as Status;
}

export function untilStatus(seat: Seat, id: string, wanted: string): Promise<Status> {
  return until(`the extraction of ${id} is ${wanted}`, async () => {
    const status = await statusOf(seat, id);
    if (status.status === 'failed' && wanted !== 'failed') throw new Error(`failed: ${status.error?.code}`);
    return status.status === wanted && status;
  });
}

export interface News {
  id: number;
  type: string;
  data: Record<string, unknown>;
}

/** A listener of the news. */
export interface Watcher {
  news: News[];
  close(): void;
}

const CHANNELS = ['debates', 'extractions'];

export async function watchBySocket(seat: Seat): Promise<Watcher> {
  const socket = new WebSocket(`ws://127.0.0.1:${seat.port}/ws`);
  const news: News[] = [];
  let subscribed = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as News;
    if (message.type === 'subscribed') subscribed += 1;
    else if (typeof message.id === 'number') news.push(message);
  });
  await new Promise((open, failed) => {
    socket.addEventListener('open', open);
    socket.addEventListener('error', failed);
  });
  for (const channel of CHANNELS) socket.send(JSON.stringify({ type: 'subscribe', channel }));
  await until('the subscriptions are confirmed', () => subscribed === CHANNELS.length);
  return { news, close: () => socket.close() };
}

export async function watchByStream(seat: Seat): Promise<Watcher> {
  const stop = new AbortController();
  const response = await ask(seat, `/api/events?channels=${CHANNELS.join(',')}`, { signal: stop.signal });
  const news: News[] = [];
  const reading = async (): Promise<void> => {
    let text = '';
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece;
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const data = /^data: ?(.*)$/m.exec(text.slice(0, end))?.[1];
        const message = data === undefined ? null : (JSON.parse(data) as Partial<News>);
        if (typeof message?.id === 'number') news.push(message as News);
        text = text.slice(end + 2);
      }
    }
  };
  reading().catch(() => undefined);
  return { news, close: () => stop.abort() };
}

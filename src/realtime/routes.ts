import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Clock } from '../platform/clock/index.ts';
import type { Events } from '../platform/events/index.ts';
import { type App, bearerToken, httpErrors, problemResponse, textResponse } from '../platform/http/index.ts';
import { clientOfAddress } from '../platform/limits/index.ts';
import { isChannel } from './channels.ts';
import { isEventNumber } from './client-message.ts';
import { CONNECTION_LIMITS, type ConnectionLimits, createConnections } from './connections.ts';
import { realtimeErrors } from './errors.ts';
import { createEventStream, RETRY_MS } from './event-stream.ts';
import { createHeartbeat } from './heartbeat.ts';
import { createHub } from './hub.ts';
import { type Authenticate, CHANNELS_MAX, createSession } from './session.ts';
import { CLOSE, closeSocket, serveSocket } from './socket-client.ts';
import { acceptUpgrades } from './upgrades.ts';

export interface RealtimeOptions {
  events: Pick<Events, 'subscribe' | 'readAfter' | 'lastId'>;
  clock: Clock;
  publicUrl: string;
  /** Other sites whose pages may connect; `*`: all. */
  corsOrigins: readonly string[];
  /** Absent: there are no accounts, and the `user` channel is closed to all. */
  authenticate?: Authenticate;
  connections?: ConnectionLimits;
  heartbeatEveryMs?: number;
  onError: (error: unknown) => void;
}

export interface Realtime {
  /** What is open now. */
  stats(): { webSockets: number; eventStreams: number };
}

/** Clients that were told to leave get this long before the process goes on without them, in ms. */
const LEAVE_MS = 1_000;
/** Opening is counted like reading a list; what is said over the connection has limits of its own. */
const LIMIT = 'debates';

const busy = problemResponse(realtimeErrors.error('too-many-connections', { retryAfterSeconds: 30 }));
const invalidChannels = problemResponse(
  httpErrors.error('invalid-request', { fields: [{ field: 'query.after', message: 'au moins 0' }] }),
  realtimeErrors.error('unknown-channel', { params: { channel: 'seances' } }),
  realtimeErrors.error('too-many-channels', { params: { limit: CHANNELS_MAX } }),
);
const STREAM_EXAMPLE = `retry: ${RETRY_MS}

id: 4711
event: debate_started
data: {"type":"debate_started","channel":"live","data":{"debate_id":"19502241_6ac548b948b27"},"id":4711,"timestamp":"2026-10-06T19:15:05.000Z"}

`;
const EventsQuery = Type.Object(
  {
    channels: Type.Optional(
      Type.String({
        maxLength: 5_000,
        default: 'debates',
        description:
          'Séparés par des virgules / Separated by commas: debates, debate:{id}, extractions, live, system, user',
      }),
    ),
    after: Type.Optional(Type.Integer({ minimum: 0, description: 'Comme Last-Event-ID / Like Last-Event-ID' })),
  },
  { additionalProperties: false },
);

/** `WS /ws` and `GET /api/events`: the same news, by the same numbers. */
export async function registerRealtimeRoutes(app: App, options: RealtimeOptions): Promise<Realtime> {
  const { events, clock, onError } = options;
  const authenticate: Authenticate = options.authenticate ?? (async () => null);
  const hub = createHub({ events, onError });
  const heartbeat = createHeartbeat({
    now: clock.now,
    ...(options.heartbeatEveryMs === undefined ? {} : { everyMs: options.heartbeatEveryMs }),
  });
  const connections = createConnections(options.connections ?? CONNECTION_LIMITS);
  const upgrades = acceptUpgrades(app);
  const streams = new Set<ServerResponse>();
  const origins = new Set([new URL(options.publicUrl).origin, ...options.corsOrigins]);

  await hub.start();
  app.addHook('preClose', async () => {
    heartbeat.stop();
    hub.close();
    for (const stream of streams) stream.end();
    const left = [...upgrades.clients()].map((socket) => once(socket, 'close'));
    for (const socket of upgrades.clients()) closeSocket(socket, CLOSE.goingAway);
    const enough = new AbortController();
    await Promise.race([Promise.all(left), clock.sleep(LEAVE_MS, enough.signal)]);
    enough.abort();
    for (const socket of upgrades.clients()) socket.terminate();
    upgrades.close();
  });

  const admit = (request: FastifyRequest): (() => void) => {
    // A client that has left already has no address any more.
    const free = connections.take(clientOfAddress(request.ip ?? ''));
    if (!free) throw realtimeErrors.error('too-many-connections', { retryAfterSeconds: 30 });
    return free;
  };
  const known = (request: FastifyRequest) => ({
    language: request.language,
    token: bearerToken(request.headers.authorization),
  });

  app.get(
    '/ws',
    {
      exposeHeadRoute: false,
      config: { limit: LIMIT },
      schema: {
        tags: ['realtime'],
        summary: 'Les nouvelles par WebSocket / The news by WebSocket',
        description:
          'Messages JSON {type, channel, data, id, timestamp} ; le client envoie subscribe, unsubscribe, ping. / JSON messages {type, channel, data, id, timestamp}; the client sends subscribe, unsubscribe, ping.',
        response: {
          426: problemResponse(realtimeErrors.error('upgrade-required')),
          403: problemResponse(realtimeErrors.error('origin-refused')),
          503: busy,
        },
      },
    },
    (request, reply) => {
      if (!upgrades.wants(request)) {
        reply.header('upgrade', 'websocket');
        throw realtimeErrors.error('upgrade-required');
      }
      // Only browsers name an origin. No cookie would speak for the listener, yet any page could hold connections open.
      const { origin } = request.headers;
      if (origin !== undefined && !origins.has(origin) && !origins.has('*'))
        throw realtimeErrors.error('origin-refused');
      const free = admit(request);
      reply.hijack();
      request.raw.socket.once('close', free);
      const client = known(request);
      upgrades.accept(request, (socket) =>
        serveSocket(socket, { hub, heartbeat, authenticate, clock, onError }, client),
      );
    },
  );

  app.get(
    '/api/events',
    {
      exposeHeadRoute: false,
      config: { limit: LIMIT },
      schema: {
        tags: ['realtime'],
        summary: 'Les nouvelles en flux / The news as a stream',
        description:
          'Les mêmes messages en text/event-stream ; Last-Event-ID reprend où l’on était. / The same messages as text/event-stream; Last-Event-ID resumes where one was.',
        querystring: EventsQuery,
        response: {
          200: textResponse('The stream', 'text/event-stream', STREAM_EXAMPLE),
          400: invalidChannels,
          401: problemResponse(realtimeErrors.error('token-required')),
          503: busy,
        },
      },
    },
    async (request, reply) => {
      const { language, token } = known(request);
      const channels = channelsOf(request.query.channels ?? 'debates');
      const free = admit(request);
      const response = reply.raw;
      const stream = createEventStream(response, { clock, language });
      const session = createSession({ hub, subscriber: stream, authenticate });
      response.once('close', () => {
        free();
        session.end();
        heartbeat.remove(stream);
        streams.delete(response);
      });
      const topics: string[] = [];
      for (const channel of channels) {
        const topic = await session.follow(channel, token);
        if (topic !== null) topics.push(topic);
      }
      reply.hijack();
      stream.open(reply.getHeaders());
      heartbeat.add(stream);
      streams.add(response);
      await hub.subscribe(stream, topics, resumeFrom(request.headers['last-event-id'], request.query.after));
    },
  );
  return { stats: () => ({ webSockets: upgrades.clients().size, eventStreams: streams.size }) };
}

/** @throws AppError `realtime/unknown-channel` */
function channelsOf(list: string): string[] {
  const channels = [...new Set(list.split(',').map((name) => name.trim()))];
  const unknown = channels.find((name) => !isChannel(name));
  if (unknown !== undefined) throw realtimeErrors.error('unknown-channel', { params: { channel: unknown } });
  return channels;
}

/** A browser that comes back knows better than the address it was given at first. */
function resumeFrom(lastEventId: string | string[] | undefined, after: number | undefined): number | null {
  const number = Number(lastEventId ?? Number.NaN);
  return isEventNumber(number) ? number : (after ?? null);
}

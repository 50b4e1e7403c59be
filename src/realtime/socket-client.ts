import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../platform/clock/index.ts';
import { AppError } from '../platform/errors/index.ts';
import { type Language, translate } from '../platform/i18n/index.ts';
import { type ClientMessage, readClientMessage } from './client-message.ts';
import { realtimeErrors } from './errors.ts';
import { type Frame, replyFrame } from './frame.ts';
import type { Beating, Heartbeat } from './heartbeat.ts';
import type { Hub, Subscriber } from './hub.ts';
import { type Authenticate, createSession } from './session.ts';

/** RFC 6455 §7.4.1, and §7.4.2 for ours. */
export const CLOSE = { goingAway: 1001, policy: 1008, tooSlow: 4408 } as const;

/** News that wait for a client longer than about 500 of them will not help it: it resumes by number. */
const WAITING_MAX_BYTES = 256 * 1024;
/** A client says what it follows when it starts, then pings; more than this is a loop gone wrong. */
const MESSAGES_MAX = 60;
const MESSAGES_WINDOW_MS = 10_000;
/** A client that does not answer a close within this time is cut off, in ms. */
const CLOSE_GRACE_MS = 2_000;

const TEXT = { binary: false };

export interface SocketParts {
  hub: Hub;
  heartbeat: Heartbeat;
  authenticate: Authenticate;
  clock: Clock;
  onError: (error: unknown) => void;
}

/** Speaks with one client over its WebSocket, until either side ends it. */
export function serveSocket(
  socket: WebSocket,
  parts: SocketParts,
  client: { language: Language; token: string | null },
): void {
  const { hub, heartbeat, clock, onError } = parts;
  const subscriber = createSubscriber(socket, client.language, clock);
  const session = createSession({ hub, subscriber, authenticate: parts.authenticate });
  const allowed = createPace(clock);
  let answered = true;
  const beating: Beating = {
    beat: (now) => {
      if (!answered) return socket.terminate();
      answered = false;
      for (const channel of session.expire(now)) subscriber.refuse(realtimeErrors.error('token-required'), channel);
      socket.ping();
    },
  };

  async function obey(message: ClientMessage): Promise<void> {
    if (message.type === 'ping') return subscriber.send(replyFrame('pong', null, {}, clock.now()));
    const { channel } = message;
    if (message.type === 'unsubscribe') {
      session.unfollow(channel);
      return subscriber.send(replyFrame('unsubscribed', channel, {}, clock.now()));
    }
    const topic = await session.follow(channel, message.token ?? client.token);
    if (topic === null) return;
    const after = message.after ?? hub.lastId();
    subscriber.send(replyFrame('subscribed', channel, { after }, clock.now()));
    await hub.subscribe(subscriber, [topic], message.after);
  }

  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (isBinary || !allowed()) return closeSocket(socket, CLOSE.policy);
    const read = readClientMessage(String(data));
    if ('fault' in read) {
      const channel = 'channel' in read ? read.channel : null;
      subscriber.refuse(realtimeErrors.error(read.fault, { params: { channel: channel ?? '' } }), channel);
      return;
    }
    obey(read).catch((error: unknown) => {
      if (error instanceof AppError) subscriber.refuse(error, 'channel' in read ? read.channel : null);
      else onError(error);
    });
  });
  socket.on('pong', () => {
    answered = true;
  });
  socket.on('close', () => {
    heartbeat.remove(beating);
    session.end();
  });
  // Broken frames and connections: ws closes by itself, with the code that says why.
  socket.on('error', () => undefined);
  heartbeat.add(beating);
}

/** Asks the client to leave, and leaves without it when it does not. */
export function closeSocket(socket: WebSocket, code: number): void {
  socket.close(code);
  setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
}

function createSubscriber(socket: WebSocket, language: Language, clock: Clock): Subscriber {
  const send = (frame: Frame, onSent?: () => void): void => {
    if (socket.readyState !== socket.OPEN) {
      onSent?.();
    } else if (socket.bufferedAmount > WAITING_MAX_BYTES) {
      closeSocket(socket, CLOSE.tooSlow);
      onSent?.();
    } else {
      socket.send(frame.json(), TEXT, onSent);
    }
  };
  return {
    send: (frame) => send(frame),
    sendAll: async (frames) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const last = frames.at(-1);
      for (const frame of frames) send(frame, frame === last ? resolve : undefined);
      if (last) await promise;
    },
    refuse: (error, channel) => {
      const detail = translate(error.definition.detail, language, error.params);
      send(replyFrame('error', channel, { code: error.code, detail }, clock.now()));
    },
  };
}

/** Says whether one more message is within what a client may send. */
function createPace(clock: Clock): () => boolean {
  let windowStartMs = clock.monotonicMs();
  let count = 0;
  return () => {
    const nowMs = clock.monotonicMs();
    if (nowMs - windowStartMs >= MESSAGES_WINDOW_MS) {
      windowStartMs = nowMs;
      count = 0;
    }
    count += 1;
    return count <= MESSAGES_MAX;
  };
}

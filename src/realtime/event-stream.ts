import type { ServerResponse } from 'node:http';
import type { Clock } from '../platform/clock/index.ts';
import { type Language, translate } from '../platform/i18n/index.ts';
import { replyFrame } from './frame.ts';
import type { Beating } from './heartbeat.ts';
import type { Subscriber } from './hub.ts';

/** As for WebSockets: more waiting news than this will not help a client, which resumes by number. */
const WAITING_MAX_BYTES = 256 * 1024;
/** What browsers wait before they come back, in ms. */
export const RETRY_MS = 3_000;
const BEAT = Buffer.from(':\n\n');

/** One client of `text/event-stream` (WHATWG HTML §9.2). */
export interface EventStream extends Subscriber, Beating {
  /** Sends the head of the answer; nothing may be sent before. */
  open(headers: Record<string, unknown>): void;
}

export function createEventStream(response: ServerResponse, parts: { clock: Clock; language: Language }): EventStream {
  const write = (bytes: Buffer, onSent?: () => void): void => {
    if (response.destroyed || response.writableLength > WAITING_MAX_BYTES) {
      response.destroy();
      onSent?.();
    } else {
      response.write(bytes, () => onSent?.());
    }
  };
  return {
    open: (headers) => {
      // A proxy that buffers would keep news until there are enough of them (nginx: X-Accel-Buffering).
      const own = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
      response.writeHead(200, { ...headers, ...own });
      response.write(`retry: ${RETRY_MS}\n\n`);
    },
    beat: () => write(BEAT),
    send: (frame) => write(frame.stream()),
    sendAll: async (frames) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const last = frames.at(-1);
      for (const frame of frames) write(frame.stream(), frame === last ? resolve : undefined);
      if (last) await promise;
    },
    refuse: (error, channel) => {
      const detail = translate(error.definition.detail, parts.language, error.params);
      write(replyFrame('error', channel, { code: error.code, detail }, parts.clock.now()).stream());
    },
  };
}

import type { EventRecord } from '../platform/events/index.ts';
import { channelOf } from './channels.ts';

/** A message to a client, written once in each form for all who get it. */
export interface Frame {
  /** The event's number; null for what is said to one client only. */
  id: number | null;
  /** A WebSocket text message. */
  json(): Buffer;
  /** A message of an event stream (WHATWG HTML §9.2.6). */
  stream(): Buffer;
}

interface Said {
  type: string;
  channel: string | null;
  data: Readonly<Record<string, unknown>>;
  id: number | null;
  timestamp: string;
}

export function eventFrame(event: EventRecord, topic: string): Frame {
  const { type, data, id } = event;
  return frameOf({ type, channel: channelOf(topic), data, id, timestamp: event.createdAt.toISOString() });
}

/** What answers a client, and is no news. */
export function replyFrame(type: string, channel: string | null, data: Said['data'], now: Date): Frame {
  return frameOf({ type, channel, data, id: null, timestamp: now.toISOString() });
}

function frameOf(said: Said): Frame {
  let json: Buffer | undefined;
  let stream: Buffer | undefined;
  return {
    id: said.id,
    json: () => {
      json ??= Buffer.from(JSON.stringify(said));
      return json;
    },
    stream: () => {
      // JSON holds no line break, so the data is one line.
      const id = said.id === null ? '' : `id: ${said.id}\n`;
      stream ??= Buffer.from(`${id}event: ${said.type}\ndata: ${JSON.stringify(said)}\n\n`);
      return stream;
    },
  };
}

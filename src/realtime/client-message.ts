import { isChannel } from './channels.ts';

/** What a client may say. */
export type ClientMessage =
  | { type: 'ping' }
  | { type: 'subscribe'; channel: string; after: number | null; token: string | null }
  | { type: 'unsubscribe'; channel: string };

export type MessageFault = { fault: 'bad-message' } | { fault: 'unknown-channel'; channel: string };

/** A name longer than this is not repeated back to whoever sent it. */
const SHOWN_NAME_MAX = 120;
const TOKEN_MAX = 4_096;

/** Reads a text frame; what it is not, it says. Fields it does not know are refused like anywhere else. */
export function readClientMessage(text: string): ClientMessage | MessageFault {
  const value = parse(text);
  if (value === null) return { fault: 'bad-message' };
  const { type, channel, after, token, ...others } = value;
  if (Object.keys(others).length > 0) return { fault: 'bad-message' };
  if (type === 'ping') return { type };
  if (type !== 'subscribe' && type !== 'unsubscribe') return { fault: 'bad-message' };
  if (typeof channel !== 'string') return { fault: 'bad-message' };
  if (!isChannel(channel)) return { fault: 'unknown-channel', channel: channel.slice(0, SHOWN_NAME_MAX) };
  if (type === 'unsubscribe') return { type, channel };
  if (after !== undefined && !isEventNumber(after)) return { fault: 'bad-message' };
  if (token !== undefined && (typeof token !== 'string' || token.length > TOKEN_MAX)) return { fault: 'bad-message' };
  return { type, channel, after: after ?? null, token: token ?? null };
}

/** A number that an event may have had, or 0 for "from the beginning". */
export function isEventNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

import type { AppError } from '../platform/errors/index.ts';
import { needsAccount, topicOf } from './channels.ts';
import { realtimeErrors } from './errors.ts';
import type { Hub, Subscriber } from './hub.ts';

/** Whose token it was, and until when it holds. */
export interface TokenHolder {
  accountId: string;
  /** Null: it does not end. */
  expiresAt: Date | null;
}

/** Reads a token without asking anybody that may be slow; null when it is not valid. */
export type Authenticate = (token: string) => Promise<TokenHolder | null>;

/** A client that follows more debates one by one would be better served by `debates`. */
export const CHANNELS_MAX = 50;

/** What one client follows. */
export interface Session {
  /**
   * Gives the topic to subscribe to; null when the client left meanwhile.
   * @throws AppError `realtime/too-many-channels`, `realtime/token-required`
   */
  follow(channel: string, token: string | null): Promise<string | null>;
  unfollow(channel: string): void;
  /** Ends what was followed with a token that holds no longer; gives the channels concerned. */
  expire(now: Date): string[];
  end(): void;
}

export function createSession(parts: { hub: Hub; subscriber: Subscriber; authenticate: Authenticate }): Session {
  const { hub, subscriber, authenticate } = parts;
  const topics = new Map<string, string>();
  let expiresAtMs = Number.POSITIVE_INFINITY;
  let ended = false;

  const unfollow = (channel: string): void => {
    const topic = topics.get(channel);
    if (topic === undefined) return;
    topics.delete(channel);
    hub.unsubscribe(subscriber, topic);
  };

  return {
    follow: async (channel, token) => {
      if (!topics.has(channel) && topics.size >= CHANNELS_MAX) throw tooMany();
      let accountId: string | null = null;
      if (needsAccount(channel)) {
        const holder = token === null ? null : await authenticate(token);
        if (!holder) throw realtimeErrors.error('token-required');
        accountId = holder.accountId;
        expiresAtMs = holder.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
      }
      if (ended) return null;
      // Another account's news must not go on under the same name.
      unfollow(channel);
      const topic = topicOf(channel, accountId);
      topics.set(channel, topic);
      return topic;
    },
    unfollow,
    expire: (now) => {
      if (now.getTime() < expiresAtMs) return [];
      expiresAtMs = Number.POSITIVE_INFINITY;
      const ended = [...topics.keys()].filter(needsAccount);
      for (const channel of ended) unfollow(channel);
      return ended;
    },
    end: () => {
      ended = true;
      for (const topic of topics.values()) hub.unsubscribe(subscriber, topic);
      topics.clear();
    },
  };
}

function tooMany(): AppError {
  return realtimeErrors.error('too-many-channels', { params: { limit: CHANNELS_MAX } });
}

import type { AppError } from '../platform/errors/index.ts';
import type { EventRecord, Events } from '../platform/events/index.ts';
import { channelOf, topicsOf } from './channels.ts';
import { realtimeErrors } from './errors.ts';
import { eventFrame, type Frame } from './frame.ts';
import { createHistory } from './history.ts';

/** One client's end. */
export interface Subscriber {
  /** Takes a frame at once, or closes the connection: it never keeps the hub waiting, and never throws. */
  send(frame: Frame): void;
  /** Tells of what went wrong with one channel. */
  refuse(error: AppError, channel: string | null): void;
  /** The same for several; resolves when they have left this process, or the connection is gone. */
  sendAll(frames: readonly Frame[]): Promise<void>;
}

export interface Hub {
  /** Starts to follow events. */
  start(): Promise<void>;
  /**
   * From here on the subscriber is sent the topics' news, in the order of their numbers; with a number, all that follows it
   * first. When not all of that can be told any more it is told so, and the news go on.
   */
  subscribe(subscriber: Subscriber, topics: readonly string[], after: number | null): Promise<void>;
  unsubscribe(subscriber: Subscriber, topic: string): void;
  /** The number of the last event: what follows it is still to come. */
  lastId(): number;
  close(): void;
}

/** Some topics that are followed together. */
interface Subscription {
  topics: readonly string[];
  /** The last event that was sent, or need not be. */
  position: number;
  /** False while what was missed is still being sent. */
  live: boolean;
}

/** Brings each event to all who want it, in order, once for each topic, and those who were away up to date. */
export function createHub(options: {
  events: Pick<Events, 'subscribe' | 'readAfter' | 'lastId'>;
  onError: (error: unknown) => void;
}): Hub {
  const { events, onError } = options;
  const history = createHistory(events);
  const members = new Map<string, Map<Subscriber, Subscription>>();
  let unfollow: () => void = () => undefined;

  function publish(event: EventRecord): void {
    history.add(event);
    const reached = new Set<Subscriber>();
    for (const topic of topicsOf(event)) {
      const followers = members.get(topic);
      if (!followers) continue;
      const frame = eventFrame(event, topic);
      for (const [subscriber, subscription] of followers) {
        if (!subscription.live || subscription.position >= event.id) continue;
        subscription.position = event.id;
        // Who follows several of an event's topics hears of it once.
        if (reached.has(subscriber)) continue;
        reached.add(subscriber);
        subscriber.send(frame);
      }
    }
  }

  const tooOld = (subscriber: Subscriber, { topics }: Subscription, after: number): void => {
    for (const topic of topics) {
      subscriber.refuse(realtimeErrors.error('too-old', { params: { after } }), channelOf(topic));
    }
  };

  async function catchUp(subscriber: Subscriber, subscription: Subscription): Promise<void> {
    const after = subscription.position;
    if (!(await history.reaches(after))) {
      subscription.position = history.lastId();
      subscription.live = true;
      tooOld(subscriber, subscription, after);
      return;
    }
    const followed = (): boolean =>
      subscription.topics.some((topic) => members.get(topic)?.get(subscriber) === subscription);
    while (followed()) {
      const missed = await history.after(subscription.position);
      if (missed.length === 0) {
        // Nothing can come between this look and the next event: both are steps of the same thread.
        subscription.live = true;
        return;
      }
      subscription.position = missed.at(-1)?.id ?? subscription.position;
      await subscriber.sendAll(missed.flatMap((event) => framesFor(event, subscription)));
    }
  }

  return {
    start: async () => {
      unfollow = await events.subscribe(publish);
      await history.start();
    },
    subscribe: async (subscriber, topics, after) => {
      const subscription = { topics, position: after ?? history.lastId(), live: after === null };
      for (const topic of topics) {
        const followers = members.get(topic) ?? new Map<Subscriber, Subscription>();
        members.set(topic, followers);
        followers.set(subscriber, subscription);
      }
      if (after === null) return;
      try {
        await catchUp(subscriber, subscription);
      } catch (error) {
        onError(error);
        subscription.live = true;
        tooOld(subscriber, subscription, after);
      }
    },
    unsubscribe: (subscriber, topic) => {
      const followers = members.get(topic);
      followers?.delete(subscriber);
      if (followers?.size === 0) members.delete(topic);
    },
    lastId: history.lastId,
    close: () => {
      unfollow();
      members.clear();
    },
  };
}

/** The event as the first of its topics that is followed tells it; none when none is. */
function framesFor(event: EventRecord, subscription: Subscription): Frame[] {
  const topic = topicsOf(event).find((one) => subscription.topics.includes(one));
  return topic === undefined ? [] : [eventFrame(event, topic)];
}

import type { EventRecord } from '../platform/events/index.ts';

/** What a client may name: a shared channel, one debate, or its own news. */
const SHARED = ['debates', 'extractions', 'live', 'system'] as const;
const DEBATE = /^debate:[\w.-]{1,100}$/;
const OWN = 'user';

/** Whether a client may name this channel. */
export function isChannel(name: string): boolean {
  return name === OWN || (SHARED as readonly string[]).includes(name) || DEBATE.test(name);
}

/** Whether a channel is only for the account it belongs to. */
export function needsAccount(name: string): boolean {
  return name === OWN;
}

/** Where news for a client's channel is found: `user` is another topic for each account. */
export function topicOf(name: string, accountId: string | null): string {
  return name === OWN ? `${OWN}:${accountId}` : name;
}

/** The channel as its clients know it: nobody is told an account's id, its own included. */
export function channelOf(topic: string): string {
  return topic.startsWith(`${OWN}:`) ? OWN : topic;
}

type News = Pick<EventRecord, 'type' | 'channel' | 'data'>;

/**
 * All topics on which an event is news, the one it was written for first. Rooms write each event once; that it concerns one
 * debate, or what is on the air, follows from what it says.
 */
export function topicsOf({ type, channel, data }: News): string[] {
  const topics = new Set([channel]);
  if (typeof data.debate_id === 'string') topics.add(`debate:${data.debate_id}`);
  if (type.startsWith('debate_')) topics.add('debates');
  if (type.startsWith('extraction_')) topics.add('extractions');
  if (type === 'debate_started' || type === 'debate_ended' || data.state === 'live') topics.add('live');
  return [...topics];
}

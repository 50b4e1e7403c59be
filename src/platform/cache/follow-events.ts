import type { EventRecord, Events } from '../events/index.ts';
import type { TaggedCache } from './tagged-cache.ts';

/**
 * Takes out what each event changes, in this process as in all others. Resolves when events are followed; ends with the function
 * it resolves to.
 */
export async function followEvents<Value>(
  cache: Pick<TaggedCache<Value>, 'evict' | 'followedFrom'>,
  events: Pick<Events, 'subscribe' | 'lastId'>,
  tagsOf: (event: Pick<EventRecord, 'type' | 'data'>) => readonly string[],
): Promise<() => void> {
  const stop = await events.subscribe((event) => cache.evict(tagsOf(event), event.id));
  // After the subscription: an event between the two is delivered, and none is missed.
  cache.followedFrom(await events.lastId());
  return stop;
}

import type { EventRecord, Events } from '../platform/events/index.ts';

/** Events kept in memory: whoever was away for a moment is served without asking the database. About 1 MB. */
const RECENT_MAX = 1_000;
const BATCH = 200;
/** Further back than this, reading the present state again costs a client less than all that happened. */
const RESUME_MAX = 10_000;

/** What happened lately, for those who were away. */
export function createHistory(events: Pick<Events, 'readAfter' | 'lastId'>) {
  let recent: EventRecord[] = [];
  /** All events after this number are in memory. */
  let knownAfter = 0;
  let lastId = 0;
  let reading: Promise<unknown> = Promise.resolve();

  /** One at a time: a thousand clients that come back at once must not take all connections from who listens. */
  function readAfter(id: number): Promise<EventRecord[]> {
    const read = reading.then(() => events.readAfter(id, BATCH));
    reading = read.catch(() => undefined);
    return read;
  }

  return {
    start: async (): Promise<void> => {
      lastId = Math.max(lastId, await events.lastId());
      knownAfter = lastId;
    },
    add: (event: EventRecord): void => {
      recent.push(event);
      lastId = Math.max(lastId, event.id);
      if (recent.length < 2 * RECENT_MAX) return;
      // Cut rarely, by half, so that adding stays cheap.
      recent = recent.slice(RECENT_MAX);
      knownAfter = (recent[0]?.id ?? lastId + 1) - 1;
    },
    lastId: (): number => lastId,
    /** Whether everything after this number can still be told. Numbers we never gave belong to another past. */
    reaches: async (after: number): Promise<boolean> => {
      if (after > lastId || lastId - after > RESUME_MAX) return false;
      if (after >= knownAfter) return true;
      const [oldest] = await events.readAfter(0, 1);
      return oldest !== undefined && after >= oldest.id - 1;
    },
    /** Some of what follows a number, in order; nothing when that was the last. */
    after: async (id: number): Promise<readonly EventRecord[]> => {
      if (id < knownAfter) return readAfter(id);
      const from = recent.findIndex((event) => event.id > id);
      return from === -1 ? [] : recent.slice(from, from + BATCH);
    },
  };
}

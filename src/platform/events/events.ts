import { type Generated, type JSONColumnType, sql } from 'kysely';
import type { Database, ListenHandle, Trx } from '../database/index.ts';

export interface NewEvent {
  type: string;
  channel: string;
  data: Record<string, unknown>;
}

export interface EventRecord extends NewEvent {
  /** Grows with each commit: a consumer that knows a number has seen all before it. */
  id: number;
  createdAt: Date;
}

type EventsTables = {
  events: {
    id: Generated<number>;
    type: string;
    channel: string;
    data: JSONColumnType<Record<string, unknown>>;
    created_at: Generated<Date>;
  };
};

/** What happened, numbered in the order of commits; consumers are idempotent and resume from the last number they know. */
export interface Events {
  /**
   * Writes an event in the transaction of the change that causes it.
   * Call it last in the transaction: it takes a lock until the commit, which is what makes the numbers follow the commits.
   */
  append(trx: Trx, event: NewEvent): Promise<void>;
  /** The same for several at once, numbered in the order given. */
  appendAll(trx: Trx, events: readonly NewEvent[]): Promise<void>;
  /** At most `limit` events after `id`, in order. */
  readAfter(id: number, limit: number): Promise<EventRecord[]>;
  /** The last number given, 0 when none. */
  lastId(): Promise<number>;
  /**
   * Delivers every event committed after it resolves, in order, one call at a time, in every process that subscribes.
   * A listener that throws is reported and does not stop the others.
   */
  subscribe(listener: (event: EventRecord) => void | Promise<void>): Promise<() => void>;
  /** Removes events older than `days`; consumers that were away longer start from the present state. */
  prune(days: number): Promise<number>;
  close(): Promise<void>;
}

const NOTIFY_CHANNEL = 'robian_events';
/** Any constant will do; it must only differ from other locks of the product. */
const APPEND_LOCK = 7_262_426;
/** One read brings at most this many, so that a long absence costs several small answers instead of one large one. */
const BATCH = 500;
/** Notifications may be lost with their connection; a look at this pace bounds the delay, in ms. */
const POLL_MS = 5_000;

export function createEvents(options: { database: Database; onError: (error: unknown) => void }): Events {
  const { database, onError } = options;
  const db = database.db.withTables<EventsTables>();
  const listeners = new Set<(event: EventRecord) => void | Promise<void>>();
  let position: number | null = null;
  let handle: Promise<ListenHandle> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let draining: Promise<void> | null = null;
  let again = false;

  const readAfter = async (id: number, limit: number): Promise<EventRecord[]> => {
    const rows = await db.selectFrom('events').selectAll().where('id', '>', id).orderBy('id').limit(limit).execute();
    return rows.map((row) => ({
      id: row.id,
      type: row.type,
      channel: row.channel,
      data: row.data,
      createdAt: row.created_at,
    }));
  };
  const appendAll = async (trx: Trx, news: readonly NewEvent[]): Promise<void> => {
    if (news.length === 0) return;
    await sql`select pg_advisory_xact_lock(${APPEND_LOCK})`.execute(trx);
    await trx
      .withTables<EventsTables>()
      .insertInto('events')
      .values(news.map(({ type, channel, data }) => ({ type, channel, data: JSON.stringify(data) })))
      .execute();
    await sql`select pg_notify(${NOTIFY_CHANNEL}, '')`.execute(trx);
  };
  const lastId = async (): Promise<number> => {
    const row = await db
      .selectFrom('events')
      .select((eb) => eb.fn.max('id').as('id'))
      .executeTakeFirst();
    return row?.id ?? 0;
  };

  const deliver = async (event: EventRecord): Promise<void> => {
    for (const listener of listeners) {
      try {
        await listener(event);
      } catch (error) {
        onError(error);
      }
    }
  };
  const drain = async (): Promise<void> => {
    do {
      again = false;
      if (position === null) return;
      for (let batch = await readAfter(position, BATCH); batch.length > 0; batch = await readAfter(position, BATCH)) {
        for (const event of batch) {
          await deliver(event);
          position = event.id;
        }
      }
    } while (again);
  };
  const wake = (): void => {
    if (draining) {
      again = true;
      return;
    }
    draining = drain()
      .catch(onError)
      .finally(() => {
        draining = null;
        if (again && listeners.size > 0) wake();
      });
  };

  return {
    append: (trx, event) => appendAll(trx, [event]),
    appendAll,
    readAfter,
    lastId,
    subscribe: async (listener) => {
      if (handle === null) {
        handle = database.listen(NOTIFY_CHANNEL, wake, wake);
        handle.catch(onError);
        timer = setInterval(wake, POLL_MS);
        timer.unref();
      }
      position ??= await lastId();
      listeners.add(listener);
      wake();
      return () => listeners.delete(listener);
    },
    prune: async (days) => {
      const result = await db
        .deleteFrom('events')
        .where('created_at', '<', sql<Date>`now() - make_interval(days => ${days})`)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
    close: async () => {
      listeners.clear();
      if (timer) clearInterval(timer);
      await (await handle?.catch(() => null))?.close();
      await draining;
    },
  };
}

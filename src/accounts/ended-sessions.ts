import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Database, ListenHandle, Trx } from '../platform/database/index.ts';
import { ACCESS_TOKEN_SECONDS } from './limits.ts';

const CHANNEL = 'robian_sessions_ended';
/** More sessions than end in the life of an access token on the busiest day; 100 bytes each. */
const REMEMBERED_MAX = 50_000;

/**
 * The sessions that ended while access tokens of theirs may still be valid, so that a logout is seen at once by every process
 * without asking the database at each request. Where the news is lost with its connection, the token's short life is the bound.
 */
export interface EndedSessions {
  has(sessionId: string): boolean;
  add(sessionIds: readonly string[]): void;
  /** Tells every process that listens, when the transaction commits. */
  announce(trx: Trx, sessionIds: readonly string[]): Promise<void>;
  /** From here on the news of other processes is heard. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export function createEndedSessions(database: Pick<Database, 'listen'>): EndedSessions {
  const ended = new LRUCache<string, true>({ max: REMEMBERED_MAX, ttl: ACCESS_TOKEN_SECONDS * 1000 });
  let handle: ListenHandle | null = null;
  return {
    has: (sessionId) => ended.has(sessionId),
    add: (sessionIds) => {
      for (const sessionId of sessionIds) ended.set(sessionId, true);
    },
    announce: async (trx, sessionIds) => {
      for (const sessionId of sessionIds) await sql`select pg_notify(${CHANNEL}, ${sessionId})`.execute(trx);
    },
    start: async () => {
      handle = await database.listen(
        CHANNEL,
        (sessionId) => ended.set(sessionId, true),
        () => undefined,
      );
    },
    close: async () => {
      await handle?.close();
      handle = null;
    },
  };
}

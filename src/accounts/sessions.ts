import type { Db, Trx } from '../platform/database/index.ts';
import type { EndedSessions } from './ended-sessions.ts';
import type { AccountsStore } from './store.ts';

/** Ends sessions of an account: one, all, all but one, all but the newest. */
export type EndSessions = (which: Parameters<AccountsStore['endSessions']>[1]) => Promise<void>;

/** A transaction that may end sessions; when it commits, and only then, every process knows. */
export type EndingTransaction = <Result>(work: (trx: Trx, end: EndSessions) => Promise<Result>) => Promise<Result>;

export function createEndingTransaction(db: Db, store: AccountsStore, endedSessions: EndedSessions): EndingTransaction {
  return async (work) => {
    const ended: string[] = [];
    const result = await db.transaction().execute((trx) =>
      work(trx, async (which) => {
        const sessionIds = await store.endSessions(trx, which);
        await endedSessions.announce(trx, sessionIds);
        ended.push(...sessionIds);
      }),
    );
    // The news reaches this process too, but its own next request must not be faster than the news.
    endedSessions.add(ended);
    return result;
  };
}

import type { Trx } from '../platform/database/index.ts';
import type { EndedSessions } from './ended-sessions.ts';
import type { AccountsStore } from './store.ts';

/** Ends sessions of an account (one, all, all but one, all but the newest) and tells every process. */
export type EndSessions = (trx: Trx, which: Parameters<AccountsStore['endSessions']>[1]) => Promise<void>;

export function createEndSessions(store: AccountsStore, endedSessions: EndedSessions): EndSessions {
  return async (trx, which) => endedSessions.announce(trx, await store.endSessions(trx, which));
}

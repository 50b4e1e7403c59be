import type { Trx } from '../platform/database/index.ts';

/** What a room keeps of listeners, and how they take it with them or have it erased. */
export interface PersonalData {
  /** Its name in the export. */
  name: string;
  /** All that the room keeps of an account, as its holder may read it. */
  export(accountId: string): Promise<unknown>;
  /** Erases all of it, in the transaction that erases the account. */
  erase(trx: Trx, accountId: string): Promise<void>;
}

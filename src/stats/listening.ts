import type { PersonalData } from '../accounts/index.ts';
import type { HeardReport } from '../library/index.ts';
import { addDays, type Clock, parisDay } from '../platform/clock/index.ts';
import type { Db, Trx } from '../platform/database/index.ts';
import { bitsOf, heardMinutes, rangesOf } from './heard-minutes.ts';
import { createListeningStore, type HeardCommission, type HeardSpeaker, type Listening } from './listening-store.ts';
import { type Streaks, streaksOf } from './streaks.ts';

export interface OwnStats extends Listening, Streaks {
  /** Days in Paris on which something was heard. */
  days: number;
  speakers: HeardSpeaker[];
  commissions: HeardCommission[];
}

/** What an account listened to. */
export interface ListeningStats {
  /** Takes what devices reported, in the transaction that keeps it. */
  hear(trx: Trx, accountId: string, reports: readonly HeardReport[]): Promise<void>;
  of(accountId: string): Promise<OwnStats>;
  personalData: PersonalData;
}

/** Speakers and commissions are looked for in the debates heard last: half a year of two a week, some 10,000 speeches. */
const LATELY = 50;
/** A screen of a phone. */
const SHOWN = 10;
/** A device that was put away for longer no longer makes days of listening: its clock may be any. */
const DAYS_BACK = 366;

export function createListeningStats({ db, clock }: { db: Db; clock: Clock }): ListeningStats {
  const store = createListeningStore(db);

  return {
    hear: async (trx, accountId, reports) => {
      const byDebate = Map.groupBy(reports, (report) => report.debateId);
      const heard = [...byDebate].flatMap(([debateId, own]) => {
        const minutes = heardMinutes(own);
        const heardAt = new Date(Math.max(...own.map(({ heardAtMs }) => heardAtMs)));
        return minutes.size === 0 ? [] : [{ debateId, minutes: bitsOf(minutes), heardAt }];
      });
      const earliest = addDays(parisDay(clock.now()), -DAYS_BACK);
      const played = reports.filter(({ isNew, positionMs }) => isNew && positionMs > 0);
      const days = new Set(played.map(({ heardAtMs }) => parisDay(new Date(heardAtMs))));
      await store.add(
        trx,
        accountId,
        heard,
        [...days].filter((day) => day >= earliest),
      );
    },

    of: async (accountId) => {
      const days = await store.days(accountId);
      return {
        ...(await store.total(accountId)),
        ...streaksOf(days, parisDay(clock.now())),
        days: days.length,
        speakers: await store.speakers(accountId, LATELY, SHOWN),
        commissions: await store.commissions(accountId, LATELY, SHOWN),
      };
    },

    personalData: {
      name: 'stats',
      export: async (accountId) => ({
        listening_days: await store.days(accountId),
        heard_minutes: (await store.heard(accountId)).map(({ debateId, minutes, heardAt }) => ({
          debate_id: debateId,
          heard_at: heardAt.toISOString(),
          ranges: rangesOf(minutes),
        })),
      }),
      erase: store.erase,
    },
  };
}

import { sql } from 'kysely';
import type { Db, Trx } from '../platform/database/index.ts';
import type { StatsTables } from './tables.ts';

export interface HeardDebate {
  debateId: string;
  /** `bit(4320)`, in a form that PostgreSQL reads; read, as it writes it. */
  minutes: string;
  heardAt: Date;
}

export interface Listening {
  heardMinutes: number;
  debates: number;
}

export interface HeardSpeaker {
  speakerId: string;
  name: string;
  heardSeconds: number;
  debates: number;
}

export interface HeardCommission {
  name: string;
  heardSeconds: number;
  debates: number;
}

export function createListeningStore(db: Db) {
  const tables = db.withTables<StatsTables>();
  const within = (trx: Trx) => trx.withTables<StatsTables>();

  return {
    /** What is heard is added to what was: order and repetition change nothing. */
    add: async (trx: Trx, accountId: string, heard: readonly HeardDebate[], days: readonly string[]): Promise<void> => {
      if (heard.length > 0) {
        await sql`
          insert into heard_minutes as known (account_id, debate_id, minutes, heard_at)
          select ${accountId}, debate_id, minutes::bit(4320), heard_at
          from unnest(
            ${heard.map((one) => one.debateId)}::text[],
            ${heard.map((one) => one.minutes)}::text[],
            ${heard.map((one) => one.heardAt.toISOString())}::timestamptz[]
          ) as heard (debate_id, minutes, heard_at)
          on conflict (account_id, debate_id) do update
          set minutes = known.minutes | excluded.minutes, heard_at = greatest(known.heard_at, excluded.heard_at)`.execute(
          trx,
        );
      }
      if (days.length === 0) return;
      await within(trx)
        .insertInto('listening_days')
        .values(days.map((day) => ({ account_id: accountId, day })))
        .onConflict((conflict) => conflict.columns(['account_id', 'day']).doNothing())
        .execute();
    },

    total: async (accountId: string): Promise<Listening> => {
      const row = await tables
        .selectFrom('heard_minutes')
        .where('account_id', '=', accountId)
        .select((eb) => [
          eb.fn.countAll<number>().as('debates'),
          sql<number>`coalesce(sum(bit_count(minutes)), 0)`.as('minutes'),
        ])
        .executeTakeFirstOrThrow();
      return { debates: row.debates, heardMinutes: row.minutes };
    },

    /** Oldest first. */
    days: async (accountId: string): Promise<string[]> => {
      const rows = await tables
        .selectFrom('listening_days')
        .where('account_id', '=', accountId)
        .select('day')
        .orderBy('day')
        .execute();
      return rows.map((row) => row.day);
    },

    heard: async (accountId: string): Promise<HeardDebate[]> => {
      const rows = await tables
        .selectFrom('heard_minutes')
        .where('account_id', '=', accountId)
        .selectAll()
        .orderBy('heard_at')
        .orderBy('debate_id')
        .execute();
      return rows.map((row) => ({ debateId: row.debate_id, minutes: row.minutes, heardAt: row.heard_at }));
    },

    /**
     * Of the `lately` debates heard last. A speech counts for the share of its minutes that was heard: a minute is as near as
     * devices tell, and an interjection of some seconds in it counts as those seconds.
     */
    speakers: async (accountId: string, lately: number, limit: number): Promise<HeardSpeaker[]> => {
      const { rows } = await sql<{ speaker_id: string; name: string; seconds: number; debates: number }>`
        with heard as (
          select debate_id, minutes from heard_minutes where account_id = ${accountId}
          order by heard_at desc, debate_id limit ${lately}
        ), parts as materialized (
          select s.debate_id, s.speaker_id, s.speaker_name, s.ends_at_ms - s.starts_at_ms as lasts_ms,
            substring(h.minutes from s.starts_at_ms / 60000 + 1
              for (s.ends_at_ms - 1) / 60000 - s.starts_at_ms / 60000 + 1) as during
          from heard h join timed_speeches s on s.debate_id = h.debate_id
          where s.starts_at_ms between 0 and 259199999
        )
        select speaker_id, max(speaker_name) as name, count(distinct debate_id) as debates,
          round(sum(lasts_ms * bit_count(during)::float8 / length(during)) / 1000) as seconds
        from parts where bit_count(during) > 0
        group by speaker_id order by seconds desc, speaker_id limit ${limit}`.execute(db);
      return rows.map((row) => ({
        speakerId: row.speaker_id,
        name: row.name,
        heardSeconds: row.seconds,
        debates: row.debates,
      }));
    },

    commissions: async (accountId: string, lately: number, limit: number): Promise<HeardCommission[]> => {
      const { rows } = await sql<{ name: string; minutes: number; debates: number }>`
        with heard as (
          select debate_id, minutes from heard_minutes where account_id = ${accountId}
          order by heard_at desc, debate_id limit ${lately}
        )
        select max(d.commission) as name, sum(bit_count(h.minutes)) as minutes, count(*) as debates
        from heard h join listed_debates d on d.id = h.debate_id
        where d.commission_key is not null
        group by d.commission_key order by minutes desc, d.commission_key limit ${limit}`.execute(db);
      return rows.map((row) => ({ name: row.name, heardSeconds: row.minutes * 60, debates: row.debates }));
    },

    erase: async (trx: Trx, accountId: string): Promise<void> => {
      await within(trx).deleteFrom('heard_minutes').where('account_id', '=', accountId).execute();
      await within(trx).deleteFrom('listening_days').where('account_id', '=', accountId).execute();
    },
  };
}

export type ListeningStore = ReturnType<typeof createListeningStore>;

import { type Selectable, sql } from 'kysely';
import type { Db, Trx } from '../platform/database/index.ts';
import { HISTORY_MAX, HISTORY_TOTAL_MAX } from './limits.ts';
import { type From, type Listed, listedAfter } from './listed.ts';
import type { Heard, Position } from './merge-positions.ts';
import type { LibraryTables } from './tables.ts';

export interface StoredPosition {
  debateId: string;
  position: Position;
  updatedAt: Date;
}

export function createPositionsStore(db: Db) {
  const within = (trx?: Trx) => (trx ?? db).withTables<LibraryTables>();

  return {
    find: async (accountId: string, debateIds: readonly string[], trx?: Trx): Promise<StoredPosition[]> => {
      if (debateIds.length === 0) return [];
      const rows = await within(trx)
        .selectFrom('playback_positions')
        .where('account_id', '=', accountId)
        .where('debate_id', 'in', [...debateIds])
        .selectAll()
        .orderBy('debate_id')
        .execute();
      return rows.map(storedOf);
    },

    list: async (
      accountId: string,
      since: Date | null,
      from: From,
      limit: number,
    ): Promise<Listed<StoredPosition>[]> => {
      let query = within()
        .selectFrom('playback_positions')
        .where('account_id', '=', accountId)
        .selectAll()
        .orderBy('updated_at')
        .orderBy('debate_id')
        .limit(limit);
      if (since) query = query.where('updated_at', '>=', since);
      query =
        'offset' in from ? query.offset(from.offset) : query.where(listedAfter('updated_at', 'debate_id', '>', from));
      const rows = await query.execute();
      return rows.map((row) => ({
        item: storedOf(row),
        position: { value: row.updated_at.toISOString(), id: row.debate_id },
      }));
    },

    count: async (accountId: string, since: Date | null, trx?: Trx): Promise<number> => {
      let query = within(trx)
        .selectFrom('playback_positions')
        .where('account_id', '=', accountId)
        .select((eb) => eb.fn.countAll<number>().as('total'));
      if (since) query = query.where('updated_at', '>=', since);
      return (await query.executeTakeFirstOrThrow()).total;
    },

    countFinished: async (accountId: string): Promise<number> => {
      const row = await within()
        .selectFrom('playback_positions')
        .where('account_id', '=', accountId)
        .where('finished_at', 'is not', null)
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      return row.total;
    },

    /** When each of these reports was first heard, by its index; those heard for the first time are left out. */
    heardBefore: async (
      trx: Trx,
      accountId: string,
      reports: readonly { debateId: string; deviceId: string; recordedAt: Date }[],
    ): Promise<Map<number, Date>> => {
      const { rows } = await sql<{ index: number; heard_at: Date }>`
        select said.index::integer as index, heard_at
        from unnest(
          ${reports.map((report) => report.debateId)}::text[],
          ${reports.map((report) => report.deviceId)}::text[],
          ${reports.map((report) => report.recordedAt.toISOString())}::timestamptz[]
        ) with ordinality as said (debate_id, device_id, recorded_at, index)
        join playback_history as known
          on known.account_id = ${accountId} and known.debate_id = said.debate_id
          and known.device_id = said.device_id and known.recorded_at = said.recorded_at`.execute(trx);
      return new Map(rows.map((row) => [row.index - 1, row.heard_at]));
    },

    write: async (trx: Trx, accountId: string, positions: ReadonlyMap<string, Position>): Promise<void> => {
      if (positions.size === 0) return;
      const rows = [...positions].map(([debateId, position]) => rowOf(accountId, debateId, position));
      await within(trx)
        .insertInto('playback_positions')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['account_id', 'debate_id']).doUpdateSet((eb) => ({
            position_ms: eb.ref('excluded.position_ms'),
            finished: eb.ref('excluded.finished'),
            device_id: eb.ref('excluded.device_id'),
            recorded_at: eb.ref('excluded.recorded_at'),
            heard_at: eb.ref('excluded.heard_at'),
            furthest_ms: eb.ref('excluded.furthest_ms'),
            duration_ms: eb.ref('excluded.duration_ms'),
            finished_at: eb.ref('excluded.finished_at'),
            updated_at: eb.ref('excluded.updated_at'),
          })),
        )
        .execute();
    },

    /** Adds to the history of each debate, and keeps the newest of it. */
    remember: async (
      trx: Trx,
      accountId: string,
      heard: readonly { debateId: string; heard: Heard }[],
    ): Promise<void> => {
      await within(trx)
        .insertInto('playback_history')
        .values(heard.map((one) => historyRowOf(accountId, one.debateId, one.heard)))
        .onConflict((conflict) => conflict.columns(['account_id', 'debate_id', 'device_id', 'recorded_at']).doNothing())
        .execute();
      const debateIds = [...new Set(heard.map((one) => one.debateId))];
      await sql`
        delete from playback_history as old using (
          select debate_id, device_id, recorded_at,
            row_number() over (partition by debate_id order by heard_at desc, recorded_at desc, device_id) as age
          from playback_history where account_id = ${accountId} and debate_id = any(${debateIds}::text[])
        ) as ranked
        where old.account_id = ${accountId} and old.debate_id = ranked.debate_id and old.device_id = ranked.device_id
          and old.recorded_at = ranked.recorded_at and ranked.age > ${HISTORY_MAX}`.execute(trx);
      await sql`
        delete from playback_history where account_id = ${accountId} and heard_at < (
          select heard_at from playback_history where account_id = ${accountId}
          order by heard_at desc offset ${HISTORY_TOTAL_MAX} limit 1
        )`.execute(trx);
    },

    wholeHistory: async (accountId: string): Promise<{ debateId: string; heard: Heard }[]> => {
      const rows = await within()
        .selectFrom('playback_history')
        .where('account_id', '=', accountId)
        .selectAll()
        .orderBy('heard_at')
        .orderBy('recorded_at')
        .execute();
      return rows.map((row) => ({ debateId: row.debate_id, heard: heardOf(row) }));
    },

    history: async (accountId: string, debateId: string): Promise<Heard[]> => {
      const rows = await within()
        .selectFrom('playback_history')
        .where('account_id', '=', accountId)
        .where('debate_id', '=', debateId)
        .selectAll()
        .orderBy('heard_at', 'desc')
        .orderBy('recorded_at', 'desc')
        .limit(HISTORY_MAX)
        .execute();
      return rows.map(heardOf);
    },

    erase: async (trx: Trx, accountId: string): Promise<void> => {
      await within(trx).deleteFrom('playback_history').where('account_id', '=', accountId).execute();
      await within(trx).deleteFrom('playback_positions').where('account_id', '=', accountId).execute();
    },
  };
}

type PositionRow = Selectable<LibraryTables['playback_positions']>;

function storedOf(row: PositionRow): StoredPosition {
  return {
    debateId: row.debate_id,
    updatedAt: row.updated_at,
    position: {
      latest: heardOf(row),
      furthestMs: row.furthest_ms,
      durationMs: row.duration_ms,
      finishedAtMs: row.finished_at?.getTime() ?? null,
    },
  };
}

function rowOf(accountId: string, debateId: string, position: Position) {
  const { latest, furthestMs, durationMs, finishedAtMs } = position;
  return {
    ...historyRowOf(accountId, debateId, latest),
    furthest_ms: furthestMs,
    duration_ms: durationMs,
    finished_at: finishedAtMs === null ? null : new Date(finishedAtMs),
    // The server's own clock, read while the account is held: what changes later has a later time, whoever writes it.
    updated_at: sql<Date>`clock_timestamp()`,
  };
}

function heardOf(row: Omit<Selectable<LibraryTables['playback_history']>, 'account_id' | 'debate_id'>): Heard {
  return {
    positionMs: row.position_ms,
    finished: row.finished,
    deviceId: row.device_id,
    recordedAtMs: row.recorded_at.getTime(),
    heardAtMs: row.heard_at.getTime(),
  };
}

function historyRowOf(accountId: string, debateId: string, heard: Heard) {
  return {
    account_id: accountId,
    debate_id: debateId,
    device_id: heard.deviceId,
    recorded_at: new Date(heard.recordedAtMs),
    heard_at: new Date(heard.heardAtMs),
    position_ms: heard.positionMs,
    finished: heard.finished,
  };
}

import { isDeepStrictEqual } from 'node:util';
import { holdAccount } from '../accounts/index.ts';
import type { Debates } from '../debates/index.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Db, Trx } from '../platform/database/index.ts';
import { libraryErrors } from './errors.ts';
import { POSITIONS_MAX } from './limits.ts';
import type { From, Listed } from './listed.ts';
import { clampToPresent, type Heard, mergePositions, type Position, positionOf } from './merge-positions.ts';
import { createPositionsStore, type StoredPosition } from './positions-store.ts';

/** What a device says, as it says it. */
export interface Report {
  debateId: string;
  positionMs: number;
  durationMs: number | null;
  finished: boolean;
  deviceId: string;
  recordedAt: Date;
}

/** What a device reported, as others than the library may want to know it. */
export interface HeardReport {
  debateId: string;
  positionMs: number;
  deviceId: string;
  heardAtMs: number;
  /** False for the latest that was known before, which comes along so that it is seen what followed on it. */
  isNew: boolean;
}

/** Told of reports in the transaction that keeps them, before it ends. */
export type OnHeard = (trx: Trx, accountId: string, reports: readonly HeardReport[]) => Promise<void>;

export interface Positions {
  /** The ones that changed last come last, so that a device can go on from the last it knows. */
  list(accountId: string, since: Date | null, from: From, limit: number): Promise<Listed<StoredPosition>[]>;
  count(accountId: string, since: Date | null): Promise<number>;
  /** Debates that were heard to the end at least once. */
  countFinished(accountId: string): Promise<number>;
  /** With the last things said, newest first. @throws AppError `debates/not-found`, `library/position-not-found` */
  get(accountId: string, debateId: string): Promise<{ position: StoredPosition; history: Heard[] }>;
  /**
   * Merges what devices say, by the rule of docs/POSITIONS.md: in any order, in any pieces, as often as they like.
   * @returns what is now known of the debates they spoke of, and the ids that name no debate.
   * @throws AppError `library/too-many-positions`
   */
  record(accountId: string, reports: readonly Report[]): Promise<{ positions: StoredPosition[]; unknown: string[] }>;
  /** All that was said and is still kept, oldest first. */
  history(accountId: string): Promise<{ debateId: string; heard: Heard }[]>;
  /** In the transaction that erases the account. */
  erase(trx: Trx, accountId: string): Promise<void>;
}

export function createPositions(options: {
  db: Db;
  debates: Debates;
  clock: Clock;
  onHeard?: OnHeard | undefined;
}): Positions {
  const { db, debates, clock } = options;
  const store = createPositionsStore(db);

  return {
    list: store.list,
    count: store.count,
    countFinished: store.countFinished,
    history: store.wholeHistory,
    erase: store.erase,

    get: async (accountId, debateId) => {
      const { id } = await debates.get(debateId);
      const [position] = await store.find(accountId, [id]);
      if (!position) throw libraryErrors.error('position-not-found');
      return { position, history: await store.history(accountId, id) };
    },

    record: async (accountId, reports) => {
      const resolved = await debates.resolve([...new Set(reports.map((report) => report.debateId))]);
      const unknown = new Set(reports.map((report) => report.debateId).filter((id) => !resolved.has(id)));
      const said = reports.flatMap((report) => {
        const debateId = resolved.get(report.debateId);
        return debateId === undefined ? [] : [{ ...report, debateId }];
      });
      const debateIds = [...new Set(said.map((report) => report.debateId))].sort();
      if (debateIds.length > 0) {
        await db.transaction().execute(async (trx) => {
          await holdAccount(trx, accountId);
          const before = new Map((await store.find(accountId, debateIds, trx)).map((known) => [known.debateId, known]));
          const heard = await hear(trx, accountId, said);
          const after = mergeAll(before, heard);
          const added = [...after.keys()].filter((id) => !before.has(id)).length;
          if (added > 0 && (await store.count(accountId, null, trx)) + added > POSITIONS_MAX) {
            throw libraryErrors.error('too-many-positions', { params: { limit: POSITIONS_MAX } });
          }
          const changed = [...after].filter(([id, position]) => !isDeepStrictEqual(before.get(id)?.position, position));
          await store.write(trx, accountId, new Map(changed));
          await store.remember(trx, accountId, heard);
          await options.onHeard?.(trx, accountId, heardReports(before, heard));
        });
      }
      return { positions: await store.find(accountId, debateIds), unknown: [...unknown] };
    },
  };

  /** A thing said again was heard when it was first heard, even where its device's clock runs ahead. */
  async function hear(trx: Trx, accountId: string, said: readonly Report[]): Promise<TimedReport[]> {
    const receivedAtMs = clock.now().getTime();
    const heardBefore = await store.heardBefore(trx, accountId, said);
    return said.map((report, index) => ({
      debateId: report.debateId,
      durationMs: report.durationMs,
      heard: {
        positionMs: Math.min(report.positionMs, report.durationMs ?? report.positionMs),
        finished: report.finished,
        deviceId: report.deviceId,
        recordedAtMs: report.recordedAt.getTime(),
        heardAtMs: heardBefore.get(index)?.getTime() ?? clampToPresent(report.recordedAt.getTime(), receivedAtMs),
      },
    }));
  }
}

interface TimedReport {
  debateId: string;
  durationMs: number | null;
  heard: Heard;
}

function heardReports(before: ReadonlyMap<string, StoredPosition>, heard: readonly TimedReport[]): HeardReport[] {
  const reportOf = (debateId: string, { positionMs, deviceId, heardAtMs }: Heard, isNew: boolean): HeardReport => ({
    debateId,
    positionMs,
    deviceId,
    heardAtMs,
    isNew,
  });
  const known = [...before].map(([id, { position }]) => reportOf(id, position.latest, false));
  return [...known, ...heard.map((one) => reportOf(one.debateId, one.heard, true))];
}

function mergeAll(before: ReadonlyMap<string, StoredPosition>, heard: readonly TimedReport[]): Map<string, Position> {
  const after = new Map([...before].map(([id, known]) => [id, known.position]));
  for (const one of heard) {
    const known = after.get(one.debateId);
    const said = positionOf(one.heard, one.durationMs);
    after.set(one.debateId, known ? mergePositions(known, said) : said);
  }
  return after;
}

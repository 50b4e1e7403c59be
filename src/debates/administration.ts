import { isDeepStrictEqual } from 'node:util';
import type { Db } from '../platform/database/index.ts';
import type { Events } from '../platform/events/index.ts';
import type { SourceDebate } from '../sources/index.ts';
import type { Corrections } from './correctable-facts.ts';
import { correctedColumns, observedOf } from './corrections.ts';
import type { Debate } from './debate.ts';
import { debatesErrors } from './errors.ts';
import { factsOfRecording } from './facts.ts';
import { createDebatesStore } from './store.ts';
import { type DebateRow, debateOf } from './tables.ts';

/** What administrators do to the register. Each change is told as an event, like any other. */
export interface Administration {
  /** Takes a recording that no source is watched for. @throws AppError `debates/already-known` */
  add(observed: SourceDebate): Promise<Debate>;
  /**
   * Puts these corrections in the place of all that were made before. What is not among them is the source's again; what is
   * stays, whatever the source says later.
   * @param restore shows again what an administrator withdrew
   * @throws AppError `debates/not-found`
   */
  correct(idOrAlias: string, corrections: Corrections, restore: boolean): Promise<Debate>;
  /** Takes a debate out of sight, for whatever its source says later. Twice is once. @throws AppError `debates/not-found` */
  withdraw(idOrAlias: string): Promise<Debate>;
}

export function createAdministration({ db, events }: { db: Db; events: Events }): Administration {
  const store = createDebatesStore(db);

  /** Changes a debate under the lock of observations, so that none comes between what is read and what is written. */
  async function change(idOrAlias: string, changed: (row: DebateRow) => Change | null): Promise<Debate> {
    return db.transaction().execute(async (trx) => {
      await store.lock(trx);
      const row = await store.find(idOrAlias, trx);
      if (!row) throw debatesErrors.error('not-found', { params: { id: idOrAlias } });
      const wanted = changed(row);
      if (wanted === null) return debateOf(row);
      await store.update(trx, row.id, wanted);
      const after = await store.find(row.id, trx);
      if (!after) throw debatesErrors.error('not-found', { params: { id: row.id } });
      const data = { debate_id: row.id, title: after.title, state: after.sitting_state };
      await events.append(trx, { type: 'debate_updated', channel: 'debates', data });
      return debateOf(after);
    });
  }

  return {
    add: (observed) =>
      db.transaction().execute(async (trx) => {
        await store.lock(trx);
        const { id } = observed.ref;
        const known = await store.find(id, trx);
        if (known) throw debatesErrors.error('already-known', { params: { id: known.id } });
        const facts = factsOfRecording(observed);
        await store.insert(trx, id, 'ended', facts);
        await store.addAlias(trx, id, id);
        const added = await store.find(id, trx);
        if (!added) throw debatesErrors.error('not-found', { params: { id } });
        const data = { debate_id: id, title: facts.title, state: 'ended' };
        await events.append(trx, { type: 'debate_created', channel: 'debates', data });
        return debateOf(added);
      }),

    correct: (idOrAlias, corrections, restore) =>
      change(idOrAlias, (row) => {
        const restored = restore && row.is_withheld;
        if (!restored && isDeepStrictEqual(row.corrections, corrections)) return null;
        const observed = row.observed ?? observedOf(row);
        return {
          ...correctedColumns(observed, corrections, row.speakers),
          corrections: JSON.stringify(corrections),
          observed: Object.keys(corrections).length === 0 ? null : JSON.stringify(observed),
          // What the source says of it by now, its next observation tells.
          ...(restored ? { is_withheld: false, sitting_state: row.source_ref === null ? 'announced' : 'ended' } : {}),
        };
      }),

    withdraw: (idOrAlias) =>
      change(idOrAlias, (row) =>
        row.is_withheld ? null : { is_withheld: true, sitting_state: 'withdrawn', live_url: null },
      ),
  };
}

type Change = Parameters<ReturnType<typeof createDebatesStore>['update']>[2];

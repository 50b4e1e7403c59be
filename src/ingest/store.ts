import type { Selectable } from 'kysely';
import type { Db } from '../platform/database/index.ts';
import type { DebateRef, Provenance, Validator } from '../sources/index.ts';

/**
 * Raise it when more is read out of the same documents, or read otherwise: every one is then fetched and read again,
 * where it would have answered that nothing changed.
 */
const READING = 1;

/** What an observation is of: the facts of a recording, a line of the programme, the page that says it is withdrawn. */
type DocumentKind = 'facts' | 'announcement' | 'withdrawal';

interface ObservationsTable {
  source: string;
  ref: string;
  document: DocumentKind;
  debate_id: string;
  url: string;
  fetched_at: Date;
  sha256: string | null;
  etag: string | null;
  last_modified: string | null;
  reading: number;
  end_seen_at: Date | null;
}

interface DumpsTable {
  name: string;
  url: string;
  validator: string | null;
  taken_at: Date;
}

type IngestTables = { observations: ObservationsTable; open_data_dumps: DumpsTable };

/** What was last taken from a recording's facts. */
export interface KnownFacts {
  /** Null when they must be read again whatever the source says. */
  validator: Validator | null;
  /** Since when the source says that the sitting has ended, while that is not believed yet. */
  endSeenAt: Date | null;
}

export interface Observation {
  source: string;
  /** Of the recording, or the meeting of an announced sitting. */
  ref: string;
  document: DocumentKind;
  debateId: string;
  provenance: Provenance;
}

export type IngestStore = ReturnType<typeof createIngestStore>;

export function createIngestStore(db: Db) {
  const tables = db.withTables<IngestTables>();

  return {
    /** By the source's id of the recording; one that was never taken is absent. */
    knownFacts: async (source: string, refs: readonly DebateRef[]): Promise<Map<string, KnownFacts>> => {
      const ids = refs.map(({ id }) => id);
      if (ids.length === 0) return new Map();
      const rows = await tables
        .selectFrom('observations')
        .selectAll()
        .where('source', '=', source)
        .where('document', '=', 'facts')
        .where('ref', 'in', ids)
        .execute();
      return new Map(rows.map((row) => [row.ref, knownFactsOf(row)]));
    },

    /** Keeps where and when a document was seen; the former observation of the same document gives way. */
    save: async (observation: Observation): Promise<void> => {
      const row = rowOf(observation);
      await tables
        .insertInto('observations')
        .values(row)
        .onConflict((conflict) => conflict.columns(['source', 'ref', 'document']).doUpdateSet(row))
        .execute();
    },

    /** The same for several at once. */
    saveAll: async (observations: readonly Observation[]): Promise<void> => {
      if (observations.length === 0) return;
      await tables
        .insertInto('observations')
        .values(observations.map(rowOf))
        .onConflict((conflict) =>
          conflict.columns(['source', 'ref', 'document']).doUpdateSet((eb) => ({
            debate_id: eb.ref('excluded.debate_id'),
            url: eb.ref('excluded.url'),
            fetched_at: eb.ref('excluded.fetched_at'),
            sha256: eb.ref('excluded.sha256'),
            etag: eb.ref('excluded.etag'),
            last_modified: eb.ref('excluded.last_modified'),
            reading: eb.ref('excluded.reading'),
          })),
        )
        .execute();
    },

    /** The recording is withdrawn: its facts, were they to come back, are to be read anew. */
    saveWithdrawal: async (observation: Omit<Observation, 'document'>): Promise<void> => {
      const row = rowOf({ ...observation, document: 'withdrawal' });
      await db.transaction().execute(async (trx) => {
        const within = trx.withTables<IngestTables>();
        await within
          .deleteFrom('observations')
          .where('source', '=', row.source)
          .where('ref', '=', row.ref)
          .where('document', '=', 'facts')
          .execute();
        await within
          .insertInto('observations')
          .values(row)
          .onConflict((conflict) => conflict.columns(['source', 'ref', 'document']).doUpdateSet(row))
          .execute();
      });
    },

    /** What the server said of a dump when it was last taken whole, from that address. */
    dumpValidator: async (name: string, url: string): Promise<string | null> => {
      const row = await tables
        .selectFrom('open_data_dumps')
        .select('validator')
        .where('name', '=', name)
        .where('url', '=', url)
        .executeTakeFirst();
      return row?.validator ?? null;
    },

    saveDump: async (row: DumpsTable): Promise<void> => {
      await tables
        .insertInto('open_data_dumps')
        .values(row)
        .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
        .execute();
    },

    setEndSeen: async (ref: DebateRef, endSeenAt: Date | null): Promise<void> => {
      await tables
        .updateTable('observations')
        .set({ end_seen_at: endSeenAt })
        .where('source', '=', ref.source)
        .where('ref', '=', ref.id)
        .where('document', '=', 'facts')
        .execute();
    },
  };
}

function knownFactsOf(row: Selectable<ObservationsTable>): KnownFacts {
  const { sha256, etag, last_modified: lastModified, reading, end_seen_at: endSeenAt } = row;
  return { validator: reading === READING ? { sha256, etag, lastModified } : null, endSeenAt };
}

function rowOf({ source, ref, document, debateId, provenance }: Observation): ObservationsTable {
  return {
    source,
    ref,
    document,
    debate_id: debateId,
    url: provenance.url,
    fetched_at: provenance.fetchedAt,
    sha256: provenance.sha256,
    etag: provenance.etag,
    last_modified: provenance.lastModified,
    reading: READING,
    end_seen_at: null,
  };
}

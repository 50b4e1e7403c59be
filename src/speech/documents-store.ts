import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Db, Trx } from '../platform/database/index.ts';
import type { CaptionCue, RecordParagraph, Synchro } from '../portal/index.ts';
import type { Provenance, Validator } from '../sources/index.ts';
import type { DocumentKind, SpeechTables } from './tables.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** What is kept of each kind of document. */
export interface DocumentContents {
  player: Synchro[];
  captions: CaptionCue[];
  record: RecordParagraph[];
}

/** A document as it stands in the store. */
export interface StoredDocuments {
  contents: Partial<DocumentContents>;
  /** By kind, in a fixed order: what the derivation depends on. */
  hashes: string[];
}

export interface PackedDocument {
  document: DocumentKind;
  provenance: Provenance;
  content: Buffer;
}

export function createDocumentsStore(db: Db) {
  const tables = db.withTables<SpeechTables>();
  const within = (trx: Trx | undefined) => trx?.withTables<SpeechTables>() ?? tables;

  return {
    /** What to send back to who publishes, by kind; a document that was never seen is absent. */
    validators: async (debateId: string): Promise<Map<DocumentKind, Validator>> => {
      const rows = await tables
        .selectFrom('speech_documents')
        .select(['document', 'etag', 'last_modified', 'sha256'])
        .where('debate_id', '=', debateId)
        .execute();
      return new Map(
        rows.map(({ document, etag, last_modified, sha256 }) => [
          document,
          { etag, lastModified: last_modified, sha256 },
        ]),
      );
    },

    hashes: async (debateId: string): Promise<Map<DocumentKind, string>> => {
      const rows = await tables
        .selectFrom('speech_documents')
        .select(['document', 'sha256'])
        .where('debate_id', '=', debateId)
        .execute();
      return new Map(rows.map(({ document, sha256 }) => [document, sha256]));
    },

    contents: async (debateId: string): Promise<Partial<DocumentContents>> => {
      const rows = await tables
        .selectFrom('speech_documents')
        .select(['document', 'content'])
        .where('debate_id', '=', debateId)
        .execute();
      const contents: Partial<Record<DocumentKind, unknown>> = {};
      for (const { document, content } of rows) {
        // Written by us, by the types of `DocumentContents`.
        contents[document] = JSON.parse((await unpack(content)).toString('utf8')) as unknown;
      }
      return contents as Partial<DocumentContents>;
    },

    save: async (trx: Trx, debateId: string, { document, provenance, content }: PackedDocument): Promise<void> => {
      const row = {
        url: provenance.url,
        fetched_at: provenance.fetchedAt,
        sha256: provenance.sha256 ?? '',
        etag: provenance.etag,
        last_modified: provenance.lastModified,
        content,
      };
      await within(trx)
        .insertInto('speech_documents')
        .values({ debate_id: debateId, document, ...row })
        .onConflict((conflict) => conflict.columns(['debate_id', 'document']).doUpdateSet(row))
        .execute();
    },
  };
}

/** Ready to be saved: compressed outside the transaction, which others wait for. */
export async function packDocument<Kind extends DocumentKind>(
  document: Kind,
  value: DocumentContents[Kind],
  provenance: Provenance,
): Promise<PackedDocument> {
  return { document, provenance, content: await pack(JSON.stringify(value)) };
}

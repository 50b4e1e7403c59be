import { type Generated, type Insertable, type Selectable, sql } from 'kysely';
import type { Db, Trx } from '../platform/database/index.ts';
import { type AudioFile, type AudioFileState, type AudioFormat, type AudioOrigin, MIME_OF } from './audio-file.ts';
import type { Inspection } from './inspect.ts';
import { type ObjectKey, objectName } from './storage.ts';

interface AudioFilesTable {
  id: Generated<string>;
  debate_id: string;
  sha256: string;
  format: AudioFormat;
  mime: string;
  size_bytes: number;
  duration_seconds: number;
  bitrate_kbps: number;
  sample_rate_hz: number;
  channels: number;
  origin: AudioOrigin;
  source_url: string;
  state: AudioFileState;
  created_at: Generated<Date>;
  verified_at: Date | null;
  retired_at: Date | null;
  retire_reason: string | null;
}
type Tables = { audio_files: AudioFilesTable };

/** What makes a row: the file, before it has an id. */
export interface NewAudioFile {
  debateId: string;
  inspection: Inspection;
  origin: AudioOrigin;
  sourceUrl: string;
}

/** Any constants will do; they must only differ from other locks of the product. The second key is a hash. */
const OBJECT_LOCK = 7_262_003;
const DEBATE_LOCK = 7_262_004;

/**
 * Bytes are taken in and thrown away under this lock, until the transaction ends: a file that nobody needs is not deleted
 * in the moment in which somebody publishes the same bytes again.
 */
export async function lockObject(trx: Trx, key: ObjectKey): Promise<void> {
  await sql`select pg_advisory_xact_lock(${OBJECT_LOCK}, hashtext(${key.sha256}))`.execute(trx);
}

/** Of two publications for one debate, the second sees what the first made. Until the transaction ends. */
export async function lockDebate(trx: Trx, debateId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${DEBATE_LOCK}, hashtext(${debateId}))`.execute(trx);
}

/** Says that these bytes are coming. A row that is already there, staged or ready, is returned as it is. */
export async function insertStaged(trx: Trx, file: NewAudioFile, now: Date): Promise<AudioFile> {
  const row = await trx
    .withTables<Tables>()
    .insertInto('audio_files')
    .values({ ...columnsOf(file), state: 'staged', created_at: now, verified_at: null })
    .onConflict((conflict) =>
      conflict
        .columns(['debate_id', 'format', 'origin', 'sha256'])
        .where('state', '<>', 'retired')
        .doUpdateSet({ source_url: file.sourceUrl }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  return fileOf(row);
}

/** Makes the file ready, whether its staged row is still there or not. */
export async function upsertReady(trx: Trx, file: NewAudioFile, now: Date): Promise<AudioFile> {
  const row = await trx
    .withTables<Tables>()
    .insertInto('audio_files')
    .values({ ...columnsOf(file), state: 'ready', created_at: now, verified_at: now })
    .onConflict((conflict) =>
      conflict
        .columns(['debate_id', 'format', 'origin', 'sha256'])
        .where('state', '<>', 'retired')
        .doUpdateSet({ state: 'ready', verified_at: now, source_url: file.sourceUrl }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  return fileOf(row);
}

/** Retires the ready file of the same debate, format and origin that has other bytes. */
export async function retireReplaced(trx: Trx, by: NewAudioFile, now: Date): Promise<void> {
  await trx
    .withTables<Tables>()
    .updateTable('audio_files')
    .set({ state: 'retired', retired_at: now, retire_reason: 'replaced' })
    .where('debate_id', '=', by.debateId)
    .where('format', '=', by.inspection.format)
    .where('origin', '=', by.origin)
    .where('sha256', '<>', by.inspection.sha256)
    .where('state', '=', 'ready')
    .execute();
}

/** Retires ready files; returns those that were. */
export async function retire(trx: Trx, ids: readonly string[], reason: string, now: Date): Promise<AudioFile[]> {
  if (ids.length === 0) return [];
  const rows = await trx
    .withTables<Tables>()
    .updateTable('audio_files')
    .set({ state: 'retired', retired_at: now, retire_reason: reason })
    .where('id', 'in', ids)
    .where('state', '=', 'ready')
    .returningAll()
    .execute();
  return rows.map(fileOf);
}

export async function stagedFiles(db: Db, limit: number): Promise<AudioFile[]> {
  const query = db.withTables<Tables>().selectFrom('audio_files').selectAll().where('state', '=', 'staged');
  return (await query.orderBy('created_at').limit(limit).execute()).map(fileOf);
}

/** Forgets a staged row; a row that became ready meanwhile stays. */
export async function deleteStaged(db: Db, id: string): Promise<void> {
  await db.withTables<Tables>().deleteFrom('audio_files').where('id', '=', id).where('state', '=', 'staged').execute();
}

export async function readyFiles(db: Db | Trx, debateIds: readonly string[]): Promise<AudioFile[]> {
  if (debateIds.length === 0) return [];
  const rows = await db
    .withTables<Tables>()
    .selectFrom('audio_files')
    .selectAll()
    .where('debate_id', 'in', debateIds)
    .where('state', '=', 'ready')
    .execute();
  return rows.map(fileOf);
}

export async function countReady(db: Db): Promise<number> {
  const query = db.withTables<Tables>().selectFrom('audio_files').where('state', '=', 'ready');
  return (await query.select((eb) => eb.fn.countAll<number>().as('files')).executeTakeFirstOrThrow()).files;
}

/** Ready files in the order of their ids, `limit` after `afterId`: the whole vault in pages of constant cost. */
export async function readyFilesAfter(db: Db, afterId: string | null, limit: number): Promise<AudioFile[]> {
  let query = db.withTables<Tables>().selectFrom('audio_files').selectAll().where('state', '=', 'ready');
  if (afterId !== null) query = query.where('id', '>', afterId);
  return (await query.orderBy('id').limit(limit).execute()).map(fileOf);
}

export async function fileById(db: Db, id: string): Promise<AudioFile | null> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('audio_files')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? fileOf(row) : null;
}

export async function markVerified(db: Db, id: string, now: Date): Promise<void> {
  await db.withTables<Tables>().updateTable('audio_files').set({ verified_at: now }).where('id', '=', id).execute();
}

/** Those of `keys` whose bytes are needed: a live row names them, or one that was retired after `retiredAfter`. */
export async function neededObjects(
  db: Db | Trx,
  keys: readonly ObjectKey[],
  retiredAfter: Date,
): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const hashes = [...new Set(keys.map((key) => key.sha256))];
  const rows = await db
    .withTables<Tables>()
    .selectFrom('audio_files')
    .select(['sha256', 'format'])
    .distinct()
    .where('sha256', 'in', hashes)
    .where((or) => or.or([or('state', '<>', 'retired'), or('retired_at', '>', retiredAfter)]))
    .execute();
  return new Set(rows.map(objectName));
}

function columnsOf(file: NewAudioFile): Omit<Insertable<AudioFilesTable>, 'state'> {
  const { inspection } = file;
  return {
    debate_id: file.debateId,
    sha256: inspection.sha256,
    format: inspection.format,
    mime: MIME_OF[inspection.format],
    size_bytes: inspection.sizeBytes,
    duration_seconds: inspection.durationSeconds,
    bitrate_kbps: inspection.bitrateKbps,
    sample_rate_hz: inspection.sampleRateHz,
    channels: inspection.channels,
    origin: file.origin,
    source_url: file.sourceUrl,
    retired_at: null,
    retire_reason: null,
  };
}

function fileOf(row: Selectable<AudioFilesTable>): AudioFile {
  return {
    id: row.id,
    debateId: row.debate_id,
    sha256: row.sha256,
    format: row.format,
    mime: row.mime,
    sizeBytes: row.size_bytes,
    durationSeconds: row.duration_seconds,
    bitrateKbps: row.bitrate_kbps,
    sampleRateHz: row.sample_rate_hz,
    channels: row.channels,
    origin: row.origin,
    sourceUrl: row.source_url,
    state: row.state,
    createdAt: row.created_at,
    verifiedAt: row.verified_at,
    retiredAt: row.retired_at,
    retireReason: row.retire_reason,
  };
}

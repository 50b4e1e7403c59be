import { sql } from 'kysely';
import { textKey } from '../debates/index.ts';
import type { Db, Trx } from '../platform/database/index.ts';
import type { DerivedSpeech } from './derive.ts';
import { jsonOf } from './json-of.ts';
import type { NamedPerson } from './named-person.ts';
import type { SpeechTables } from './tables.ts';

/** What the register said when a debate was derived. */
export interface DerivedFrom {
  builtFrom: string;
  factsSha256: string;
  sortsAt: Date;
  durationSeconds: number | null;
  /** Of the file whose beginning was listened to; null: none was. */
  openingSha256: string | null;
}

export interface DueDebate {
  id: string;
  /** False: only what the register says has changed, and nothing needs to be fetched. */
  check: boolean;
}

/** Rows sent in one statement: some 200 kB of JSON, which the embedded engine takes in a few milliseconds. */
const ROWS_A_STATEMENT = 500;

export function createDerivedStore(db: Db) {
  const tables = db.withTables<SpeechTables>();

  return {
    /** Recordings of `source` whose documents are to be looked at, or that must be derived again; newest first. */
    due: async (source: string, now: Date, limit: number): Promise<DueDebate[]> => {
      const rows = await tables
        .selectFrom('listed_debates as d')
        .leftJoin('speech_debates as s', 's.debate_id', 'd.id')
        .leftJoin('opening_levels as o', 'o.debate_id', 'd.id')
        .select(['d.id', sql<boolean>`s.debate_id is null or coalesce(s.next_check_at <= ${now}, false)`.as('check')])
        .where('d.source', '=', source)
        .where('d.source_ref', 'is not', null)
        .where('d.sitting_state', 'in', ['live', 'ended'])
        .where((eb) =>
          eb.or([
            eb('s.debate_id', 'is', null),
            eb('s.next_check_at', '<=', now),
            eb('s.facts_sha256', '<>', eb.ref('d.facts_sha256')),
            eb('s.sorts_at', '<>', eb.ref('d.sorts_at')),
            sql<boolean>`s.duration_seconds is distinct from d.duration_seconds`,
            sql<boolean>`s.opening_sha256 is distinct from o.audio_sha256`,
          ]),
        )
        .orderBy('d.sorts_at', 'desc')
        .limit(limit)
        .execute();
      return rows;
    },

    /** What the register says that derivations depend on, and is no part of a debate's public face. */
    registered: (debateId: string) =>
      tables
        .selectFrom('listed_debates as d')
        .leftJoin('speech_debates as s', 's.debate_id', 'd.id')
        .select(['d.facts_sha256', 'd.sorts_at', 'd.duration_seconds', 's.built_from', 's.next_check_at'])
        .where('d.id', '=', debateId)
        .executeTakeFirst(),

    /** A look that found nothing new. */
    saveCheck: async (
      debateId: string,
      from: DerivedFrom,
      checkedAt: Date,
      nextCheckAt: Date | null,
    ): Promise<void> => {
      await tables
        .updateTable('speech_debates')
        .set({
          checked_at: checkedAt,
          next_check_at: nextCheckAt,
          facts_sha256: from.factsSha256,
          duration_seconds: from.durationSeconds,
          opening_sha256: from.openingSha256,
        })
        .where('debate_id', '=', debateId)
        .execute();
    },

    /** Puts what was derived in the place of what was derived before. */
    replace: async (
      trx: Trx,
      debateId: string,
      derived: DerivedSpeech,
      from: DerivedFrom,
      checked: { checkedAt: Date; nextCheckAt: Date | null },
      groups: ReadonlyMap<string, string>,
    ): Promise<void> => {
      const own = trx.withTables<SpeechTables>();
      const row = {
        built_from: from.builtFrom,
        facts_sha256: from.factsSha256,
        sorts_at: from.sortsAt,
        duration_seconds: from.durationSeconds,
        opening_sha256: from.openingSha256,
        chapters: JSON.stringify(derived.chapters),
        suspensions: JSON.stringify(derived.suspensions),
        total_speaking_ms: derived.speakingTime.totalMs,
        timed_share: derived.speakingTime.timedShare,
        word_source: derived.wordSource,
        checked_at: checked.checkedAt,
        next_check_at: checked.nextCheckAt,
      };
      await own
        .insertInto('speech_debates')
        .values({ debate_id: debateId, ...row })
        .onConflict((conflict) => conflict.column('debate_id').doUpdateSet({ ...row, updated_at: sql<Date>`now()` }))
        .execute();
      for (const table of ['cues', 'speeches', 'speaking_times'] as const) {
        await own.deleteFrom(table).where('debate_id', '=', debateId).execute();
      }
      await addPeople(trx, derived.people);
      await addSubjects(trx, derived.subjects, from.sortsAt);
      await insertRows(trx, 'cues', debateId, from.sortsAt, cueRows(derived, groups));
      await insertRows(trx, 'speeches', debateId, from.sortsAt, speechRows(derived, groups));
      await insertRows(trx, 'speaking_times', debateId, null, timeRows(derived));
    },
  };
}

function cueRows(derived: DerivedSpeech, groups: ReadonlyMap<string, string>): object[] {
  return derived.cues.map(({ speaker, ...cue }, position) => ({
    position,
    starts_at_ms: cue.startsAtMs,
    ends_at_ms: cue.endsAtMs,
    kind: cue.kind,
    source: cue.source,
    speaker_name: speaker?.name ?? null,
    speaker_role: speaker?.role ?? null,
    person_id: speaker?.personId ?? null,
    is_chair: speaker?.chair ?? false,
    group_id: groups.get(speaker?.personId ?? '') ?? null,
    text: cue.text,
  }));
}

function speechRows(derived: DerivedSpeech, groups: ReadonlyMap<string, string>): object[] {
  return derived.speeches.map(({ cues, ...speech }, position) => ({
    position,
    speaker_id: speech.speakerId,
    speaker_name: speech.name,
    speaker_role: speech.role,
    group_id: groups.get(speech.speakerId ?? '') ?? null,
    starts_at_ms: speech.startsAtMs,
    ends_at_ms: speech.endsAtMs,
    speaking_ms: speech.speakingMs,
    first_cue: cues?.first ?? null,
    last_cue: cues?.last ?? null,
    chapter_label: speech.chapterLabel,
    beginning: speech.beginning,
    source: speech.source,
  }));
}

function timeRows(derived: DerivedSpeech): object[] {
  return derived.speakingTime.people.map((person, position) => ({
    position,
    speaker_id: person.personId,
    speaker_name: person.name,
    group_id: person.groupId,
    speaking_ms: person.speakingMs,
    interrupting_ms: person.interruptingMs,
    chairing_ms: person.chairingMs,
    turns: person.turns,
  }));
}

/** Rows as one JSON parameter, by the columns of the table itself: thousands of parameters cost more than the rows. */
async function insertRows(
  trx: Trx,
  table: 'cues' | 'speeches' | 'speaking_times',
  debateId: string,
  sortsAt: Date | null,
  rows: readonly object[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = sql.join(Object.keys(first).map((column) => sql.ref(column)));
  const debate = sortsAt === null ? sql`debate_id` : sql`debate_id, sorts_at`;
  const values = sortsAt === null ? sql`${debateId}::text` : sql`${debateId}::text, ${sortsAt}::timestamptz`;
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    const json = jsonOf(rows.slice(at, at + ROWS_A_STATEMENT));
    await sql`insert into ${sql.table(table)} (${debate}, ${columns})
      select ${values}, ${columns} from jsonb_populate_recordset(null::${sql.table(table)}, ${json}::jsonb)`.execute(
      trx,
    );
  }
}

/** People whom only debates name. Whom the directory knows, it knows better. */
async function addPeople(trx: Trx, people: readonly NamedPerson[]): Promise<void> {
  if (people.length === 0) return;
  const rows = people.map(({ id, civility, name, role }) => ({
    id,
    civility,
    first_name: '',
    last_name: name,
    sort_key: textKey(name),
    name_key: textKey(name),
    role,
    died_on: null,
    in_directory: false,
    sha256: '',
  }));
  await trx
    .withTables<SpeechTables>()
    .insertInto('people')
    .values(rows)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

async function addSubjects(trx: Trx, labels: readonly string[], saidAt: Date): Promise<void> {
  const byKey = new Map(labels.map((label) => [textKey(label), label]));
  byKey.delete('');
  if (byKey.size === 0) return;
  await trx
    .withTables<SpeechTables>()
    .insertInto('subjects')
    .values([...byKey].map(([key, label]) => ({ key, label, last_at: saidAt })))
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({ last_at: saidAt }).where('subjects.last_at', '<', saidAt),
    )
    .execute();
}

import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { HIT_START, HIT_STOP, parseSearchText, searchQueryOf } from '../debates/index.ts';
import type { Db } from '../platform/database/index.ts';
import type { Cue } from './cue.ts';
import type { SpeechTables } from './tables.ts';

/** A cue with its place in the debate, and the group of who speaks. */
export interface PublishedCue extends Cue {
  position: number;
  groupId: string | null;
  /** With what was asked for between `HIT_START` and `HIT_STOP`; null when nothing was asked for. */
  marked: string | null;
}

/** A sitting of a whole night has some 6,000 sentences; a transcript is never cut short of that. */
const MAX_CUES = 20_000;

/** What is published of one debate. */
export function createPublishedStore(db: Db) {
  const tables = db.withTables<SpeechTables>();

  return {
    /** Chapters, suspensions and sums; undefined while nothing was derived. */
    summary: (debateId: string) =>
      tables
        .selectFrom('speech_debates')
        .select(['chapters', 'suspensions', 'total_speaking_ms', 'timed_share', 'word_source'])
        .where('debate_id', '=', debateId)
        .executeTakeFirst(),

    /** In order; with `q`, only the sentences that hold it, marked. */
    cues: async (debateId: string, q: string | null): Promise<PublishedCue[]> => {
      const asked = q === null ? null : searchQueryOf(parseSearchText(q));
      const where: RawBuilder<SqlBool> = asked === null ? sql`true` : sql`words @@ ${asked}`;
      const options = `StartSel="${HIT_START}", StopSel="${HIT_STOP}", HighlightAll=true`;
      const marked: RawBuilder<string | null> =
        asked === null ? sql`null` : sql`ts_headline('robian_fr', text, ${asked}, ${options})`;
      const rows = await tables
        .selectFrom('cues')
        .selectAll()
        .select(marked.as('marked'))
        .where('debate_id', '=', debateId)
        .where(where)
        .orderBy('position')
        .limit(MAX_CUES)
        .execute();
      return rows.map((row) => ({
        position: row.position,
        startsAtMs: row.starts_at_ms,
        endsAtMs: row.ends_at_ms,
        kind: row.kind,
        speaker:
          row.speaker_name === null
            ? null
            : { name: row.speaker_name, role: row.speaker_role, personId: row.person_id, chair: row.is_chair },
        text: row.text,
        source: row.source,
        groupId: row.group_id,
        marked: row.marked,
      }));
    },

    /** Longest first. */
    speakingTimes: (debateId: string) =>
      tables.selectFrom('speaking_times').selectAll().where('debate_id', '=', debateId).orderBy('position').execute(),
  };
}

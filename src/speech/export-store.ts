import { sql } from 'kysely';
import type { Db } from '../platform/database/index.ts';
import type { SpeechTables } from './tables.ts';

interface ChangedDebate {
  id: string;
  meetingId: string | null;
  day: string;
  updatedAt: Date;
}

export interface ExportedSpeech {
  position: number;
  speakerId: string | null;
  speakerName: string;
  speakerRole: string | null;
  groupId: string | null;
  startsAtMs: number | null;
  endsAtMs: number | null;
  speakingMs: number | null;
  chapterLabel: string | null;
  source: 'record' | 'chapters';
  /** Without what others threw in; null for one that only a chapter tells of. */
  text: string | null;
}

/** Debates named at a time. */
const DEBATES_AT_ONCE = 200;

export function createExportStore(db: Db) {
  const tables = db.withTables<SpeechTables>();

  return {
    /** Debates whose words have changed since then, in the order of their change. */
    async *changedDebates(since: Date): AsyncGenerator<ChangedDebate> {
      let from = { updatedAt: since, id: '' };
      for (;;) {
        const { rows } = await sql<ChangedDebate>`
          select s.debate_id as id, d.meeting_id as "meetingId", d.day, s.updated_at as "updatedAt"
          from speech_debates s join listed_debates d on d.id = s.debate_id
          where (s.updated_at, s.debate_id) > (${from.updatedAt}::timestamptz, ${from.id}::text)
          order by s.updated_at, s.debate_id limit ${DEBATES_AT_ONCE}`.execute(tables);
        yield* rows;
        const last = rows.at(-1);
        if (last === undefined || rows.length < DEBATES_AT_ONCE) return;
        from = last;
      }
    },

    speechesOf: async (debateId: string): Promise<ExportedSpeech[]> => {
      const { rows } = await sql<ExportedSpeech>`
        select s.position, s.speaker_id as "speakerId", s.speaker_name as "speakerName", s.speaker_role as "speakerRole",
          s.group_id as "groupId", s.starts_at_ms as "startsAtMs", s.ends_at_ms as "endsAtMs",
          s.speaking_ms as "speakingMs", s.chapter_label as "chapterLabel", s.source,
          (select string_agg(c.text, ' ' order by c.position) from cues c
            where c.debate_id = s.debate_id and c.position between s.first_cue and s.last_cue
              and c.speaker_name = s.speaker_name and c.kind <> 'interruption') as text
        from speeches s where s.debate_id = ${debateId} order by s.position`.execute(tables);
      return rows;
    },
  };
}

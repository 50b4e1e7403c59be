import type { Generated, JSONColumnType } from 'kysely';
import type { ListedDebatesView } from '../debates/index.ts';
import type { Mandate, RecordKind } from '../portal/index.ts';
import type { Cue } from './cue.ts';
import type { DerivedSpeech } from './derive.ts';
import type { PlacedChapter } from './place-chapters.ts';
import type { Suspension } from './suspensions.ts';

/** The documents that come after a sitting: times of chapters, captions, the edited record. */
export type DocumentKind = 'player' | 'captions' | 'record';

/** The view `timed_speeches`: what other rooms may join with; who has the floor when, where that is known. */
export type TimedSpeechesView = {
  timed_speeches: {
    debate_id: string;
    position: number;
    speaker_id: string;
    speaker_name: string;
    starts_at_ms: number;
    ends_at_ms: number;
  };
};

export type SpeechTables = ListedDebatesView & {
  speech_documents: {
    debate_id: string;
    document: DocumentKind;
    url: string;
    fetched_at: Date;
    sha256: string;
    etag: string | null;
    last_modified: string | null;
    content: Buffer;
  };
  speech_debates: {
    debate_id: string;
    built_from: string;
    facts_sha256: string;
    sorts_at: Date;
    duration_seconds: number | null;
    chapters: JSONColumnType<PlacedChapter[]>;
    suspensions: JSONColumnType<Suspension[]>;
    total_speaking_ms: number;
    timed_share: number;
    word_source: DerivedSpeech['wordSource'];
    opening_sha256: string | null;
    next_check_at: Date | null;
    checked_at: Date;
    updated_at: Generated<Date>;
  };
  opening_levels: { debate_id: string; audio_sha256: string; levels_db: number[]; measured_at: Date };
  cues: {
    debate_id: string;
    position: number;
    starts_at_ms: number | null;
    ends_at_ms: number | null;
    kind: RecordKind;
    source: Cue['source'];
    speaker_name: string | null;
    speaker_role: string | null;
    person_id: string | null;
    is_chair: boolean;
    group_id: string | null;
    text: string;
    sorts_at: Date;
  };
  speeches: {
    debate_id: string;
    position: number;
    speaker_id: string | null;
    speaker_name: string;
    speaker_role: string | null;
    group_id: string | null;
    starts_at_ms: number | null;
    ends_at_ms: number | null;
    speaking_ms: number | null;
    first_cue: number | null;
    last_cue: number | null;
    chapter_label: string | null;
    beginning: string | null;
    source: 'record' | 'chapters';
    sorts_at: Date;
  };
  speaking_times: {
    debate_id: string;
    position: number;
    speaker_id: string | null;
    speaker_name: string;
    group_id: string | null;
    speaking_ms: number;
    interrupting_ms: number;
    chairing_ms: number;
    turns: number;
  };
  subjects: { key: string; label: string; last_at: Date };
  people: {
    id: string;
    civility: string | null;
    first_name: string;
    last_name: string;
    sort_key: string;
    name_key: string;
    role: string | null;
    died_on: string | null;
    in_directory: boolean;
    sha256: string;
    updated_at: Generated<Date>;
  };
  organs: {
    id: string;
    type: string;
    name: string;
    short_name: string | null;
    abbreviation: string | null;
    parent_id: string | null;
    legislature: number | null;
    starts_on: string | null;
    ends_on: string | null;
    color: string | null;
    sha256: string;
    updated_at: Generated<Date>;
  };
  mandates: {
    id: string;
    person_id: string;
    organ_type: string;
    organ_ids: string[];
    legislature: number | null;
    starts_on: string | null;
    ends_on: string | null;
    role: string | null;
    constituency: JSONColumnType<NonNullable<Mandate['constituency']>> | null;
    sha256: string;
    updated_at: Generated<Date>;
  };
};

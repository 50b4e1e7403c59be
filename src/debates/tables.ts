import type { ColumnType, Generated, JSONColumnType, Selectable } from 'kysely';
import type { DebateType, MediaCandidate, SourceChapter, SourceSpeaker } from '../sources/index.ts';
import type { Corrections, ObservedFacts } from './correctable-facts.ts';
import type { Debate, SittingStartOrigin } from './debate.ts';
import type { DebateStatus, SittingState } from './sitting-state.ts';

export type DebatesTables = {
  debates: {
    id: string;
    source: string;
    source_ref: string | null;
    meeting_id: string | null;
    title: string;
    title_key: string;
    description: string;
    type: DebateType;
    source_type: string | null;
    sitting_state: SittingState;
    run_state: Generated<'active' | 'failed' | null>;
    has_audio: Generated<boolean>;
    has_transcript: Generated<boolean>;
    status: ColumnType<DebateStatus, never, never>;
    /** `YYYY-MM-DD`. */
    day: string;
    starts_at: Date | null;
    sorts_at: Date;
    duration_seconds: Generated<number | null>;
    commission: string | null;
    commission_key: string | null;
    place: string | null;
    legislature: number | null;
    session: string | null;
    page_url: string | null;
    video_url: string | null;
    report_url: string | null;
    thumbnail_url: string | null;
    live_url: string | null;
    tags: string[];
    speakers: JSONColumnType<SourceSpeaker[]>;
    speaker_ids: string[];
    speaker_keys: string;
    chapters: JSONColumnType<SourceChapter[]>;
    media: JSONColumnType<MediaCandidate[]>;
    sitting_starts_at_ms: Generated<number | null>;
    sitting_start_origin: Generated<SittingStartOrigin | null>;
    is_certain: Generated<boolean>;
    view_count: Generated<number>;
    favorite_count: Generated<number>;
    search_text: string;
    facts_sha256: string;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
    withdrawn_at: Generated<Date | null>;
    corrections: ColumnType<Corrections, string | undefined, string>;
    observed: ColumnType<ObservedFacts | null, string | null | undefined, string | null>;
    is_withheld: Generated<boolean>;
  };
  debate_aliases: { alias: string; debate_id: string };
};

/** The view `listed_debates`: what other rooms may join with. Withdrawn debates are not in it. */
export type ListedDebatesView = {
  listed_debates: Pick<
    Selectable<DebatesTables['debates']>,
    | 'id'
    | 'source'
    | 'source_ref'
    | 'meeting_id'
    | 'title'
    | 'type'
    | 'sitting_state'
    | 'day'
    | 'starts_at'
    | 'sorts_at'
    | 'duration_seconds'
    | 'commission'
    | 'commission_key'
    | 'facts_sha256'
    | 'updated_at'
  >;
};

export type DebateRow = Selectable<DebatesTables['debates']>;

/** What `debateOf` reads: half of a row, the rest of which is there to be searched and compared. */
export const SHOWN_COLUMNS = [
  'id',
  'source',
  'source_ref',
  'meeting_id',
  'title',
  'description',
  'type',
  'source_type',
  'sitting_state',
  'status',
  'has_audio',
  'has_transcript',
  'day',
  'starts_at',
  'duration_seconds',
  'commission',
  'place',
  'legislature',
  'session',
  'page_url',
  'video_url',
  'report_url',
  'thumbnail_url',
  'live_url',
  'tags',
  'speakers',
  'chapters',
  'media',
  'sitting_starts_at_ms',
  'sitting_start_origin',
  'is_certain',
  'view_count',
  'favorite_count',
  'created_at',
  'updated_at',
  'withdrawn_at',
] as const satisfies readonly (keyof DebateRow)[];
export type ShownRow = Pick<DebateRow, (typeof SHOWN_COLUMNS)[number]>;

export function debateOf(row: ShownRow): Debate {
  return {
    id: row.id,
    source: row.source,
    sourceRef: row.source_ref,
    meetingId: row.meeting_id,
    title: row.title,
    description: row.description,
    type: row.type,
    sourceType: row.source_type,
    sittingState: row.sitting_state,
    status: row.status,
    hasAudio: row.has_audio,
    hasTranscript: row.has_transcript,
    day: row.day,
    startsAt: row.starts_at,
    durationSeconds: row.duration_seconds,
    commission: row.commission,
    place: row.place,
    legislature: row.legislature,
    session: row.session,
    pageUrl: row.page_url,
    videoUrl: row.video_url,
    reportUrl: row.report_url,
    thumbnailUrl: row.thumbnail_url,
    liveUrl: row.live_url,
    tags: row.tags,
    speakers: row.speakers,
    chapters: row.chapters,
    media: row.media,
    sittingStartsAtMs: row.sitting_starts_at_ms,
    sittingStartOrigin: row.sitting_start_origin,
    isCertain: row.is_certain,
    viewCount: row.view_count,
    favoriteCount: row.favorite_count,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    withdrawnAt: row.withdrawn_at,
  };
}

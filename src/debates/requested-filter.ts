import type { DebateFilter } from './list-query.ts';
import type { ListQueryParameters } from './schemas.ts';

/** The filters of a list or a search, as a client names them. */
export function filterOf(query: Omit<ListQueryParameters, 'sort_by' | 'q'>): DebateFilter {
  return {
    type: query.type,
    status: query.status,
    commission: query.commission,
    speaker: query.speaker,
    // The database has no character 0, so no tag holds it.
    tag: query.tag?.map((tag) => tag.replaceAll('\u0000', '\u{fffd}')),
    legislature: query.legislature,
    dateStart: query.date_start,
    dateEnd: query.date_end,
    hasAudio: query.has_audio,
    hasTranscript: query.has_transcript,
    updatedSince: query.updated_since === undefined ? undefined : new Date(query.updated_since),
  };
}

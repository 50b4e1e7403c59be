import type { SourceSpeaker } from '../../sources/index.ts';
import { type Facts, searchText } from '../facts.ts';
import type { DebateRow } from '../tables.ts';

/** What a file may add to a debate that is already there: columns that say nothing yet. */
const FILLABLE = [
  'description',
  'commission',
  'place',
  'legislature',
  'session',
  'report_url',
  'thumbnail_url',
  'video_url',
  'page_url',
  'meeting_id',
  'tags',
  'speakers',
] as const;

/** Columns that follow from those. */
const WITH: Partial<Record<(typeof FILLABLE)[number], readonly (keyof Facts)[]>> = {
  commission: ['commission_key'],
  speakers: ['speaker_ids', 'speaker_keys'],
};

/**
 * What changes in a debate when a file says `facts` of it. The register knows better, having asked the source itself: only what is
 * empty there is taken, and of two counts of views the greater. Null: nothing.
 */
export function mergeImported(row: DebateRow, facts: Facts, viewCount: number): Partial<Facts> | null {
  const change: Partial<Record<keyof Facts, unknown>> = {};
  for (const column of FILLABLE) {
    // What an administrator emptied stays empty.
    if (column in row.corrections || !isEmpty(row[column]) || isEmpty(facts[column])) continue;
    for (const one of [column, ...(WITH[column] ?? [])]) change[one] = facts[one];
  }
  if (Object.keys(change).length > 0) change.search_text = searchedIn(row, change as Partial<Facts>);
  if (viewCount > row.view_count) change.view_count = viewCount;
  return Object.keys(change).length === 0 ? null : (change as Partial<Facts>);
}

/** `'[]'` is how an empty list of people is written. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === '[]') return true;
  return Array.isArray(value) && value.length === 0;
}

/** What is searched follows what is shown. */
function searchedIn(row: DebateRow, filled: Partial<Facts>): string {
  const description = filled.description ?? row.description;
  const commission = filled.commission ?? row.commission;
  // As facts are written to the database.
  const speakers =
    typeof filled.speakers === 'string' ? (JSON.parse(filled.speakers) as SourceSpeaker[]) : row.speakers;
  return searchText({ title: row.title, description, commission }, filled.tags ?? row.tags, speakers);
}

import type { Facts } from '../facts.ts';
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
    if (!isEmpty(row[column]) || isEmpty(facts[column])) continue;
    for (const one of [column, ...(WITH[column] ?? [])]) change[one] = facts[one];
  }
  // What is searched follows what is shown; of both, so that no word of the source's is lost.
  if (Object.keys(change).length > 0) change.search_text = joined(row.search_text, facts.search_text);
  if (viewCount > row.view_count) change.view_count = viewCount;
  return Object.keys(change).length === 0 ? null : (change as Partial<Facts>);
}

/** `'[]'` is how an empty list of people is written. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === '[]') return true;
  return Array.isArray(value) && value.length === 0;
}

function joined(one: string, other: string): string {
  return [...new Set([...one.split(' '), ...other.split(' ')])].join(' ');
}

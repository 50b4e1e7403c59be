import { parisDay } from '../platform/clock/index.ts';
import type { SourceSpeaker } from '../sources/index.ts';
import type { Corrections, ObservedFacts } from './correctable-facts.ts';
import { type Facts, searchText } from './facts.ts';
import { textKey } from './text-key.ts';

type Told = Pick<Facts, Exclude<keyof ObservedFacts, 'tags'>> & { tags: string[] };
type Columns = Pick<Facts, keyof ObservedFacts | 'title_key' | 'commission_key' | 'search_text'>;

export function observedOf(told: Told): ObservedFacts {
  return {
    title: told.title,
    description: told.description,
    type: told.type,
    starts_at: told.starts_at?.toISOString() ?? null,
    commission: told.commission ?? null,
    place: told.place ?? null,
    legislature: told.legislature ?? null,
    session: told.session ?? null,
    tags: told.tags,
    thumbnail_url: told.thumbnail_url ?? null,
    report_url: told.report_url ?? null,
    day: told.day,
    sorts_at: told.sorts_at.toISOString(),
  };
}

/** The words of the source with the corrections over them, and all that follows from them in other columns. */
export function correctedColumns(
  observed: ObservedFacts,
  corrections: Corrections,
  speakers: readonly Pick<SourceSpeaker, 'name'>[],
): Columns {
  const told = { ...observed, ...corrections };
  const startsAt = told.starts_at === null ? null : new Date(told.starts_at);
  return {
    ...told,
    starts_at: startsAt,
    day: startsAt === null ? observed.day : parisDay(startsAt),
    sorts_at: startsAt ?? new Date(observed.sorts_at),
    title_key: textKey(told.title),
    commission_key: told.commission === null ? null : textKey(told.commission),
    search_text: searchText(told, told.tags, speakers),
  };
}

/**
 * Facts as they are to be written over a debate that an administrator corrected. Their hash stays that of what the source says,
 * by which it is known whether the source says something new.
 */
export function correctedFacts(facts: Facts, corrections: Corrections): Facts {
  if (Object.keys(corrections).length === 0) return facts;
  const observed = observedOf(facts);
  const speakers = JSON.parse(facts.speakers) as SourceSpeaker[];
  return { ...facts, ...correctedColumns(observed, corrections, speakers), observed: JSON.stringify(observed) };
}

import { createHash } from 'node:crypto';
import type { Insertable } from 'kysely';
import { fromParis, parisDay } from '../platform/clock/index.ts';
import type { Announcement, SourceChapter, SourceDebate, SourceSpeaker } from '../sources/index.ts';
import type { DebatesTables } from './tables.ts';
import { textKey } from './text-key.ts';

/** The columns that an observation decides; the rest belongs to other rooms or to time. */
export type Facts = Omit<Insertable<DebatesTables['debates']>, 'id' | 'sitting_state'>;

/** A programme names no more than this of one subject; a title is one line on a phone. */
const TITLE_MAX = 500;

/** `source_type` of what only the agenda tells of, whose codes are no video types. */
export const AGENDA = 'agenda';

/** What a recording, running or ended, says of a debate. */
export function factsOfRecording(observed: SourceDebate): Facts {
  const startsAt = new Date(observed.startsAt);
  const speakers = speakersOf(observed);
  return withHash({
    source: observed.ref.source,
    source_ref: observed.ref.id,
    meeting_id: observed.meetingId,
    ...describe(observed),
    source_type: observed.sourceType,
    is_certain: true,
    day: parisDay(startsAt),
    starts_at: startsAt,
    sorts_at: startsAt,
    legislature: observed.legislature,
    session: observed.session,
    page_url: observed.ref.url,
    video_url: observed.media.find((candidate) => candidate.kind === 'mp4')?.url ?? null,
    report_url: observed.reportUrl,
    live_url: observed.liveUrl,
    tags: observed.tags,
    speakers: JSON.stringify(speakers),
    speaker_ids: speakers.flatMap((speaker) => speaker.personId ?? []),
    speaker_keys: speakers.map((speaker) => textKey(speaker.name)).join('\n'),
    chapters: JSON.stringify(observed.chapters),
    media: JSON.stringify(observed.media),
    search_text: searchText(observed, observed.tags, speakers),
  });
}

/** What the programme says of a sitting that has no recording yet. */
export function factsOfAnnouncement(announced: Announcement, source: string, meetingId: string): Facts {
  const startsAt = announced.startsAt === null ? null : new Date(announced.startsAt);
  const day = parisDay(startsAt ?? announced.provenance.fetchedAt);
  return withHash({
    source,
    source_ref: null,
    meeting_id: meetingId,
    ...describe(announced),
    source_type: announced.origin === 'agenda' ? AGENDA : null,
    is_certain: announced.isCertain,
    day,
    starts_at: startsAt,
    sorts_at: startsAt ?? fromParis({ day, hour: 0 }) ?? announced.provenance.fetchedAt,
    legislature: null,
    session: null,
    // The programme is one document for all; there is no page of this sitting yet.
    page_url: null,
    video_url: null,
    report_url: null,
    live_url: null,
    tags: [],
    speakers: '[]',
    speaker_ids: [],
    speaker_keys: '',
    chapters: '[]',
    media: '[]',
    search_text: searchText(announced, [], []),
  });
}

/** Those whom chapters name; a source's directory also holds people who were only expected, so it counts when no chapter names anyone. */
function speakersOf(observed: SourceDebate): SourceSpeaker[] {
  const named = new Set<string>();
  const visit = (chapters: readonly SourceChapter[]): void => {
    for (const chapter of chapters) {
      for (const id of chapter.speakerIds) named.add(id);
      visit(chapter.children);
    }
  };
  visit(observed.chapters);
  const speaking = observed.speakers.filter((speaker) => named.has(speaker.id));
  return speaking.length > 0 ? speaking : observed.speakers;
}

type Described = Pick<SourceDebate, 'title' | 'description' | 'type' | 'commission' | 'place' | 'thumbnailUrl'>;

function describe(
  observed: Described,
): Pick<
  Facts,
  'title' | 'title_key' | 'description' | 'type' | 'commission' | 'commission_key' | 'place' | 'thumbnail_url'
> {
  return {
    title: observed.title.slice(0, TITLE_MAX),
    title_key: textKey(observed.title),
    description: observed.description,
    type: observed.type,
    commission: observed.commission,
    commission_key: observed.commission === null ? null : textKey(observed.commission),
    place: observed.place,
    thumbnail_url: observed.thumbnailUrl,
  };
}

/**
 * What search looks in: title, commission, speakers, tags, description, a line each; a space before and after, so that whole
 * words can be told from parts, and `|` between what does not follow from each other.
 */
export function searchText(observed: Described, tags: readonly string[], speakers: SourceDebate['speakers']): string {
  const fields = [[observed.title], [observed.commission ?? ''], speakers.map(({ name }) => name), tags];
  return [...fields, observed.description.split('\n')]
    .map((parts) => ` ${parts.map(textKey).filter(Boolean).join(' | ')} `)
    .join('\n');
}

function withHash(facts: Omit<Facts, 'facts_sha256'>): Facts {
  return { ...facts, facts_sha256: createHash('sha256').update(JSON.stringify(facts)).digest('hex') };
}

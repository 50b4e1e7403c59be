import type { Static } from 'typebox';
import { type Debate, markedHtml } from '../debates/index.ts';
import type { PlacedChapter } from './place-chapters.ts';
import type { PublishedCue } from './published-store.ts';
import type { HitDebate, Moment, Transcript } from './schemas.ts';
import type { Hit } from './search-store.ts';
import type { Suspension } from './suspensions.ts';
import type { ChapterWords } from './texts.ts';

export interface ChapterBody extends Omit<PresentedChapter, 'children'> {
  children: ChapterBody[];
}
interface PresentedChapter {
  id: string;
  label: string;
  typed_label: string;
  kind: PlacedChapter['kind'] | 'suspension';
  starts_at_ms: number | null;
  ends_at_ms: number | null;
  is_skippable: boolean;
  speakers: { id: string | null; name: string; role: string | null }[];
  children: unknown[];
}

/** The tree, with suspensions among its uppermost chapters where they fall. */
export function presentChapters(
  chapters: readonly PlacedChapter[],
  suspensions: readonly Suspension[],
  speakers: Debate['speakers'],
  words: ChapterWords,
): ChapterBody[] {
  const byId = new Map(speakers.map((speaker) => [speaker.id, speaker]));
  const present = (chapter: PlacedChapter): ChapterBody => ({
    id: chapter.id,
    label: chapter.label,
    typed_label: chapter.typedLabel,
    kind: chapter.kind,
    starts_at_ms: chapter.startsAtMs,
    ends_at_ms: chapter.endsAtMs,
    is_skippable: false,
    speakers: chapter.speakerIds
      .flatMap((id) => byId.get(id) ?? [])
      .map(({ personId, name, role }) => ({ id: personId, name, role })),
    children: chapter.children.map(present),
  });
  const presented = chapters.map(present);
  for (const [index, { startsAtMs, endsAtMs }] of suspensions.entries()) {
    const before = presented.findLastIndex(({ starts_at_ms }) => starts_at_ms !== null && starts_at_ms <= startsAtMs);
    presented.splice(before + 1, 0, {
      id: `suspension-${index + 1}`,
      label: words.suspension,
      typed_label: words.suspension,
      kind: 'suspension',
      starts_at_ms: startsAtMs,
      ends_at_ms: endsAtMs,
      is_skippable: true,
      speakers: [],
      children: [],
    });
  }
  return presented;
}

export function presentCue(cue: PublishedCue): Static<typeof Transcript>['cues'][number] {
  const { speaker, groupId, marked } = cue;
  return {
    position: cue.position,
    starts_at_ms: cue.startsAtMs,
    ends_at_ms: cue.endsAtMs,
    kind: cue.kind,
    speaker:
      speaker === null
        ? null
        : {
            id: speaker.personId,
            name: speaker.name,
            role: speaker.role,
            group_id: groupId,
            is_chair: speaker.chair,
          },
    text: cue.text,
    ...(marked === null ? {} : { snippet_html: markedHtml(marked) }),
    source: cue.source,
  };
}

export function presentMoment(hit: Hit, publicUrl: string): Static<typeof Moment> {
  return {
    position: hit.position,
    starts_at_ms: hit.startsAtMs,
    ends_at_ms: hit.endsAtMs,
    speaker:
      hit.speakerName === null
        ? null
        : {
            id: hit.personId,
            name: hit.speakerName,
            role: hit.speakerRole,
            group_id: hit.groupId,
            is_chair: hit.isChair,
          },
    kind: hit.kind,
    source: hit.source === 'record' ? 'record' : 'captions',
    text: hit.text,
    snippet_html: markedHtml(hit.marked),
    before: hit.before,
    after: hit.after,
    listen_url: listenUrl(publicUrl, hit.debateId, hit.startsAtMs),
  };
}

export function presentHitDebate(hit: Hit): Static<typeof HitDebate> {
  return {
    id: hit.debateId,
    title: hit.debateTitle,
    date: hit.debateDay,
    type: hit.debateType,
    commission: hit.commission,
  };
}

/** The sound from that second on (https://www.w3.org/TR/media-frags/#naming-time); whole seconds, never late. */
export function listenUrl(publicUrl: string, debateId: string, startsAtMs: number | null): string | null {
  if (startsAtMs === null) return null;
  return `${publicUrl}/api/streaming/${encodeURIComponent(debateId)}/stream#t=${Math.floor(startsAtMs / 1000)}`;
}

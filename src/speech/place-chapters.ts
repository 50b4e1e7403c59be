import type { Synchro } from '../portal/index.ts';
import type { SourceChapter } from '../sources/index.ts';
import { type ChapterKind, chapterKind } from './chapter-kinds.ts';

/** A chapter on the clock of the recording. */
export interface PlacedChapter {
  id: string;
  label: string;
  /** As the operator typed it. */
  typedLabel: string;
  kind: ChapterKind;
  speakerIds: string[];
  /** Null when the portal published no usable time: the chapter is kept, its place in the tree tells the order. */
  startsAtMs: number | null;
  /** Inferred; null while unknown (untimed, or the last one of a recording of unknown length). */
  endsAtMs: number | null;
  children: PlacedChapter[];
}

/**
 * Joins the tree of chapters with the times published apart (`finalplayer.nvs`, `liveplayer.nvs`).
 *
 * - Times whose id names no chapter are storyboard marks and are dropped; of two times for one chapter the earlier counts.
 * - A time outside the recording counts as none.
 * - A timed chapter starts no later than the earliest timed chapter inside it: operators key the parent late.
 * - A timed chapter ends where the first timed chapter starts, anywhere in the tree, that is later than every start
 *   within its own branch; else with the recording. So a chapter always contains what is inside it, and chapters that
 *   start at the same moment end at the same moment.
 */
export function placeChapters(
  chapters: readonly SourceChapter[],
  synchros: readonly Synchro[],
  durationMs: number | null,
): PlacedChapter[] {
  const times = new Map<string, number>();
  for (const { id, startsAtMs } of synchros) {
    const usable = startsAtMs >= 0 && (durationMs === null || startsAtMs < durationMs);
    if (usable) times.set(id, Math.min(startsAtMs, times.get(id) ?? startsAtMs));
  }
  const placed = chapters.map((chapter) => placeStart(chapter, times));
  const starts = [...new Set(placed.flatMap(startsWithin))].sort((a, b) => a - b);
  for (const chapter of placed) placeEnds(chapter, starts, durationMs);
  return placed;
}

function placeStart(chapter: SourceChapter, times: ReadonlyMap<string, number>): PlacedChapter {
  const children = chapter.children.map((child) => placeStart(child, times));
  const own = times.get(chapter.id);
  return {
    id: chapter.id,
    label: chapter.label,
    typedLabel: chapter.typedLabel,
    kind: chapterKind(chapter.kind, chapter.label),
    speakerIds: [...chapter.speakerIds],
    startsAtMs: own === undefined ? null : Math.min(own, ...children.flatMap(startsWithin)),
    endsAtMs: null,
    children,
  };
}

/** Sets the ends of a branch and gives the latest start within it. */
function placeEnds(chapter: PlacedChapter, starts: readonly number[], durationMs: number | null): number {
  let lastStart = chapter.startsAtMs ?? -1;
  for (const child of chapter.children) lastStart = Math.max(lastStart, placeEnds(child, starts, durationMs));
  if (chapter.startsAtMs !== null) chapter.endsAtMs = firstAfter(starts, lastStart) ?? durationMs;
  return lastStart;
}

function startsWithin(chapter: PlacedChapter): number[] {
  const own = chapter.startsAtMs === null ? [] : [chapter.startsAtMs];
  return [...own, ...chapter.children.flatMap(startsWithin)];
}

/** The first of ascending numbers that is greater. */
function firstAfter(ascending: readonly number[], limit: number): number | undefined {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) > limit) high = middle;
    else low = middle + 1;
  }
  return ascending[low];
}

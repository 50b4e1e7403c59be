import type { PlacedChapter } from './place-chapters.ts';
import type { Suspension } from './suspensions.ts';
import type { ChapterWords } from './texts.ts';

/** JSON chapters of the podcast namespace 1.2, https://github.com/Podcastindex-org/podcast-namespace/blob/main/chapters/jsonChapters.md */
export interface PodcastChapters {
  version: '1.2.0';
  title: string;
  chapters: PodcastChapter[];
}

interface PodcastChapter {
  /** Seconds, with milliseconds as decimals; strictly ascending. */
  startTime: number;
  title: string;
}

export interface PodcastChapterFacts {
  title: string;
  chapters: readonly PlacedChapter[];
  suspensions: readonly Suspension[];
  sittingStartsAtMs: number | null;
  words: ChapterWords;
}

/**
 * The tree of chapters as the flat list that podcast players know: of chapters that begin together the innermost is
 * named, after those it is in. The empty room and suspensions are chapters of their own, so that players can skip them;
 * after a suspension the chapter that it interrupted comes again, or the one keyed meanwhile.
 */
export function toPodcastChapters(facts: PodcastChapterFacts): PodcastChapters {
  const titles = new Map<number, string>();
  if (facts.sittingStartsAtMs !== null && facts.sittingStartsAtMs > 0) {
    titles.set(0, facts.words.beforeTheSitting);
    titles.set(facts.sittingStartsAtMs, facts.title);
  }
  for (const { startsAtMs, label } of withParents(facts.chapters, null)) titles.set(startsAtMs, label);
  for (const { startsAtMs, endsAtMs } of facts.suspensions) {
    const resumed = titleAt(titles, endsAtMs);
    if (resumed !== undefined) titles.set(endsAtMs, resumed);
    // Chapters keyed while nobody sits would end the skip at once; the last of them is where the sitting resumes.
    for (const time of titles.keys()) if (time > startsAtMs && time < endsAtMs) titles.delete(time);
    titles.set(startsAtMs, facts.words.suspension);
  }
  const chapters = [...titles].sort(([a], [b]) => a - b).map(([ms, title]) => ({ startTime: ms / 1000, title }));
  return { version: '1.2.0', title: facts.title, chapters };
}

/** Outermost first, so that of several at one time the innermost is written last. */
function withParents(
  chapters: readonly PlacedChapter[],
  above: { startsAtMs: number; label: string } | null,
): { startsAtMs: number; label: string }[] {
  return chapters.flatMap((chapter) => {
    const { startsAtMs } = chapter;
    if (startsAtMs === null) return withParents(chapter.children, above);
    const together = above !== null && above.startsAtMs === startsAtMs;
    const own = { startsAtMs, label: together ? `${above.label} – ${chapter.label}` : chapter.label };
    return [own, ...withParents(chapter.children, own)];
  });
}

function titleAt(titles: ReadonlyMap<number, string>, ms: number): string | undefined {
  let latest = -1;
  for (const time of titles.keys()) if (time <= ms && time > latest) latest = time;
  return titles.get(latest);
}

import type { Sources } from './registry.ts';
import type { MediaCandidate } from './source.ts';

/** What is read of a debate: one of the register is one. */
export interface Recorded {
  source: string;
  /** Null before anything of it was recorded. */
  sourceRef: string | null;
  sittingState: string;
  pageUrl: string | null;
  /** As the source told it last. */
  media: readonly MediaCandidate[];
}

/**
 * Where the sound of a debate can be had now, best first. What the register knows is enough once it knows the published sound;
 * before that the source may know better, and when it does not answer, what the register knows is still worth trying. Last comes
 * its page, for a program that reads any; what the source tells of the recording's length binds what that program finds, too.
 */
export async function candidatesOf(debate: Recorded, sources: Sources): Promise<MediaCandidate[]> {
  const { source, sourceRef: id } = debate;
  if (id === null || debate.sittingState !== 'ended') return [];
  const url = debate.pageUrl ?? '';
  const told = [...debate.media];
  // A source may have been taken away since: what it said of its debates stays true.
  const isAsked = sources.has(source) && !told.some(({ kind }) => kind === 'mp3');
  const known = isAsked
    ? await sources
        .get(source)
        .media({ source, id, url })
        .catch(() => told)
    : told;
  if (url === '' || known.some(({ kind }) => kind === 'page')) return known;
  const bounds = [...told, ...known].map(({ durationAtLeastSeconds }) => durationAtLeastSeconds ?? 0);
  return [...known, { kind: 'page', url, durationAtLeastSeconds: Math.max(0, ...bounds) || null }];
}

import type { Debate } from '../debates/index.ts';
import type { AudioFile, AudioFormat, AudioOrigin } from '../vault/index.ts';

/** What a listener asked for; absent: whatever is best. */
export interface Wanted {
  format?: AudioFormat | undefined;
  origin?: AudioOrigin | undefined;
}

export type Refusal = 'withdrawn' | 'not-recorded-yet' | 'not-extracted' | 'no-audio' | 'no-such-rendition';

export type StreamingDecision =
  | { kind: 'local'; file: AudioFile }
  /** From the source's own MP3, so that listening starts before the extraction is done. */
  | { kind: 'relay'; url: string }
  | { kind: 'refused'; reason: Refusal };

/**
 * Where the sound of a debate comes from now. `files` are its ready files, best first.
 * Only a published MP3 is relayed: other candidates need work before they can be heard.
 */
export function decideStreaming(
  debate: Pick<Debate, 'sittingState' | 'media'>,
  files: readonly AudioFile[],
  wanted: Wanted = {},
): StreamingDecision {
  if (debate.sittingState === 'withdrawn') return { kind: 'refused', reason: 'withdrawn' };
  const fits = (file: { format: AudioFormat; origin: AudioOrigin }): boolean =>
    (wanted.format ?? file.format) === file.format && (wanted.origin ?? file.origin) === file.origin;
  const file = files.find(fits);
  if (file) return { kind: 'local', file };
  const published = debate.media.find((candidate) => candidate.kind === 'mp3' && isHttp(candidate.url));
  if (published && fits({ format: 'mp3', origin: 'published' })) return { kind: 'relay', url: published.url };
  return { kind: 'refused', reason: refusalOf(debate, files.length > 0 || published !== undefined) };
}

function refusalOf(debate: Pick<Debate, 'sittingState' | 'media'>, heardOtherwise: boolean): Refusal {
  if (heardOtherwise) return 'no-such-rendition';
  if (debate.media.length > 0) return 'not-extracted';
  return debate.sittingState === 'ended' ? 'no-audio' : 'not-recorded-yet';
}

function isHttp(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}

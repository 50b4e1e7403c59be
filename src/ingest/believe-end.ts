import type { SourceDebate } from '../sources/index.ts';

/**
 * The portal says `vod` for moments in the middle of a sitting that is on the air; a public recorder of live sittings
 * believes the end after two minutes of it.
 */
const END_BELIEVED_AFTER_MS = 120_000;

export type EndDecision = { believe: true } | { believe: false; endSeenAt: Date };

/**
 * Whether an observed state is taken into the register now, or an end must first last. An end of what was never seen on
 * the air needs no time, unless its stream runs at that very moment.
 */
export function believeEnd(facts: {
  /** What the register says; null when it does not know the debate. */
  known: 'announced' | 'live' | 'ended' | 'withdrawn' | null;
  observed: SourceDebate['state'];
  /** The source names a running stream of it. */
  streaming: boolean;
  /** Since when the end was seen without a break. */
  endSeenAt: Date | null;
  now: Date;
}): EndDecision {
  const { known, observed, streaming, now } = facts;
  if (observed !== 'ended' || known === 'ended') return { believe: true };
  if (known !== 'live' && !streaming) return { believe: true };
  const endSeenAt = facts.endSeenAt ?? now;
  const lasted = now.getTime() - endSeenAt.getTime() >= END_BELIEVED_AFTER_MS;
  return lasted ? { believe: true } : { believe: false, endSeenAt };
}

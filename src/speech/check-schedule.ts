const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Chapters of a sitting on the air are keyed within a minute or so of being said. */
const LIVE_PAUSE_MS = MINUTE_MS;

/**
 * How long after the end of a sitting its documents are looked for, and how often. The player's file comes within hours,
 * the record (and with it the captions) within some days, and is corrected for some weeks: its versions in hand were made
 * up to fifteen days after the sitting.
 */
const STAGES: readonly { untilMs: number; pauseMs: number }[] = [
  { untilMs: 6 * HOUR_MS, pauseMs: 30 * MINUTE_MS },
  { untilMs: 2 * DAY_MS, pauseMs: 3 * HOUR_MS },
  { untilMs: 15 * DAY_MS, pauseMs: DAY_MS },
  { untilMs: 60 * DAY_MS, pauseMs: 7 * DAY_MS },
];
/** With every document in hand, corrections are still looked for this long. */
const COMPLETE_UNTIL_MS = 21 * DAY_MS;

/**
 * When the documents of a debate are to be looked at again after a look at `checkedAt`; null: never again.
 * An old debate that was never looked at gets its one look and is then left alone.
 */
export function nextCheckAt(facts: {
  live: boolean;
  /** End of the recording, as well as it is known. */
  endedAt: Date;
  checkedAt: Date;
  /** Chapters with times, captions and (for a sitting) the record are all there. */
  complete: boolean;
}): Date | null {
  const { live, endedAt, checkedAt, complete } = facts;
  if (live) return new Date(checkedAt.getTime() + LIVE_PAUSE_MS);
  const ageMs = checkedAt.getTime() - endedAt.getTime();
  if (complete && ageMs >= COMPLETE_UNTIL_MS) return null;
  const stage = STAGES.find(({ untilMs }) => ageMs < untilMs);
  return stage === undefined ? null : new Date(checkedAt.getTime() + stage.pauseMs);
}

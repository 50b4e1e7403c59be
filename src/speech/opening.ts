/** How loud the beginning of a recording is: one level a second from its start, in dB below full scale. */
export interface Opening {
  /** Of the file that was listened to. */
  audioSha256: string;
  levelsDb: readonly number[];
}

/** The room is heard alone at least this long, in seconds; where it is not, the recording opens on its sitting. */
const ROOM_SECONDS = 30;
/** Somebody speaks louder than the room by at least this much, in dB: a microphone before a mouth, and one that is off or far. */
const LOUDER_DB = 10;
/** Below this nobody speaks, whatever else is louder: a line without a signal, in dB below full scale. */
const SPEECH_AT_LEAST_DB = -50;
/** Speech is as loud as the loudest tenth of the part: applause and the bell are rarer than that. */
const SPEECH_SHARE = 0.9;
/** From its start on a sitting is heard in this share of two minutes; a test of microphones, a cough, a door are not. */
const SITTING_SECONDS = 120;
const HEARD_SHARE = 0.6;
/** A start that is early costs two seconds of silence; one that is late, the first words. */
const LEAD_SECONDS = 2;

/**
 * Where a recording stops being an empty room, in milliseconds. The room murmurs, so what counts as silence is told by the
 * recording itself: what is nearer to its first half minute than to its loudest tenth. The start is the first second that is not
 * silent, from which on most seconds are not. Null: it does not open on an empty room, or nobody is heard in this part.
 */
export function openingEndsAtMs(levelsDb: readonly number[]): number | null {
  if (levelsDb.length < ROOM_SECONDS + SITTING_SECONDS) return null;
  const roomDb = quantile(levelsDb.slice(0, ROOM_SECONDS), 1 / 2);
  const speechDb = quantile(levelsDb, SPEECH_SHARE);
  if (speechDb < SPEECH_AT_LEAST_DB || speechDb - roomDb < LOUDER_DB) return null;
  const heard = levelsDb.map((level) => level > (roomDb + speechDb) / 2);
  const startSeconds = firstOfMostlyHeard(heard);
  return startSeconds === null || startSeconds < ROOM_SECONDS ? null : (startSeconds - LEAD_SECONDS) * 1000;
}

function firstOfMostlyHeard(heard: readonly boolean[]): number | null {
  const wanted = SITTING_SECONDS * HEARD_SHARE;
  let within = heard.slice(0, SITTING_SECONDS).filter(Boolean).length;
  for (let second = 0; second + SITTING_SECONDS <= heard.length; second += 1) {
    if (heard[second] && within >= wanted) return second;
    within += Number(heard[second + SITTING_SECONDS] ?? false) - Number(heard[second]);
  }
  return null;
}

/** The level below which the given share of all levels lies. */
function quantile(levelsDb: readonly number[], share: number): number {
  const sorted = levelsDb.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NEGATIVE_INFINITY;
}

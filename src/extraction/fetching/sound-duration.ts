import { extractionErrors } from '../errors.ts';

/** Sound and picture do not begin and end together; over a whole recording that leaves less than this. */
const TOLERANCE_SECONDS = 2;
/** EXTINF is rounded to milliseconds at worst: 0.1 % of segments of one second. */
const TOLERANCE_SHARE = 0.001;

/**
 * Compares the sound that is there with the sound that should be, within 2 s and 0.1 %: one segment missing from an hour shows.
 * @throws extraction/wrong-duration
 */
export function requireDuration(seconds: number, expectedSeconds: number): void {
  const tolerance = TOLERANCE_SECONDS + expectedSeconds * TOLERANCE_SHARE;
  if (Math.abs(seconds - expectedSeconds) <= tolerance) return;
  const params = { seconds: Math.round(seconds), expected: Math.round(expectedSeconds) };
  throw extractionErrors.error('wrong-duration', { params });
}

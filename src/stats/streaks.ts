import { addDays } from '../platform/clock/index.ts';

export interface Streaks {
  /** Days in a row up to today; yesterday will do, the day is not over. */
  currentDays: number;
  longestDays: number;
}

/** @param days `YYYY-MM-DD`, each once, oldest first */
export function streaksOf(days: readonly string[], today: string): Streaks {
  let longestDays = 0;
  let running = 0;
  let previous: string | null = null;
  for (const day of days) {
    running = previous !== null && addDays(previous, 1) === day ? running + 1 : 1;
    longestDays = Math.max(longestDays, running);
    previous = day;
  }
  const lasts = previous !== null && previous >= addDays(today, -1);
  return { currentDays: lasts ? running : 0, longestDays };
}

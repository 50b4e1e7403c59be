import { addDays, fromParis, parisDay } from '../platform/clock/index.ts';

export interface TimeOfDay {
  hour: number;
  minute: number;
}

/** Whether the daily backup is to be taken: its hour in Paris has come since the last one was. A server that slept catches up. */
export function isDue(at: TimeOfDay, lastFinishedAt: Date | null, now: Date): boolean {
  if (lastFinishedAt === null) return true;
  const today = parisDay(now);
  const moments = [addDays(today, -1), today].map((day) => fromParis({ day, ...at })?.getTime() ?? 0);
  const latestMs = Math.max(...moments.filter((ms) => ms <= now.getTime()));
  return lastFinishedAt.getTime() < latestMs;
}

import { momentOf } from './manifest.ts';

const DAY_MS = 24 * 3_600_000;
/** A backup that was begun this long ago and is not finished never will be. */
const UNFINISHED_MS = DAY_MS;

/** Which backups go: those older than `keepDays`, but never the newest one, and those that were never finished. */
export function decideGoing(
  known: { finished: readonly string[]; unfinished: readonly string[] },
  keepDays: number,
  now: Date,
): string[] {
  const ageMs = (name: string): number => now.getTime() - (momentOf(name)?.getTime() ?? now.getTime());
  const newest = known.finished.toSorted().at(-1);
  return [
    ...known.finished.filter((name) => name !== newest && ageMs(name) > keepDays * DAY_MS),
    ...known.unfinished.filter((name) => ageMs(name) > UNFINISHED_MS),
  ];
}

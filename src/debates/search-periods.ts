/** A span of this many months is asked for month by month, a longer one year by year. */
const MONTHS_MAX = 24;
/** A span of more years holds nearly everything: asking for each of them would say nothing. */
const YEARS_MAX = 60;

/** Months since the year 0, in UTC: the order of `sorts_at`. */
export function monthOf(time: Date): number {
  return time.getUTCFullYear() * 12 + time.getUTCMonth();
}

/** When a month of `monthOf` begins. */
export function startOfMonth(month: number): Date {
  return new Date(Date.UTC(Math.floor(month / 12), month % 12));
}

/** The marks of all months `from`..`to`, both included, any of which a debate of that time has; empty: no use in asking. */
export function periodMarks(from: number, to: number): string[] {
  if (to - from < MONTHS_MAX) {
    return range(from, to).map((month) => `m:${startOfMonth(month).toISOString().slice(0, 'YYYY-MM'.length)}`);
  }
  const [first, last] = [Math.floor(from / 12), Math.floor(to / 12)];
  return last - first < YEARS_MAX ? range(first, last).map((year) => `y:${String(year).padStart(4, '0')}`) : [];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

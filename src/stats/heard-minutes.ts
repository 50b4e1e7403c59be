/** Three days and nights: the longest position that devices may report. */
export const MINUTES = 4_320;
const MINUTE_MS = 60_000;

/** What a device said at one moment, in the words of the library. */
export interface HeardAt {
  positionMs: number;
  deviceId: string;
  heardAtMs: number;
}

/** Reports further apart than this say nothing of what was heard between them, in ms. */
const GAP_MAX_MS = 5 * MINUTE_MS;
/** Players go up to three times as fast. */
const SPEED_MAX = 3;
/** Two reports of one moment may be told some seconds late, in ms. */
const SLACK_MS = 5_000;

/**
 * Which minutes of a debate were heard, as far as its reports tell: the minute that each position ends in, and those between
 * two reports of one device that followed each other as playing does. Minutes are a set, so what is told twice counts once.
 * @param reports of one debate, in any order
 */
export function heardMinutes(reports: readonly HeardAt[]): Set<number> {
  const minutes = new Set<number>();
  const latest = new Map<string, HeardAt>();
  const inOrder = reports.toSorted(
    (one, other) => one.heardAtMs - other.heardAtMs || one.positionMs - other.positionMs,
  );
  for (const report of inOrder) {
    const before = latest.get(report.deviceId);
    latest.set(report.deviceId, report);
    const last = minuteOf(report.positionMs);
    if (last === null) continue;
    const first = before !== undefined && isPlaying(before, report) ? (minuteOf(before.positionMs) ?? 0) : last;
    for (let minute = first; minute <= last; minute += 1) minutes.add(minute);
  }
  return minutes;
}

/** The minute that ends there or is under way; the very beginning ends none. */
function minuteOf(positionMs: number): number | null {
  return positionMs <= 0 ? null : Math.min(MINUTES - 1, Math.floor((positionMs - 1) / MINUTE_MS));
}

function isPlaying(before: HeardAt, after: HeardAt): boolean {
  const elapsedMs = after.heardAtMs - before.heardAtMs;
  const movedMs = after.positionMs - before.positionMs;
  return elapsedMs <= GAP_MAX_MS && movedMs > 0 && movedMs <= SPEED_MAX * elapsedMs + SLACK_MS;
}

/** As PostgreSQL reads `bit(4320)`, in hexadecimal digits. */
export function bitsOf(minutes: ReadonlySet<number>): string {
  const bytes = Buffer.alloc(MINUTES / 8);
  for (const minute of minutes) bytes[minute >> 3] = (bytes[minute >> 3] ?? 0) | (0x80 >> (minute & 7));
  return `x${bytes.toString('hex')}`;
}

/** `[first, last]` of each run of heard minutes, both included, from 0. @param bits as PostgreSQL writes them */
export function rangesOf(bits: string): [number, number][] {
  return [...bits.matchAll(/1+/g)].map(({ 0: run, index }) => [index, index + run.length - 1]);
}

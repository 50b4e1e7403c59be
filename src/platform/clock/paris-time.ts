/** Days and hours as Paris reads them. Offsets come from Node's own time zone data, summer time included. */

const MONTHS = [
  'janvier',
  'fevrier',
  'mars',
  'avril',
  'mai',
  'juin',
  'juillet',
  'aout',
  'septembre',
  'octobre',
  'novembre',
  'decembre',
];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Paris is one or two hours ahead of UTC since 1976; the portal's oldest recordings are of this century. */
const SUMMER_OFFSET_MS = 2 * HOUR_MS;
const WINTER_OFFSET_MS = HOUR_MS;

const clockOfParis = new Intl.DateTimeFormat('en-US', {
  timeZone: 'Europe/Paris',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

export interface ParisTime {
  /** `YYYY-MM-DD`. */
  day: string;
  /** From 0; 24 and more run into the following days, as programmes write the small hours. */
  hour: number;
  minute?: number;
  second?: number;
}

/** ISO 8601 to the second with the offset of that moment: `2026-10-06T21:15:05+02:00`. */
export function toParisIso(instant: Date): string {
  const local = wallClockMs(instant);
  const offsetHours = (local - Math.floor(instant.getTime() / 1000) * 1000) / HOUR_MS;
  return `${new Date(local).toISOString().slice(0, 19)}+${String(offsetHours).padStart(2, '0')}:00`;
}

/** The calendar day in Paris at that moment, `YYYY-MM-DD`. */
export function parisDay(instant: Date): string {
  return new Date(wallClockMs(instant)).toISOString().slice(0, 10);
}

/**
 * The instant at which clocks in Paris show that time. An hour shown twice (October) is the first of the two;
 * one that is skipped (March) is read as if clocks had not moved yet. Null when there is no such day.
 */
export function fromParis(time: ParisTime): Date | null {
  if (!isDay(time.day)) return null;
  const wallMs =
    Date.parse(`${time.day}T00:00:00Z`) + time.hour * HOUR_MS + (time.minute ?? 0) * 60_000 + (time.second ?? 0) * 1000;
  const summer = new Date(wallMs - SUMMER_OFFSET_MS);
  return wallClockMs(summer) === wallMs ? summer : new Date(wallMs - WINTER_OFFSET_MS);
}

/** `20261006211505`, as media files are named: Paris time at the start of recording. */
export function fromParisStamp(stamp: string): Date | null {
  const parts = /^(\d{4})(\d{2})(\d{2})([01]\d|2[0-3])([0-5]\d)([0-5]\d)$/.exec(stamp);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second] = parts;
  return fromParis({
    day: `${year}-${month}-${day}`,
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  });
}

/** The first day written in French in a text (`Mercredi 13 juillet 2022`, `1er août 2026`), `YYYY-MM-DD`; null when none. */
export function findFrenchDay(text: string): string | null {
  const plain = text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
  const parts = /(?<!\d)(\d{1,2})(?:er)?\s+([a-z]{3,9})\.?\s+(\d{4})(?!\d)/.exec(plain);
  if (parts === null) return null;
  const [, day = '', month = '', year = ''] = parts;
  const monthNumber = MONTHS.indexOf(month) + 1;
  const written = `${year}-${String(monthNumber).padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDay(written) ? written : null;
}

/** True for a day of the calendar written `YYYY-MM-DD`: not the 30th of February. */
export function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const midnight = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(value);
}

/** The day `days` after (before, when negative). */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Days whose offset is known: more than the Assembly has published of. */
const KNOWN_DAYS_MAX = 20_000;
/** By day of UTC, in ms; null on the two days a year on which it changes. */
const offsetOfDay = new Map<number, number | null>();

/** What clocks in Paris show, as milliseconds of a UTC clock that would show the same. */
function wallClockMs(instant: Date): number {
  const wholeSecondMs = Math.floor(instant.getTime() / 1000) * 1000;
  const day = Math.floor(wholeSecondMs / DAY_MS);
  let offsetMs = offsetOfDay.get(day);
  if (offsetMs === undefined) {
    const [first, last] = [day * DAY_MS, (day + 1) * DAY_MS - 1000].map((ms) => formattedMs(ms) - ms);
    offsetMs = first !== undefined && first === last ? first : null;
    if (offsetOfDay.size >= KNOWN_DAYS_MAX) offsetOfDay.clear();
    offsetOfDay.set(day, offsetMs);
  }
  return offsetMs === null ? formattedMs(wholeSecondMs) : wholeSecondMs + offsetMs;
}

/** The same as the platform's calendar knows it, at about ten times the price. */
function formattedMs(instantMs: number): number {
  const parts = Object.fromEntries(
    clockOfParis.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

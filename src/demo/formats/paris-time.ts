/**
 * Times as the portal's documents write them, by the clocks of Paris. The replay keeps its own: were it to borrow the
 * product's, a mistake there would be made twice and seen by no test.
 */
const PARIS = 'Europe/Paris';
const MINUTE_MS = 60_000;

const parts = new Intl.DateTimeFormat('en-GB', {
  timeZone: PARIS,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'longOffset',
});
const longDay = new Intl.DateTimeFormat('fr-FR', {
  timeZone: PARIS,
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

export interface ParisTime {
  year: string;
  month: string;
  day: string;
  hour: string;
  minute: string;
  second: string;
  /** `CEST` in summer, else `CET`. */
  zone: 'CEST' | 'CET';
}

export function parisTime(timeMs: number): ParisTime {
  const {
    year = '',
    month = '',
    day = '',
    hour = '',
    minute = '',
    second = '',
    timeZoneName,
  } = Object.fromEntries(parts.formatToParts(timeMs).map(({ type, value }) => [type, value]));
  return { year, month, day, hour, minute, second, zone: timeZoneName === 'GMT+02:00' ? 'CEST' : 'CET' };
}

/** `YYYY-MM-DD`. */
export function parisDay(timeMs: number): string {
  const { year, month, day } = parisTime(timeMs);
  return `${year}-${month}-${day}`;
}

/** `20261006211505`, as media files are named. */
export function parisStamp(timeMs: number): string {
  const { year, month, day, hour, minute, second } = parisTime(timeMs);
  return `${year}${month}${day}${hour}${minute}${second}`;
}

/** `Mardi 6 octobre 2026`. */
export function frenchDay(timeMs: number): string {
  const text = longDay.format(timeMs);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The moment at which clocks in Paris show `hour:minute` of the day `YYYY-MM-DD`. */
export function parisMoment(day: string, hour: number, minute: number): number {
  const wanted = Date.parse(`${day}T00:00:00Z`) + (hour * 60 + minute) * MINUTE_MS;
  const summerMs = wanted - 120 * MINUTE_MS;
  return parisTime(summerMs).zone === 'CEST' ? summerMs : wanted - 60 * MINUTE_MS;
}

import { malformed } from './errors.ts';

export type Attributes = Readonly<Record<string, string>>;

/** No recording lasts two days. */
const MAX_TIME_SECONDS = 48 * 3600;

/** `6750.96` seconds → 6750960; null for anything that cannot be a time in a recording. */
export function millisecondsOf(seconds: string | undefined): number | null {
  const trimmed = seconds?.trim() ?? '';
  if (!/^\d{1,6}(?:\.\d+)?$/.test(trimmed)) return null;
  const value = Number(trimmed);
  return value <= MAX_TIME_SECONDS ? Math.round(value * 1000) : null;
}

export function integerOf(value: string | null | undefined): number | null {
  const trimmed = value?.trim() ?? '';
  return /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : null;
}

export function malformedRecord(reason: string, cause?: unknown): Error {
  return malformed('compte rendu', reason, cause);
}

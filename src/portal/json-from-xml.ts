/**
 * Reads the open data's JSON, which a machine made from XML: everything is a string (`"true"`, `"5"`), a repeated element
 * is an object when single and an array when many, an empty one is `null`, `{"@xsi:nil": "true"}` or absent,
 * and an element with attributes holds its text in `#text`.
 */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** The object, or an empty one for every form of nothing: `child(child(x, 'a'), 'b')` never fails. */
export function objectOf(value: unknown): JsonRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isNil(value)) return {};
  return value as JsonRecord;
}

/** The elements of a repeated element: none, one or many. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.filter((item) => item !== null && !isNil(item));
  return value === null || value === undefined || isNil(value) ? [] : [value];
}

/** Trimmed text with single spaces within its lines; null for every form of nothing. */
export function textOf(value: unknown): string | null {
  const raw = typeof value === 'object' && value !== null && '#text' in value ? value['#text'] : value;
  if (typeof raw === 'number') return String(raw);
  if (typeof raw !== 'string') return null;
  const text = raw
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim();
  return text === '' ? null : text;
}

export function textsOf(value: unknown): string[] {
  return listOf(value)
    .map(textOf)
    .filter((text) => text !== null);
}

/** `"true"` or `true`; null for anything else than the two truth values. */
export function booleanOf(value: unknown): boolean | null {
  const text = typeof value === 'boolean' ? String(value) : textOf(value);
  return text === 'true' ? true : text === 'false' ? false : null;
}

export function numberOf(value: unknown): number | null {
  const text = textOf(value);
  return text !== null && /^-?\d{1,9}$/.test(text) ? Number(text) : null;
}

/** `2024-11-26` out of `2024-11-26`, `2024-11-26+01:00` or `2024-11-26T15:00:00.000+01:00`. */
export function dayOf(value: unknown): string | null {
  return /^(\d{4}-\d\d-\d\d)(?:[T+Z-].*)?$/.exec(textOf(value) ?? '')?.[1] ?? null;
}

/** An instant as published, ISO 8601 with its offset; null when it is none. */
export function instantOf(value: unknown): string | null {
  const text = textOf(value) ?? '';
  return /^\d{4}-\d\d-\d\dT[\d:.]{5,12}(?:Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))
    ? text
    : null;
}

function isNil(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '@xsi:nil' in value && value['@xsi:nil'] === 'true';
}

import { oneLine, plainLines } from './clean-text.ts';
import { decodeDocument } from './decode-text.ts';
import { malformed } from './errors.ts';
import { findVideoId } from './video-id.ts';

const DOCUMENT = 'eventsearch';
/** A busy day has fifteen videos; a list this long is not a day. */
const MAX_ROWS = 2000;
/** Of a rejected entry, enough to recognise it in a report. */
const EXCERPT_CHARACTERS = 200;

export interface DaySearch {
  /** Each video once, in the portal's order. */
  rows: DaySearchRow[];
  rejected: { entry: string; reason: string }[];
}

interface DaySearchRow {
  videoId: string;
  title: string;
  /** Plain text, one subject a line. */
  description: string;
  /** Start of the recording; null when the row has no usable date. */
  startsAt: Date | null;
  /** False only when the row says so. */
  published: boolean;
  /** Raw: `S`, `C`, … */
  videoType: string | null;
  theme: string | null;
  commission: string | null;
  thumbnailUrl: string | null;
}

/**
 * Reads the answer of eventsearch.php: a JSON array behind a byte order mark. Rows that cannot be used are reported
 * in `rejected`, and spoil none of the others.
 * @throws AppError `portal/malformed` when it is no array, `portal/html-instead`
 */
export function parseDaySearch(bytes: Uint8Array): DaySearch {
  const entries = readArray(decodeDocument(bytes, DOCUMENT).text);
  const rows = new Map<string, DaySearchRow>();
  const rejected: DaySearch['rejected'] = [];
  for (const entry of entries) {
    const row = rowOf(entry);
    if (typeof row === 'string') {
      rejected.push({ entry: JSON.stringify(entry).slice(0, EXCERPT_CHARACTERS), reason: row });
    } else if (!rows.has(row.videoId)) {
      rows.set(row.videoId, row);
    }
  }
  return { rows: [...rows.values()], rejected };
}

function readArray(text: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(DOCUMENT, 'not JSON', error);
  }
  if (!Array.isArray(value)) throw malformed(DOCUMENT, 'not an array');
  if (value.length > MAX_ROWS) throw malformed(DOCUMENT, `more than ${MAX_ROWS} rows`);
  return value;
}

/** The row, or in words why there is none. */
function rowOf(entry: unknown): DaySearchRow | string {
  if (typeof entry !== 'object' || entry === null) return 'not an object';
  const field = (name: string) => textOf(Reflect.get(entry, name));
  const videoId = findVideoId(field('url'));
  if (videoId === null) return 'no video id in url';
  const date = field('date');
  return {
    videoId,
    title: oneLine(field('title')),
    description: plainLines(field('description')),
    startsAt: /^\d{9,10}$/.test(date) ? new Date(Number(date) * 1000) : null,
    published: !['false', '0'].includes(field('published')),
    videoType: field('video_type') || null,
    theme: oneLine(field('theme')) || null,
    commission: oneLine(field('commission')) || null,
    thumbnailUrl: field('thumbnail') || null,
  };
}

/** PHP writes the same field as a number or as a string from one day to the next. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value).trim()
    : '';
}

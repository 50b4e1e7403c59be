import { addSpan, type Span } from './spans.ts';

/** What identifies the bytes that a server sends under one address: two answers that agree on this are the same file. */
export interface Representation {
  /** As asked for, before redirects. */
  url: string;
  lengthBytes: number;
  etag: string | null;
  lastModified: string | null;
}

export interface JournalHeader extends Representation {
  /** Of the kernel that ran when the journal was begun; null where the system does not tell. */
  bootId: string | null;
}

/**
 * The journal of a `.part` file: a JSON header, then one line for each finished span (`start end`), written after the
 * bytes themselves, and `synced n` once the first `n` spans are known to be on the disk and not only in the page cache.
 */
export function formatHeader(header: JournalHeader): string {
  return `${JSON.stringify({ format: FORMAT, ...header })}\n`;
}

export function formatSpan({ start, end }: Span): string {
  return `${start} ${end}\n`;
}

export function formatSynced(spanLines: number): string {
  return `synced ${spanLines}\n`;
}

const FORMAT = 'robian-part/1';

export interface TrustedPart {
  representation: Representation;
  /** Sorted, disjoint, inside `[0, lengthBytes)` and inside the data file. */
  spans: Span[];
}

/**
 * Which bytes of a `.part` a new process may keep. A killed process leaves its page cache to the kernel, so in the same
 * boot every span counts; after another boot only spans that were synced do. Reading stops at the first line that is
 * not whole: what a crash did to the rest is unknown.
 * @param dataBytes size of the data file: spans that reach beyond were lost.
 */
export function trustJournal(text: string, bootId: string | null, dataBytes: number): TrustedPart | null {
  // The last piece is empty, or a line that the crash cut.
  const [first, ...lines] = text.split('\n').slice(0, -1);
  const header = parseHeader(first);
  if (header === null) return null;
  const recorded: Span[] = [];
  let synced = 0;
  for (const line of lines) {
    const mark = /^synced (\d{1,9})$/.exec(line);
    const span = /^(\d{1,16}) (\d{1,16})$/.exec(line);
    if (mark) synced = Math.max(synced, Number(mark[1]));
    else if (span) recorded.push({ start: Number(span[1]), end: Number(span[2]) });
    else break;
  }
  const sameBoot = header.bootId !== null && header.bootId === bootId;
  const limit = Math.min(header.lengthBytes, dataBytes);
  const spans = (sameBoot ? recorded : recorded.slice(0, synced))
    .filter(({ start, end }) => start < end && end <= limit)
    .reduce<Span[]>(addSpan, []);
  const { url, lengthBytes, etag, lastModified } = header;
  return { representation: { url, lengthBytes, etag, lastModified }, spans };
}

function parseHeader(line: string | undefined): JournalHeader | null {
  let value: unknown;
  try {
    value = JSON.parse(line ?? '');
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { format, url, lengthBytes, etag, lastModified, bootId } = value as Record<string, unknown>;
  if (format !== FORMAT || typeof url !== 'string') return null;
  if (typeof lengthBytes !== 'number' || !Number.isSafeInteger(lengthBytes) || lengthBytes < 0) return null;
  return {
    url,
    lengthBytes,
    etag: textOrNull(etag),
    lastModified: textOrNull(lastModified),
    bootId: textOrNull(bootId),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

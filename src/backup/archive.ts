import type { Counter, TableShape, WaitingJob } from './catalogue.ts';
import { createDigest, type Digest, sameDigest } from './digest.ts';
import { BackupDamaged } from './errors.ts';

/** Of what is written here; a program reads those it knows. */
export const ARCHIVE_FORMAT = 1;

export interface ArchiveHeader {
  format: number;
  takenAt: string;
  /** Of the program that took it. */
  version: string;
  /** Names of the migrations that had made the schema, in order. */
  migrations: string[];
  tables: TableShape[];
  counters: Counter[];
  jobs: WaitingJob[];
  /** The installation's own, where it keeps one; without it accounts cannot sign in. */
  secret: string | null;
  /** Tells one secret from another without telling what it is. */
  secretMark: string;
}

/** One table's rows, known once all of them went by. */
export interface ArchivedTable {
  name: string;
  digest: Digest;
}

/** What stands on one line: rows are objects, as the database wrote them; everything else is an array that begins with its kind. */
type Mark = ['header', ArchiveHeader] | ['table', string] | ['end', ArchivedTable] | ['whole', { tables: number }];

export type ArchivePart =
  | { kind: 'header'; header: ArchiveHeader }
  | { kind: 'table'; table: TableShape }
  | { kind: 'rows'; lines: string[] }
  | { kind: 'end'; table: ArchivedTable };

const markLine = (mark: Mark): string => `${JSON.stringify(mark)}\n`;

/** The text of an archive, in pieces. `rows` gives the rows of a table. */
export async function* writeArchive(
  header: ArchiveHeader,
  rows: (table: TableShape) => AsyncIterable<string[]>,
  onTable: (table: ArchivedTable) => void,
): AsyncGenerator<Buffer> {
  yield Buffer.from(markLine(['header', header]));
  for (const table of header.tables) {
    yield Buffer.from(markLine(['table', table.name]));
    const digest = createDigest();
    for await (const lines of rows(table)) {
      for (const line of lines) {
        if (line.includes('\n')) throw new Error(`a row of ${table.name} is written over several lines`);
        digest.add(line);
      }
      yield Buffer.from(`${lines.join('\n')}\n`);
    }
    const ended = { name: table.name, digest: digest.digest() };
    onTable(ended);
    yield Buffer.from(markLine(['end', ended]));
  }
  yield Buffer.from(markLine(['whole', { tables: header.tables.length }]));
}

/** A row is a document of a few MB at most; what is longer is no archive of ours. */
const LINE_MAX_BYTES = 256e6;
/** Rows handed on together. */
const ROWS_BYTES = 1e6;

/**
 * Reads an archive to its end and gives its parts in order; rows only as they are whole, tables only once their digest is right.
 * @throws BackupDamaged when anything is missing, changed or after the end
 */
export async function* readArchive(content: AsyncIterable<Buffer>): AsyncGenerator<ArchivePart> {
  const state = createReader();
  let lines: string[] = [];
  let bytes = 0;
  for await (const line of linesOf(content)) {
    if (line.startsWith('{')) {
      state.row(line);
      lines.push(line);
      bytes += line.length;
      if (bytes < ROWS_BYTES) continue;
      yield { kind: 'rows', lines };
    } else {
      if (lines.length > 0) yield { kind: 'rows', lines };
      const part = state.mark(line);
      if (part !== null) yield part;
    }
    lines = [];
    bytes = 0;
  }
  state.end();
}

/** Knows what may follow what. */
function createReader() {
  let header: ArchiveHeader | null = null;
  let digest: ReturnType<typeof createDigest> | null = null;
  let done = 0;
  let whole = false;
  const expect = (condition: boolean, what: string): void => {
    if (!condition) throw new BackupDamaged(what);
  };
  return {
    row: (line: string): void => {
      expect(digest !== null, 'a row stands outside of its table');
      digest?.add(line);
    },
    mark: (line: string): ArchivePart | null => {
      expect(!whole, 'something follows its end');
      const [kind, value] = parseMark(line);
      if (kind === 'header') {
        expect(header === null, 'it begins twice');
        expect(value.format === ARCHIVE_FORMAT, `its format is ${value.format}, this program reads ${ARCHIVE_FORMAT}`);
        header = value;
        return { kind, header: value };
      }
      const table = header?.tables[done];
      if (kind === 'whole') {
        expect(header !== null && value.tables === done && done === header.tables.length, 'tables are missing');
        whole = true;
        return null;
      }
      if (table === undefined) throw new BackupDamaged('there is a table that it does not announce');
      if (kind === 'table') {
        expect(value === table.name && digest === null, `table ${value} stands where ${table.name} was announced`);
        digest = createDigest();
        return { kind, table };
      }
      expect(digest !== null && value.name === table.name, `the end of table ${value.name} stands elsewhere`);
      expect(
        digest !== null && sameDigest(digest.digest(), value.digest),
        `rows of ${table.name} are missing or changed`,
      );
      digest = null;
      done += 1;
      return { kind: 'end', table: value };
    },
    end: (): void => expect(whole, 'its end is missing'),
  };
}

function parseMark(line: string): Mark {
  try {
    const mark = JSON.parse(line) as unknown;
    if (Array.isArray(mark) && mark.length === 2) return mark as Mark;
  } catch (cause) {
    throw new BackupDamaged('a line cannot be read', { cause });
  }
  throw new BackupDamaged('a line is of no kind that is known');
}

const NEWLINE = 0x0a;

async function* linesOf(content: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const piece of content) {
    let from = 0;
    for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...begun, piece.subarray(from, at)]).toString('utf8');
      begun = [];
      begunBytes = 0;
      from = at + 1;
    }
    if (from === piece.length) continue;
    begun.push(piece.subarray(from));
    begunBytes += piece.length - from;
    if (begunBytes > LINE_MAX_BYTES) throw new BackupDamaged('a line has no end');
  }
  if (begunBytes > 0) throw new BackupDamaged('its last line is not whole');
}

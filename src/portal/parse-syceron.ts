import { SaxesParser } from 'saxes';
import { fromParisStamp } from '../platform/clock/index.ts';
import { createRecordReader, type RecordReader } from './record-reader.ts';
import type { SittingRecord } from './sitting-record.ts';
import { integerOf, malformedRecord } from './syceron-values.ts';

/** The largest records are about 3 MB; ten times that is no record. */
const MAX_BYTES = 32 * 1024 * 1024;
/** Real files nest some 12 deep. */
const MAX_DEPTH = 64;
/** Bytes decoded at a time, so that the decoded text never stands whole in memory beside the result. */
const SLICE_BYTES = 64 * 1024;

/**
 * Reads the XML record of a plenary sitting ("syceron", legislatures 15 to 17).
 * @throws AppError `portal/malformed` when the bytes are not UTF-8, not well-formed, not a record, or beyond the limits.
 */
export function parseSyceron(bytes: Uint8Array): SittingRecord {
  if (bytes.byteLength > MAX_BYTES) throw malformedRecord('too large');
  const reader = createRecordReader();
  const parser = parserInto(reader);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for (let at = 0; at < bytes.byteLength; at += SLICE_BYTES) {
      parser.write(decoder.decode(bytes.subarray(at, at + SLICE_BYTES), { stream: true }));
    }
    parser.write(decoder.decode());
  } catch (error) {
    throw error instanceof TypeError ? malformedRecord('not UTF-8', error) : error;
  }
  parser.close();
  return toRecord(reader);
}

function parserInto(reader: RecordReader): SaxesParser {
  // Neither namespaces nor positions are used, and both cost time.
  const parser = new SaxesParser({ xmlns: false, position: false });
  let depth = 0;
  parser.on('error', (error) => {
    throw malformedRecord('not well-formed', error);
  });
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    if (depth > MAX_DEPTH) throw malformedRecord('too deep');
    reader.open(name, attributes);
  });
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    reader.close(name);
  });
  parser.on('text', reader.text);
  parser.on('cdata', reader.text);
  return parser;
}

function toRecord({ fields, points, paragraphs }: RecordReader): SittingRecord {
  const field = (name: string): string | null => fields.get(name) || null;
  const id = field('uid');
  if (id === null || !/^CR[A-Z0-9]{3,60}$/.test(id)) throw malformedRecord('no record id');
  return {
    id,
    meetingId: field('seanceRef'),
    sessionId: field('sessionRef'),
    // YYYYMMDDHHMMSSmmm
    startsAt: fromParisStamp(field('dateSeance')?.slice(0, 14) ?? ''),
    dayLabel: field('dateSeanceJour'),
    dayRank: field('numSeanceJour'),
    sittingNumber: integerOf(field('numSeance')),
    legislature: integerOf(field('legislature')),
    session: field('session'),
    state: field('etat'),
    version: field('version'),
    generatedAt: field('heureGeneration'),
    points,
    paragraphs,
  };
}

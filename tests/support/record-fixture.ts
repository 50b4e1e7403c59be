import { readFileSync } from 'node:fs';
import { parseSyceron, type SittingRecord } from '../../src/portal/index.ts';

/** A whole sitting invented by us, with a suspension, as its record tells it. */
export function inventedRecord(): SittingRecord {
  const path = '../../src/portal/fixtures/syceron/sitting-with-suspension.xml';
  return parseSyceron(readFileSync(new URL(path, import.meta.url)));
}

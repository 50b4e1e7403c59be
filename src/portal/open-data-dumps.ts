import { type AgendaMeeting, parseAgendaMeeting } from './parse-agenda.ts';
import { type Mandate, type Organ, type Person, parseMandate, parseOrgan, parsePerson } from './parse-amo.ts';
import { parseSyceron } from './parse-syceron.ts';
import { readZip } from './read-zip.ts';
import type { SittingRecord } from './sitting-record.ts';

/** What a dump holds, one at a time; a member that cannot be read is told and does not end the walk. */
export type DumpItem =
  | { kind: 'meeting'; meeting: AgendaMeeting }
  | { kind: 'person'; person: Person }
  | { kind: 'mandate'; mandate: Mandate }
  | { kind: 'organ'; organ: Organ }
  | { kind: 'record'; record: SittingRecord }
  | { kind: 'unreadable'; member: string; error: unknown };

type MemberParser = (bytes: Buffer) => DumpItem;

/** By the folder and the beginning of the name, which the dumps of legislatures 15 to 17 share. */
const PARSERS: readonly [RegExp, MemberParser][] = [
  [/(?:^|\/)reunion\/RU\w+\.json$/, (bytes) => ({ kind: 'meeting', meeting: parseAgendaMeeting(json(bytes)) })],
  [/(?:^|\/)acteur\/PA\d+\.json$/, (bytes) => ({ kind: 'person', person: parsePerson(json(bytes)) })],
  [/(?:^|\/)mandat\/PM\d+\.json$/, (bytes) => ({ kind: 'mandate', mandate: parseMandate(json(bytes)) })],
  [/(?:^|\/)organe\/PO\d+\.json$/, (bytes) => ({ kind: 'organ', organ: parseOrgan(json(bytes)) })],
  [/(?:^|\/)compteRendu\/CR\w+\.xml$/, (bytes) => ({ kind: 'record', record: parseSyceron(bytes) })],
];

/**
 * Walks a downloaded dump (Agenda, AMO or comptes rendus), one member in memory at a time.
 * @throws AppError `portal/malformed` when the archive itself is bad; the signal's reason when aborted.
 */
export async function* readDump(path: string, options: { signal?: AbortSignal } = {}): AsyncGenerator<DumpItem> {
  for await (const { name, bytes } of readZip(path, {
    ...options,
    accept: (member) => parserOf(member) !== undefined,
  })) {
    yield parseMember(name, bytes);
  }
}

function parseMember(name: string, bytes: Buffer): DumpItem {
  const parse = parserOf(name);
  try {
    if (parse === undefined) throw new TypeError(`no parser for ${name}`);
    return parse(bytes);
  } catch (error) {
    return { kind: 'unreadable', member: name, error };
  }
}

function parserOf(name: string): MemberParser | undefined {
  return PARSERS.find(([pattern]) => pattern.test(name))?.[1];
}

function json(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString('utf8'));
}

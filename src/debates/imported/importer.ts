import type { Db, Trx } from '../../platform/database/index.ts';
import type { Events } from '../../platform/events/index.ts';
import { correctedFacts } from '../corrections.ts';
import { type Facts, factsOfAnnouncement, factsOfRecording } from '../facts.ts';
import type { SittingState } from '../sitting-state.ts';
import { createDebatesStore, type DebatesStore } from '../store.ts';
import type { DebateRow } from '../tables.ts';
import { type ImportedDebate, readImported } from './imported-debate.ts';
import { createJsonListReader, type Piece } from './json-list.ts';
import { mergeImported } from './merge-imported.ts';

/** What became of one element of a file. */
export interface ImportedLine {
  /** Where it begins, from 1; or where it is broken. */
  line: number;
  outcome: 'taken' | 'merged' | 'unchanged' | 'refused';
  /** The debate's own id; null when refused. */
  id: string | null;
  reasons: string[];
  /** The list itself is broken here: nothing that follows was read. */
  over: boolean;
}

/** A debate with a thousand speakers is some 200 kB. */
const ELEMENT_MAX = 1_000_000;

/** Undoes a transaction that was only to show what would happen. */
class DryRun extends Error {}

/**
 * Takes debates out of a JSON list, one transaction each: wholly or not at all. The same file again changes nothing.
 * `dryRun`: says what would become of each with the register as it stands, and writes nothing.
 */
export async function* importDebates(
  deps: { db: Db; events: Pick<Events, 'append'> },
  texts: AsyncIterable<string>,
  { dryRun }: { dryRun: boolean },
): AsyncGenerator<ImportedLine> {
  const reader = createJsonListReader({ maxLength: ELEMENT_MAX });
  for await (const text of texts) {
    for (const piece of reader.push(text)) yield await takePiece(deps, piece, dryRun);
  }
  for (const piece of reader.end()) yield await takePiece(deps, piece, dryRun);
}

async function takePiece(
  deps: Parameters<typeof importDebates>[0],
  piece: Piece,
  dryRun: boolean,
): Promise<ImportedLine> {
  const { line } = piece;
  const refused = (reasons: string[], over = false): ImportedLine => ({
    line,
    outcome: 'refused',
    id: null,
    reasons,
    over,
  });
  if ('fault' in piece) return refused([piece.fault], piece.over);
  const reading = readImported(piece.value);
  if (reading.kind === 'refused') return refused(reading.reasons);
  const taken = await takeDebate(deps, reading.imported, dryRun);
  return typeof taken === 'string' ? refused([taken]) : { line, reasons: [], over: false, ...taken };
}

type Taken = Pick<ImportedLine, 'outcome' | 'id'>;

/** @returns what became of it, or why it is refused */
async function takeDebate(
  { db, events }: Parameters<typeof importDebates>[0],
  imported: ImportedDebate,
  dryRun: boolean,
): Promise<Taken | string> {
  let taken: Taken | string = '';
  try {
    await db.transaction().execute(async (trx) => {
      taken = await write(db, events, trx, imported);
      if (dryRun) throw new DryRun();
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
  }
  return taken;
}

/** Under the register's lock, so that nobody makes a second row of it. */
async function write(
  db: Db,
  events: Pick<Events, 'append'>,
  trx: Trx,
  imported: ImportedDebate,
): Promise<Taken | string> {
  const store = createDebatesStore(db);
  const { observed, ids } = imported;
  await store.lock(trx);
  const found = await store.findByAliases(observed.state === 'announced' ? namesOf(imported) : ids, trx);
  const known = [...new Map([...found.values()].map((row) => [row.id, row])).values()];
  if (known.length > 1) return `its ids name ${known.length} debates: ${known.map(({ id }) => id).join(', ')}`;
  const facts = factsOf(imported);
  const { outcome, id, state } = await writeRow(store, trx, { imported, facts, known: known[0] });
  const named = await addNames(store, trx, id, namesOf(imported));
  if (outcome === 'unchanged' && named === 0) return { outcome, id };
  const type = outcome === 'taken' ? 'debate_created' : 'debate_updated';
  await events.append(trx, { type, channel: 'debates', data: { debate_id: id, state } });
  return { outcome: outcome === 'unchanged' ? 'merged' : outcome, id };
}

async function writeRow(
  store: DebatesStore,
  trx: Trx,
  { imported, facts, known }: { imported: ImportedDebate; facts: Facts; known: DebateRow | undefined },
): Promise<{ outcome: 'taken' | 'merged' | 'unchanged'; id: string; state: SittingState }> {
  const { observed, ids, viewCount } = imported;
  const { state } = observed;
  if (known !== undefined) {
    const change = mergeImported(known, facts, viewCount);
    if (change !== null) await store.update(trx, known.id, change);
    return { outcome: change === null ? 'unchanged' : 'merged', id: known.id, state: known.sitting_state };
  }
  const announced = await announcedSitting(store, trx, imported);
  if (announced !== undefined) {
    await store.update(trx, announced.id, { ...correctedFacts(facts, announced.corrections), sitting_state: state });
    return { outcome: 'merged', id: announced.id, state };
  }
  const [id = observed.ref.id] = ids;
  await store.insert(trx, id, state, { ...facts, view_count: viewCount });
  return { outcome: 'taken', id, state };
}

/** Its ids, and its meeting's; but the cut of the questions to the government only shares the meeting of its sitting. */
function namesOf({ ids, observed: { type, meetingId } }: ImportedDebate): readonly string[] {
  return meetingId === null || type === 'question_gouvernement' ? ids : [...ids, meetingId];
}

/** Says how many names were news. */
async function addNames(store: DebatesStore, trx: Trx, id: string, names: readonly string[]): Promise<number> {
  const known = await store.findByAliases(names, trx);
  const news = names.filter((name) => !known.has(name));
  for (const alias of news) await store.addAlias(trx, alias, id);
  return news.length;
}

/** The announced sitting that this recording turns out to be; the cut of the questions to the government stands for itself. */
async function announcedSitting(
  store: DebatesStore,
  trx: Trx,
  { observed }: ImportedDebate,
): Promise<DebateRow | undefined> {
  if (observed.meetingId === null || observed.type === 'question_gouvernement') return undefined;
  return store.findUnrecorded(trx, observed.meetingId);
}

function factsOf({ observed, hasHour }: ImportedDebate): Facts {
  const hour = hasHour ? {} : { starts_at: null };
  const page = observed.ref.url === '' ? { page_url: null } : {};
  if (observed.state !== 'announced') return { ...factsOfRecording(observed), ...hour, ...page };
  const { meetingId, state: _state, ...said } = observed;
  const provenance = { url: '', fetchedAt: new Date(observed.startsAt), etag: null, lastModified: null, sha256: null };
  const announced = { ...said, meetingId, origin: 'agenda' as const, isCertain: true, provenance };
  return { ...factsOfAnnouncement(announced, observed.ref.source, meetingId ?? ''), ...hour };
}

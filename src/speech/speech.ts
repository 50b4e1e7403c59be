import { createHash } from 'node:crypto';
import type { Debate, Debates } from '../debates/index.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import type { Published, Validator } from '../sources/index.ts';
import { nextCheckAt } from './check-schedule.ts';
import { DERIVATION_RULES, type DerivedSpeech } from './derive.ts';
import { deriveAside } from './derive-aside.ts';
import { createDerivedStore, type DerivedFrom, type DueDebate } from './derived-store.ts';
import { createDirectoryStore, type DirectoryItems } from './directory-store.ts';
import { createDocumentsStore, type DocumentContents, type PackedDocument, packDocument } from './documents-store.ts';
import { groupAt } from './group-at.ts';
import { type Opening, openingEndsAtMs } from './opening.ts';
import { createOpeningsStore } from './openings-store.ts';
import type { DocumentKind } from './tables.ts';

/** What was found at a source by kind: null where there is nothing (yet), absent where nobody asked. */
export type ObservedDocuments = {
  [Kind in DocumentKind]?: Published<DocumentContents[Kind]> | null;
};

/** What became of a debate's words. */
export type SpeechOutcome = 'derived' | 'unchanged';

/** Who speaks when, and what was said. */
export interface Speech {
  /** Recordings of a source whose documents are to be looked at now, or that must be derived again; newest first. */
  due(source: string, limit: number): Promise<DueDebate[]>;
  /** What to send back to who publishes, by kind. */
  validators(debateId: string): Promise<Map<DocumentKind, Validator>>;
  /**
   * Takes what was found of a debate, and derives all that follows from it. The same again writes nothing but the time
   * of the next look. Null: nobody looked, and only what the register says may have changed; the next look stays where
   * it was planned.
   * @throws AppError `debates/not-found`
   */
  take(debateId: string, observed: ObservedDocuments | null): Promise<SpeechOutcome>;
  /**
   * Takes how loud the beginning of a debate's sound is, by its own id: where nothing published tells when the sitting starts,
   * this does. The same file again writes nothing.
   */
  takeOpening(debateId: string, opening: Opening): Promise<void>;
  /**
   * Takes a piece of the directory, and corrects groups in debates already there. `unknown` leaves what is known as it is:
   * for a dump that knows less than another. Says how many rows were written.
   */
  takeDirectory(items: DirectoryItems, only: 'all' | 'unknown'): Promise<number>;
  /** Names of the organs of the directory, by `PO…`. */
  organNames(): Promise<Map<string, string>>;
}

/** A sitting whose end is not known lasts about this long, in seconds: evening sittings end at midnight. */
const USUAL_DURATION_SECONDS = 3 * 3_600;

export function createSpeech(options: { db: Db; debates: Debates; clock: Clock }): Speech {
  const { db, debates, clock } = options;
  const documents = createDocumentsStore(db);
  const derivations = createDerivedStore(db);
  const directory = createDirectoryStore(db);
  const openings = createOpeningsStore(db);

  async function take(debateId: string, found: ObservedDocuments | null): Promise<SpeechOutcome> {
    const observed = found ?? {};
    const debate = await debates.get(debateId);
    const registered = await derivations.registered(debate.id);
    // Withdrawn in the meantime: what is known of it stays, and nobody sees it.
    if (registered === undefined) return 'unchanged';
    const news = await packNews(observed);
    const hashes = await documents.hashes(debate.id);
    for (const { document, provenance } of news) hashes.set(document, provenance.sha256 ?? '');
    const opening = await openings.find(debate.id);
    const from: DerivedFrom = {
      builtFrom: builtFrom(registered, hashes, opening),
      factsSha256: registered.facts_sha256,
      sortsAt: registered.sorts_at,
      durationSeconds: registered.duration_seconds,
      openingSha256: opening?.audioSha256 ?? null,
    };
    const now = clock.now();
    // A look that failed counts as one: the next is as far away as after any other.
    const next = found === null ? registered.next_check_at : nextLook(debate, hashes, now);
    const checked = { checkedAt: now, nextCheckAt: next };
    if (registered.built_from === from.builtFrom) {
      await derivations.saveCheck(debate.id, from, checked.checkedAt, checked.nextCheckAt);
      return 'unchanged';
    }
    const stored = { ...(await documents.contents(debate.id)), ...contentsOf(observed) };
    const { derived, groups } = await derive(debate, stored, opening);
    await save(debate.id, { news, derived, from, checked, groups });
    return 'derived';
  }

  async function derive(debate: Debate, contents: Partial<DocumentContents>, opening: Opening | null) {
    const { captions = [], player = [] } = contents;
    // The record's times are those of the sitting's recording, which the cut of its questions does not share.
    const paragraphs = debate.type === 'question_gouvernement' ? [] : (contents.record ?? []);
    const ids = paragraphs.flatMap(({ speaker }) => speaker?.personId ?? []);
    const named = debate.speakers.flatMap(({ personId }) => personId ?? []);
    const mandates = await directory.groupMandates([...new Set([...ids, ...named])]);
    const groups = new Map(
      [...mandates].flatMap(([personId, own]) => {
        const group = groupAt(own, debate.day);
        return group === null ? [] : [[personId, group] as const];
      }),
    );
    const { chapters, speakers, durationSeconds } = debate;
    const derived = await deriveAside({
      chapters,
      speakers,
      durationSeconds,
      synchros: player,
      captions,
      paragraphs,
      silenceEndsAtMs: opening && openingEndsAtMs(opening.levelsDb),
      groups,
    });
    return { derived, groups };
  }

  async function save(
    debateId: string,
    found: {
      news: PackedDocument[];
      derived: DerivedSpeech;
      from: DerivedFrom;
      checked: Check;
      groups: ReadonlyMap<string, string>;
    },
  ): Promise<void> {
    const { news, derived, from, checked, groups } = found;
    await db.transaction().execute(async (trx) => {
      for (const document of news) await documents.save(trx, debateId, document);
      await derivations.replace(trx, debateId, derived, from, checked, groups);
      await debates.reportSpeech(trx, debateId, {
        hasTranscript: derived.wordSource !== null,
        sittingStartsAtMs: derived.start?.startsAtMs ?? null,
        sittingStartOrigin: derived.start?.origin ?? null,
      });
    });
  }

  return {
    due: (source, limit) => derivations.due(source, clock.now(), limit),
    validators: documents.validators,
    organNames: directory.organNames,
    take,
    takeOpening: async (debateId, opening) => {
      const known = await openings.find(debateId);
      if (known?.audioSha256 === opening.audioSha256) return;
      await openings.save(debateId, opening, clock.now());
      // What was never derived is due anyway, with a look at its documents.
      if ((await derivations.registered(debateId))?.built_from) await take(debateId, null);
    },
    takeDirectory: async (items, only) => {
      const { written, changedPeople } = await directory.save(items, only);
      const appearances = changedPeople.length === 0 ? [] : await directory.appearances(changedPeople);
      if (appearances.length > 0) {
        const mandates = await directory.groupMandates(changedPeople);
        const groups = appearances.map(({ debateId, personId, day }) => ({
          debateId,
          personId,
          groupId: groupAt(mandates.get(personId) ?? [], day),
        }));
        await directory.setGroups(groups);
      }
      return written;
    },
  };
}

interface Check {
  checkedAt: Date;
  nextCheckAt: Date | null;
}

function nextLook(debate: Debate, hashes: ReadonlyMap<DocumentKind, string>, now: Date): Date | null {
  const atLeast = debate.media.map(({ durationAtLeastSeconds }) => durationAtLeastSeconds ?? 0);
  const seconds = debate.durationSeconds ?? (Math.max(0, ...atLeast) || USUAL_DURATION_SECONDS);
  const endedAt = new Date((debate.startsAt ?? debate.createdAt).getTime() + seconds * 1000);
  const wanted: DocumentKind[] = debate.type === 'seance_publique' ? ['player', 'captions', 'record'] : ['player'];
  const complete = wanted.every((kind) => hashes.has(kind));
  return nextCheckAt({ live: debate.sittingState === 'live', endedAt, checkedAt: now, complete });
}

function builtFrom(
  registered: { facts_sha256: string; sorts_at: Date; duration_seconds: number | null },
  hashes: ReadonlyMap<DocumentKind, string>,
  opening: Opening | null,
): string {
  const inputs = [
    DERIVATION_RULES,
    registered.facts_sha256,
    registered.sorts_at.toISOString(),
    registered.duration_seconds,
    ...[...hashes].sort(([a], [b]) => a.localeCompare(b)),
    ...(opening === null ? [] : [['opening', opening.audioSha256]]),
  ];
  return createHash('sha256').update(JSON.stringify(inputs)).digest('base64url');
}

async function packNews(observed: ObservedDocuments): Promise<PackedDocument[]> {
  const { player, captions, record } = observed;
  const packed: PackedDocument[] = [];
  if (player?.changed) packed.push(await packDocument('player', player.value, player.provenance));
  if (captions?.changed) packed.push(await packDocument('captions', captions.value, captions.provenance));
  if (record?.changed) packed.push(await packDocument('record', record.value, record.provenance));
  return packed;
}

function contentsOf({ player, captions, record }: ObservedDocuments): Partial<DocumentContents> {
  return {
    ...(player?.changed ? { player: player.value } : {}),
    ...(captions?.changed ? { captions: captions.value } : {}),
    ...(record?.changed ? { record: record.value } : {}),
  };
}

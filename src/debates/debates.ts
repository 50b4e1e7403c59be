import { parisDay } from '../platform/clock/index.ts';
import type { Db, Trx } from '../platform/database/index.ts';
import type { Events, NewEvent } from '../platform/events/index.ts';
import type { Announcement, DebateRef, SourceDebate } from '../sources/index.ts';
import { correctedFacts } from './corrections.ts';
import type { Debate, SittingStartOrigin } from './debate.ts';
import { debatesErrors } from './errors.ts';
import { AGENDA, type Facts, factsOfAnnouncement, factsOfRecording } from './facts.ts';
import { type BegunSittings, nextSittingState, type SittingState } from './sitting-state.ts';
import { createDebatesStore, type DebatesStore } from './store.ts';
import type { DebateSummary } from './summary.ts';
import { type DebateRow, debateOf } from './tables.ts';

export type Outcome = 'created' | 'updated' | 'unchanged';

export interface Recorded {
  id: string;
  outcome: Outcome;
}

export interface RecordedAnnouncement extends Recorded {
  meetingId: string;
}

/** The register. */
export interface Debates {
  /** By its id or any id it was ever known by; null when unknown. */
  find(idOrAlias: string): Promise<Debate | null>;
  /** By their own ids, in any order; those that are unknown are absent. */
  findMany(ids: readonly string[]): Promise<Debate[]>;
  /** @throws AppError `debates/not-found` */
  get(idOrAlias: string): Promise<Debate>;
  /** Takes what a source says of a recording. The same again writes nothing. */
  record(observed: SourceDebate): Promise<Recorded>;
  /** Takes a line of the programme; null when it names no meeting, which leaves nothing to know it by later. */
  recordAnnouncement(announced: Announcement, source: string): Promise<Recorded | null>;
  /** The same for several at once; those that name no meeting are left out. */
  recordAnnouncements(announced: readonly Announcement[], source: string): Promise<RecordedAnnouncement[]>;
  /**
   * The agenda says that this meeting will not take place: it leaves the lists. Null when nobody announced it, when it has a
   * recording, or when the programme of the day, which knows better, announced it too.
   */
  cancelAnnouncement(meetingId: string): Promise<Recorded | null>;
  /** The source no longer shows this recording: it is marked, never deleted. */
  withdraw(ref: DebateRef): Promise<Recorded | null>;
  /** Recordings of a source on the Paris days `since`..`until`, `YYYY-MM-DD`, both included. */
  recordingsOn(source: string, since: string, until: string): Promise<Debate[]>;
  /** Sittings that are on the air now, as far as we know. */
  live(): Promise<Debate[]>;
  /** Of the sittings of this day in Paris, those that should have begun by `now`, counted by what is known of them. */
  begun(now: Date): Promise<BegunSittings[]>;
  /** The vault has, or no longer has, a file of this debate. In the transaction that changes it. */
  reportAudio(trx: Trx, id: string, audio: { available: boolean; durationSeconds: number | null }): Promise<void>;
  /** What is known of its words and of its beginning. In the transaction that changes it. */
  reportSpeech(trx: Trx, id: string, speech: ReportedSpeech): Promise<void>;
  /** The extraction's state as listeners see it. In the transaction that changes it. */
  reportRun(trx: Trx, id: string, state: 'active' | 'failed' | null): Promise<void>;
  /** The own ids of some debates, by any ids they were known by; unknown ones are left out. */
  resolve(idsOrAliases: readonly string[]): Promise<Map<string, string>>;
  /** What a list in somebody's library shows of some debates, by their own ids. */
  summaries(ids: readonly string[]): Promise<Map<string, DebateSummary>>;
  /** A listener took this debate among their favourites, or no longer has it there. In the transaction that changes it. */
  changeFavorites(trx: Trx, id: string, by: 1 | -1): Promise<void>;
  /**
   * A listener left, with all these favourites. In the transaction that erases them; no news is told of each, answers that
   * hold the counts follow when they are next made.
   */
  forgetFavorites(trx: Trx, ids: readonly string[]): Promise<void>;
  /**
   * Adds to the views of some debates, by their own ids. No news is told: answers that hold the counts follow when they are
   * next made.
   */
  addViews(trx: Trx, views: ReadonlyMap<string, number>): Promise<void>;
  /** Of what is listed. */
  totals(): Promise<RegisterTotals>;
}

export interface RegisterTotals {
  debates: number;
  views: number;
  /** Of all sound that can be listened to here. */
  audioSeconds: number;
}

export interface ReportedSpeech {
  hasTranscript: boolean;
  /** Null, as its origin, when nothing tells. */
  sittingStartsAtMs: number | null;
  sittingStartOrigin: SittingStartOrigin | null;
}

/** The Assembly has about ten rooms; a list of live sittings that needed more would be a mistake of ours. */
const LIVE_LIMIT = 50;

export function createDebates(options: { db: Db; events: Events }): Debates {
  const { db, events } = options;
  const store = createDebatesStore(db);

  const announce = (trx: Trx, type: string, id: string, data: Record<string, unknown> = {}): Promise<void> =>
    events.append(trx, { type, channel: 'debates', data: { debate_id: id, ...data } });

  const find = async (idOrAlias: string): Promise<Debate | null> => {
    const row = await store.find(idOrAlias);
    return row ? debateOf(row) : null;
  };

  const recordAnnouncements = async (
    announcements: readonly Announcement[],
    source: string,
  ): Promise<RecordedAnnouncement[]> => {
    const observed = new Map(
      announcements.flatMap((announced) => {
        const { meetingId } = announced;
        const facts = meetingId === null ? null : factsOfAnnouncement(announced, source, meetingId);
        return meetingId === null || facts === null ? [] : [[meetingId, { meetingId, announced, facts }] as const];
      }),
    );
    const seen = await store.findByAliases([...observed.keys()]);
    const news = [...observed.values()].filter((one) => isNews(one, seen.get(one.meetingId)));
    const known = news.length === 0 ? [] : await writeAnnouncements(news);
    const outcomes = new Map(known.map((recorded) => [recorded.meetingId, recorded]));
    return [...observed.keys()].map(
      (meetingId) =>
        outcomes.get(meetingId) ?? { meetingId, id: seen.get(meetingId)?.id ?? meetingId, outcome: 'unchanged' },
    );
  };

  const writeAnnouncements = (observed: readonly ObservedAnnouncement[]): Promise<RecordedAnnouncement[]> =>
    db.transaction().execute(async (trx) => {
      await store.lock(trx);
      // Looked at again under the lock: somebody else may have written the same, or the recording, in the meantime.
      const seen = await store.findByAliases(
        observed.map(({ meetingId }) => meetingId),
        trx,
      );
      const changed = observed.filter((one) => isNews(one, seen.get(one.meetingId)));
      await store.insertAnnounced(
        trx,
        changed.filter(({ meetingId }) => !seen.has(meetingId)),
      );
      const recorded: RecordedAnnouncement[] = [];
      const news: NewEvent[] = [];
      for (const { meetingId, facts } of changed) {
        const row = seen.get(meetingId);
        const id = row?.id ?? meetingId;
        const written = row ? correctedFacts(facts, row.corrections) : facts;
        const isWithheld = row?.is_withheld ?? false;
        const state = nextSittingState('announced', 'announced', isWithheld);
        if (row) await store.update(trx, id, { ...written, sitting_state: state });
        recorded.push({ meetingId, id, outcome: row ? 'updated' : 'created' });
        const type = row ? 'debate_updated' : 'debate_created';
        const data = { debate_id: id, title: written.title, state };
        if (!isWithheld) news.push({ type, channel: 'debates', data });
      }
      await events.appendAll(trx, news);
      return recorded;
    });

  const withdrawSeen = async (seen: DebateRow): Promise<Recorded> => {
    if (seen.sitting_state === 'withdrawn') return { id: seen.id, outcome: 'unchanged' };
    return db.transaction().execute(async (trx) => {
      await store.update(trx, seen.id, { sitting_state: 'withdrawn', live_url: null });
      await announce(trx, 'debate_updated', seen.id, { state: 'withdrawn' });
      return { id: seen.id, outcome: 'updated' };
    });
  };

  return {
    find,
    findMany: async (ids) => (await store.findMany(ids)).map(debateOf),
    get: async (idOrAlias) => {
      const debate = await find(idOrAlias);
      if (!debate) throw debatesErrors.error('not-found', { params: { id: idOrAlias } });
      return debate;
    },

    record: async (observed) => {
      const facts = factsOfRecording(observed);
      const seen = await store.find(observed.ref.id);
      if (seen && says(seen, facts, observed.state)) return { id: seen.id, outcome: 'unchanged' };
      return db.transaction().execute(async (trx) => {
        await store.lock(trx);
        const known = (await store.find(observed.ref.id, trx)) ?? (await findAnnounced(store, trx, observed));
        const isWithheld = known?.is_withheld ?? false;
        const state = nextSittingState(known?.sitting_state ?? null, observed.state, isWithheld);
        const id = known?.id ?? observed.ref.id;
        const written = known ? correctedFacts(facts, known.corrections) : facts;
        if (known) await store.update(trx, id, { ...written, sitting_state: state });
        else await store.insert(trx, id, state, facts);
        const meetingAlias = isClip(observed) ? null : observed.meetingId;
        for (const alias of new Set([id, observed.ref.id, meetingAlias])) {
          if (alias !== null) await store.addAlias(trx, alias, id);
        }
        // Nobody is told of what an administrator took out of sight.
        if (!isWithheld)
          await announce(trx, eventOf(known?.sitting_state ?? null, state), id, { title: written.title, state });
        return { id, outcome: known ? 'updated' : 'created' };
      });
    },

    recordAnnouncement: async (announced, source) => (await recordAnnouncements([announced], source))[0] ?? null,
    recordAnnouncements,

    cancelAnnouncement: async (meetingId) => {
      const seen = await store.find(meetingId);
      if (!seen || seen.source_ref !== null || seen.source_type !== AGENDA) return null;
      return withdrawSeen(seen);
    },

    withdraw: async (ref) => {
      const seen = await store.find(ref.id);
      return seen ? withdrawSeen(seen) : null;
    },

    recordingsOn: store.recordingsOn,
    live: () => store.live(LIVE_LIMIT),
    begun: (now) => store.begun(parisDay(now), now),

    reportAudio: async (trx, id, audio) => {
      const change = { has_audio: audio.available, duration_seconds: audio.durationSeconds };
      if (await store.setReported(trx, id, change))
        await announce(trx, 'debate_updated', id, { has_audio: audio.available });
    },
    reportSpeech: async (trx, id, { hasTranscript, sittingStartsAtMs, sittingStartOrigin }) => {
      const change = {
        has_transcript: hasTranscript,
        sitting_starts_at_ms: sittingStartsAtMs,
        sitting_start_origin: sittingStartOrigin,
      };
      if (await store.setReported(trx, id, change))
        await announce(trx, 'debate_updated', id, { has_transcript: hasTranscript });
    },
    reportRun: async (trx, id, state) => {
      if (await store.setReported(trx, id, { run_state: state }))
        await announce(trx, 'debate_updated', id, { run: state });
    },

    resolve: store.resolve,
    summaries: async (ids) => new Map((await store.summaries(ids)).map((summary) => [summary.id, summary])),
    changeFavorites: async (trx, id, by) => {
      await store.addToFavorites(trx, [id], by);
      // To those who look at this debate, and to caches: the whole register has no use for it.
      await events.append(trx, { type: 'debate_updated', channel: `debate:${id}`, data: { debate_id: id } });
    },
    forgetFavorites: (trx, ids) => store.addToFavorites(trx, ids, -1),
    addViews: store.addViews,
    totals: store.totals,
  };
}

interface ObservedAnnouncement {
  meetingId: string;
  announced: Announcement;
  facts: Facts;
}

/** Whether the register does not say it yet, and should. */
function isNews({ announced, facts }: ObservedAnnouncement, seen: DebateRow | undefined): boolean {
  return seen === undefined || !(isKnownBetter(seen, announced) || says(seen, facts, 'announced'));
}

/** A recording knows better than any announcement, and the programme of the day better than the agenda. */
function isKnownBetter(seen: DebateRow, announced: Announcement): boolean {
  if (seen.source_ref !== null) return true;
  return announced.origin === 'agenda' && seen.source_type !== AGENDA && seen.sitting_state === 'announced';
}

/** Whether the register already says all that was observed. */
function says(row: DebateRow, facts: Facts, observed: 'announced' | 'live' | 'ended'): boolean {
  return (
    row.facts_sha256 === facts.facts_sha256 &&
    nextSittingState(row.sitting_state, observed, row.is_withheld) === row.sitting_state
  );
}

/**
 * The announced sitting that this recording turns out to be. Two recordings may share a meeting (a sitting and the cut of its
 * questions to the government): the first of the announced kind takes its place, the other stands for itself.
 */
async function findAnnounced(store: DebatesStore, trx: Trx, observed: SourceDebate): Promise<DebateRow | undefined> {
  if (observed.meetingId === null) return undefined;
  const announced = await store.findUnrecorded(trx, observed.meetingId);
  return isClip(observed) && announced?.type !== 'question_gouvernement' ? undefined : announced;
}

/** The questions to the government are published a second time, cut out of their sitting. */
function isClip(observed: SourceDebate): boolean {
  return observed.type === 'question_gouvernement';
}

function eventOf(before: SittingState | null, after: SittingState): string {
  if (after === 'live' && before !== 'live') return 'debate_started';
  if (after === 'ended' && before === 'live') return 'debate_ended';
  return before === null ? 'debate_created' : 'debate_updated';
}

import type { Debates } from '../debates/index.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Announcement, DebateRef, DebateSource, Description, Provenance, SourceDebate } from '../sources/index.ts';
import { believeEnd } from './believe-end.ts';
import type { Taken } from './report.ts';
import type { IngestStore, KnownFacts } from './store.ts';

/** Takes one observation into the register, and keeps where and when it was made. What is known is not written again. */
export interface Take {
  /** Asks the source for a debate, and takes what it answers. */
  ref(source: DebateSource, ref: DebateRef, known: KnownFacts | undefined, signal?: AbortSignal): Promise<Taken>;
  /** `streaming`: the source names a running stream of it. */
  facts(found: Found, known: KnownFacts | undefined, streaming: boolean): Promise<Taken>;
  withdrawal(ref: DebateRef, provenance: Provenance): Promise<Taken>;
  /** How many were news. */
  announcements(source: string, announced: readonly Announcement[]): Promise<number>;
}

interface Found {
  debate: SourceDebate;
  provenance: Provenance;
}

export function createTake(deps: { debates: Debates; store: IngestStore; clock: Clock }): Take {
  const { debates, store, clock } = deps;

  async function facts({ debate, provenance }: Found, known: KnownFacts | undefined, streaming: boolean) {
    const { ref, state } = debate;
    const decision = believeEnd({
      // Only an end is ever doubted: nothing else needs to know the state before.
      known: state === 'ended' ? ((await debates.find(ref.id))?.sittingState ?? null) : null,
      observed: state,
      streaming,
      endSeenAt: known?.endSeenAt ?? null,
      now: clock.now(),
    });
    if (!decision.believe) {
      // Nothing else of this observation is taken: its files and links are those of an ended sitting.
      if (known?.endSeenAt === null) await store.setEndSeen(ref, decision.endSeenAt);
      return 'waiting';
    }
    const { id, outcome } = await debates.record(debate);
    if (mustSave(known, provenance)) {
      await store.save({ source: ref.source, ref: ref.id, document: 'facts', debateId: id, provenance });
    }
    return outcome;
  }

  async function withdrawal(ref: DebateRef, provenance: Provenance) {
    const recorded = await debates.withdraw(ref);
    if (recorded?.outcome !== 'updated') return 'unchanged';
    await store.saveWithdrawal({ source: ref.source, ref: ref.id, debateId: recorded.id, provenance });
    return 'withdrawn';
  }

  async function description(ref: DebateRef, described: Description, known: KnownFacts | undefined): Promise<Taken> {
    if (described.kind === 'found') return await facts(described, known, false);
    if (described.kind === 'withdrawn') return await withdrawal(ref, described.provenance);
    // The very bytes of before the end was seen: the sitting goes on.
    if (known !== undefined && known.endSeenAt !== null) await store.setEndSeen(ref, null);
    return 'unchanged';
  }

  return {
    ref: async (source, ref, known, signal) => {
      const validator = known?.validator ?? undefined;
      return await description(ref, await source.describe(ref, { validator, signal }), known);
    },
    facts,
    withdrawal,
    announcements: async (source, announced) => {
      const recorded = await debates.recordAnnouncements(announced, source);
      const provenances = new Map(announced.map(({ meetingId, provenance }) => [meetingId, provenance]));
      const observations = recorded.flatMap(({ meetingId, id, outcome }) => {
        const provenance = provenances.get(meetingId);
        if (outcome === 'unchanged' || provenance === undefined) return [];
        return [{ source, ref: meetingId, document: 'announcement' as const, debateId: id, provenance }];
      });
      await store.saveAll(observations);
      return observations.length;
    },
  };
}

/** The bytes are other ones, or an end that was seen is over: believed, or taken back. */
function mustSave(known: KnownFacts | undefined, provenance: Provenance): boolean {
  if (known === undefined || known.validator === null || known.endSeenAt !== null) return true;
  return known.validator.sha256 !== provenance.sha256;
}

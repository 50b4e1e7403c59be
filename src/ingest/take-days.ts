import type { Debates } from '../debates/index.ts';
import type { DebateSource, Listing } from '../sources/index.ts';
import type { Attempts } from './attempts.ts';
import { forEachLimited } from './for-each-limited.ts';
import type { IngestReport } from './report.ts';
import type { IngestStore } from './store.ts';
import type { Take } from './take.ts';

/** Debates under way at once. The source paces its own requests; more would only keep more documents in memory. */
const CONCURRENCY = 4;

export interface IngestProgress {
  source: string;
  /** Paris, `YYYY-MM-DD`. */
  day: string;
  /** Of this day's list. */
  done: number;
  total: number;
}

export interface IngestRequest {
  /** Paris days, `YYYY-MM-DD`, both included. */
  since: string;
  until: string;
  signal?: AbortSignal | undefined;
  onProgress?: (progress: IngestProgress) => void;
}

export interface Tools {
  debates: Debates;
  store: IngestStore;
  take: Take;
  attempts: Attempts;
}

/** Walks the lists of some days, takes each debate, then looks after those that left the lists. */
export async function takeDays(
  tools: Tools,
  source: DebateSource,
  request: IngestRequest,
  report: IngestReport,
): Promise<void> {
  const { since, until, signal } = request;
  const listed = new Set<string>();
  const days: string[] = [];
  for await (const listing of source.discover({ since, until, signal })) {
    if ('error' in listing) {
      if (tools.attempts.noteSilence(report, source.id, listing.error)) break;
      tools.attempts.fail(report, listing.day, listing.error);
      continue;
    }
    tools.attempts.answered(source.id);
    // A recording around midnight may be on the lists of two days.
    const refs = listing.refs.filter(({ id }) => !listed.has(id));
    for (const { id } of refs) listed.add(id);
    days.push(listing.day);
    await takeDay(tools, source, { ...listing, refs }, request, report);
  }
  signal?.throwIfAborted();
  for (const day of days) await takeVanished(tools, source, { day, listed, signal }, report);
}

async function takeDay(
  { store, take, attempts }: Tools,
  source: DebateSource,
  { day, refs, rejected }: Extract<Listing, { refs: unknown }>,
  { signal, onProgress }: IngestRequest,
  report: IngestReport,
): Promise<void> {
  report.rejected.push(...rejected);
  const known = await store.knownFacts(source.id, refs);
  let done = 0;
  await forEachLimited(refs, CONCURRENCY, async (ref) => {
    await attempts.attempt(report, ref.id, signal, () => take.ref(source, ref, known.get(ref.id), signal));
    done += 1;
    onProgress?.({ source: source.id, day, done, total: refs.length });
  });
}

/** Recordings of a listed day that no list names any more: only the source's own word withdraws them. */
async function takeVanished(
  { debates, take, attempts }: Tools,
  source: DebateSource,
  { day, listed, signal }: { day: string; listed: ReadonlySet<string>; signal: AbortSignal | undefined },
  report: IngestReport,
): Promise<void> {
  for (const { sourceRef, pageUrl, sittingState } of await debates.recordingsOn(source.id, day, day)) {
    if (sourceRef === null || listed.has(sourceRef) || sittingState !== 'ended') continue;
    const ref = { source: source.id, id: sourceRef, url: pageUrl ?? '' };
    await attempts.attempt(report, sourceRef, signal, async () => {
      const provenance = await source.withdrawal(ref, { signal });
      report.vanished.push({ ref: sourceRef, withdrawn: provenance !== null });
      return provenance === null ? 'unchanged' : await take.withdrawal(ref, provenance);
    });
  }
}

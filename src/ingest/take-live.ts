import type { DebateRef, DebateSource } from '../sources/index.ts';
import type { IngestReport } from './report.ts';
import type { Tools } from './take-days.ts';

/** Takes the programme, the running streams, and what has become of those that ran the last time. */
export async function takeLive(
  tools: Tools,
  source: DebateSource,
  signal: AbortSignal | undefined,
  report: IngestReport,
): Promise<void> {
  const { store, take, attempts } = tools;
  const observation = await source.live({ signal });
  report.rejected.push(...observation.rejected);
  let answered = true;
  for (const { ref, error } of observation.failed) {
    // Half of a source that comes or goes between two requests is said as once as the whole of it.
    if (ref === null && attempts.noteSilence(report, source.id, error)) answered = false;
    else attempts.fail(report, ref?.id ?? 'programme', error);
  }
  if (answered) attempts.answered(source.id);
  await take.announcements(source.id, observation.announced);

  const running = observation.sittings.map(({ debate }) => debate.ref);
  const named = new Set([...running, ...observation.failed.flatMap(({ ref }) => ref ?? [])].map(({ id }) => id));
  const gone = await liveRefsWithout(tools, source, named);
  const known = await store.knownFacts(source.id, [...running, ...gone]);
  for (const found of observation.sittings) {
    const { id } = found.debate.ref;
    await attempts.attempt(report, id, signal, () => take.facts(found, known.get(id), true));
  }
  for (const ref of gone) {
    await attempts.attempt(report, ref.id, signal, () => take.ref(source, ref, known.get(ref.id), signal));
  }
}

/** Sittings that the register holds for live and that no stream names: their own facts say whether they have ended. */
async function liveRefsWithout(
  { debates }: Tools,
  source: DebateSource,
  named: ReadonlySet<string>,
): Promise<DebateRef[]> {
  return (await debates.live()).flatMap((debate) =>
    debate.source === source.id && debate.sourceRef !== null && !named.has(debate.sourceRef)
      ? [{ source: source.id, id: debate.sourceRef, url: debate.pageUrl ?? '' }]
      : [],
  );
}

import type { Debate, Debates } from '../debates/index.ts';
import type { DebateRef, DebateSource } from '../sources/index.ts';
import type { ObservedDocuments, Speech } from '../speech/index.ts';
import type { Attempts } from './attempts.ts';
import { forEachLimited } from './for-each-limited.ts';
import { type IngestReport, isOutOfReach, type Taken } from './report.ts';

/** Debates looked after in one round: with four requests each at the portal's pace, about two minutes. */
const DEBATES_A_ROUND = 40;
/** The source paces its own requests; more would only keep more records in memory. */
const CONCURRENCY = 2;

interface WordsTools {
  debates: Debates;
  speech: Speech;
  attempts: Attempts;
}

/**
 * Looks for what comes after a sitting (times of chapters, captions, record) where it is time to, newest first.
 * A document that cannot be read does not keep the others from being taken.
 */
export async function takeWords(
  { debates, speech, attempts }: WordsTools,
  source: DebateSource,
  signal: AbortSignal | undefined,
  report: IngestReport,
): Promise<void> {
  const due = await speech.due(source.id, DEBATES_A_ROUND);
  await forEachLimited(due, CONCURRENCY, async ({ id, check }) => {
    // Out of reach, the rest of the round would only wait longer.
    if (report.outOfReach.includes(source.id)) return;
    await attempts.attempt(report, id, signal, async (): Promise<Taken> => {
      const observed = check ? await observe(await debates.get(id)) : null;
      // Out of reach is no look: it is still due in the next round.
      if (check && observed === null) return 'unchanged';
      return (await speech.take(id, observed)) === 'derived' ? 'updated' : 'unchanged';
    });
  });

  /** Null when the source is out of reach, so that nothing counts as looked at. */
  async function observe(debate: Debate): Promise<ObservedDocuments | null> {
    const validators = await speech.validators(debate.id);
    const ref: DebateRef = { source: source.id, id: debate.sourceRef ?? debate.id, url: debate.pageUrl ?? '' };
    const optionsOf = (kind: keyof ObservedDocuments) => ({ validator: validators.get(kind), signal });
    const live = debate.sittingState === 'live';
    const observed: ObservedDocuments = {};
    const attempt = async (kind: keyof ObservedDocuments, work: () => Promise<void>): Promise<void> => {
      if (report.outOfReach.includes(source.id)) return;
      try {
        await work();
      } catch (error) {
        signal?.throwIfAborted();
        if (isOutOfReach(error) && kind !== 'record') attempts.noteSilence(report, source.id, error);
        else attempts.fail(report, `${debate.id} ${kind}`, error);
      }
    };
    await attempt('player', async () => {
      observed.player = await source.timings(ref, live ? 'live' : 'ended', optionsOf('player'));
    });
    if (!live) {
      await attempt('captions', async () => {
        observed.captions = await source.captions(ref, optionsOf('captions'));
      });
      const { reportUrl } = debate;
      if (reportUrl !== null && debate.type !== 'question_gouvernement') {
        // The record stands on another site: its silence says nothing about the portal.
        await attempt('record', async () => {
          const record = await source.record(reportUrl, optionsOf('record'));
          observed.record = record?.changed ? { ...record, value: record.value.paragraphs } : record;
        });
      }
    }
    return report.outOfReach.includes(source.id) ? null : observed;
  }
}

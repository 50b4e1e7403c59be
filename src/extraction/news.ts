import type { Trx } from '../platform/database/index.ts';
import type { Events } from '../platform/events/index.ts';
import type { Run } from './run.ts';

export type NewsType = 'extraction_started' | 'extraction_progress' | 'extraction_completed' | 'extraction_failed';

/** Tells what becomes of a run, with the change itself; that it concerns a debate follows from `debate_id`. */
export async function tell(events: Pick<Events, 'append'>, trx: Trx, type: NewsType, run: Run): Promise<void> {
  const data = {
    extraction_id: run.id,
    debate_id: run.debateId,
    state: run.state,
    format: run.format,
    progress: run.progress,
    eta_seconds: run.etaSeconds,
    error_code: run.state === 'failed' ? run.errorCode : null,
    audio_file_id: run.audioFileId,
  };
  await events.append(trx, { type, channel: 'extractions', data });
}

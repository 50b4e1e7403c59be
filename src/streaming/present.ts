import { attributionOf } from '../debates/index.ts';
import { presentAudioFile } from '../vault/index.ts';
import { decideStreaming } from './decide.ts';
import type { Playable } from './playables.ts';
import type { InfoBody } from './schemas.ts';

/** The state of a debate's extraction as listeners see it. */
export interface ExtractionState {
  status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  /** Percent; null while unknown. */
  progress: number | null;
  step: string | null;
  etaSeconds: number | null;
  errorCode: string | null;
}

/** What can be played of a debate now. */
export function presentInfo(playable: Playable, extraction: ExtractionState | null, publicUrl: string): InfoBody {
  const { debate, files } = playable;
  const decision = decideStreaming(debate, files);
  const address = (operation: string): string | null =>
    decision.kind === 'refused' ? null : addressOf(debate.id, operation, publicUrl);
  return {
    debate_id: debate.id,
    title: debate.title,
    delivery: decision.kind === 'local' ? 'stored' : decision.kind === 'relay' ? 'relayed' : 'none',
    duration_seconds: decision.kind === 'local' ? decision.file.durationSeconds : debate.durationSeconds,
    sitting_starts_at_ms: debate.sittingStartsAtMs,
    stream_url: address('stream'),
    hls_url: null,
    download_url: address('download'),
    renditions: files.map((file) => presentAudioFile(file, publicUrl)),
    extraction: extraction && {
      status: extraction.status,
      progress: extraction.progress,
      step: extraction.step,
      eta_seconds: extraction.etaSeconds,
      error_code: extraction.errorCode,
    },
    attribution: attributionOf(debate),
  };
}

export function addressOf(debateId: string, operation: string, publicUrl: string): string {
  return `${publicUrl}/api/streaming/${encodeURIComponent(debateId)}/${operation}`;
}

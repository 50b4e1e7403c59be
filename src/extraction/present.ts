import type { ErrorDefinition } from '../platform/errors/index.ts';
import { type Language, translate } from '../platform/i18n/index.ts';
import { type AudioFile, vaultErrors } from '../vault/index.ts';
import { extractionErrors } from './errors.ts';
import type { Run } from './run.ts';
import type { RunState } from './run-state.ts';
import type { ExtractionStatusBody } from './schemas.ts';

const STATUS_OF: Readonly<Record<RunState, ExtractionStatusBody['status']>> = {
  queued: 'queued',
  running: 'running',
  done: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
};

export interface Presentation {
  language: Language;
  publicUrl: string;
}

/** A run as clients see it. */
export function presentRun(run: Run, file: AudioFile | null, how: Presentation): ExtractionStatusBody {
  const waits = run.state === 'queued' && run.attempts > 0;
  return {
    extraction_id: run.id,
    debate_id: run.debateId,
    status: STATUS_OF[run.state],
    format: run.format,
    quality: run.quality,
    priority: run.priority,
    progress: run.progress === null ? null : Math.round(run.progress * 10) / 10,
    step: run.step,
    source: run.sourceKind,
    bytes_done: run.bytesDone,
    bytes_total: run.bytesTotal,
    media_seconds_done: run.mediaSecondsDone,
    media_seconds_total: run.mediaSecondsTotal,
    eta_seconds: run.etaSeconds,
    attempts: run.attempts,
    next_attempt_at: waits ? run.notBefore.toISOString() : null,
    cancel_requested: run.cancelRequestedAt !== null,
    error: run.state === 'failed' || waits ? presentError(run, how.language) : null,
    audio_file: file === null ? null : presentFile(file, how.publicUrl),
    created_at: run.createdAt.toISOString(),
    started_at: run.startedAt?.toISOString() ?? null,
    finished_at: run.finishedAt?.toISOString() ?? null,
    updated_at: run.updatedAt.toISOString(),
  };
}

/** A file that was there before any run that we know of. */
export function presentReady(debateId: string, file: AudioFile, how: Presentation): ExtractionStatusBody {
  return {
    extraction_id: null,
    debate_id: debateId,
    status: 'completed',
    format: file.format,
    quality: 'original',
    priority: 'normal',
    progress: 100,
    step: null,
    source: null,
    bytes_done: file.sizeBytes,
    bytes_total: file.sizeBytes,
    media_seconds_done: null,
    media_seconds_total: null,
    eta_seconds: null,
    attempts: 0,
    next_attempt_at: null,
    cancel_requested: false,
    error: null,
    audio_file: presentFile(file, how.publicUrl),
    created_at: null,
    started_at: null,
    finished_at: null,
    updated_at: null,
  };
}

function presentFile(file: AudioFile, publicUrl: string): NonNullable<ExtractionStatusBody['audio_file']> {
  return {
    id: file.id,
    format: file.format,
    mime_type: file.mime,
    size_bytes: file.sizeBytes,
    duration_seconds: file.durationSeconds,
    bitrate_kbps: file.bitrateKbps,
    sha256: file.sha256,
    origin: file.origin,
    url: `${publicUrl}/api/streaming/${encodeURIComponent(file.debateId)}/stream`,
  };
}

/** Why a run failed, or waits to be tried again; null when nothing went wrong. */
export function presentError(run: Run, language: Language): ExtractionStatusBody['error'] {
  if (run.errorCode === null) return null;
  const definition = definitionOf(run.errorCode);
  const params = run.errorParams ?? {};
  return {
    code: run.errorCode,
    title: translate(definition.title, language, params),
    detail: translate(definition.detail, language, params),
    retryable: definition.retryable,
  };
}

/** Codes that a run may end with: this room's, and the vault's where the file itself was wrong. */
const DEFINITIONS = new Map<string, ErrorDefinition>([
  ...Object.entries(extractionErrors.definitions).map(([reason, one]) => [`extraction/${reason}`, one] as const),
  ...Object.entries(vaultErrors.definitions).map(([reason, one]) => [`vault/${reason}`, one] as const),
]);

function definitionOf(code: string): ErrorDefinition {
  return DEFINITIONS.get(code) ?? extractionErrors.definitions.internal;
}

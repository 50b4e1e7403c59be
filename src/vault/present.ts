import type { AudioFileBody } from '../debates/index.ts';
import type { AudioFile } from './audio-file.ts';

/** A file as clients meet it, wherever a debate or a run shows one. */
export function presentAudioFile(file: AudioFile, publicUrl: string): AudioFileBody {
  return {
    format: file.format,
    mime_type: file.mime,
    size_bytes: file.sizeBytes,
    duration_seconds: file.durationSeconds,
    bitrate_kbps: file.bitrateKbps,
    sample_rate_hz: file.sampleRateHz,
    channels: file.channels,
    sha256: file.sha256,
    origin: file.origin,
    url: `${publicUrl}/api/streaming/${encodeURIComponent(file.debateId)}/stream?format=${file.format}&origin=${file.origin}`,
  };
}

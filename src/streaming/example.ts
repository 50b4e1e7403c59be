import { AUDIO_FILE_EXAMPLE, DEBATE_EXAMPLE } from '../debates/index.ts';
import type { DownloadBody, InfoBody } from './schemas.ts';

const ADDRESS = `https://robian.example/api/streaming/${DEBATE_EXAMPLE.id}`;

/** What the documentation of the API shows. */
export const INFO_EXAMPLE: InfoBody = {
  debate_id: DEBATE_EXAMPLE.id,
  title: DEBATE_EXAMPLE.title,
  delivery: 'stored',
  duration_seconds: DEBATE_EXAMPLE.duration_seconds,
  sitting_starts_at_ms: DEBATE_EXAMPLE.sitting_starts_at_ms,
  stream_url: `${ADDRESS}/stream`,
  hls_url: null,
  download_url: `${ADDRESS}/download`,
  renditions: [AUDIO_FILE_EXAMPLE],
  extraction: { status: 'completed', progress: 100, step: null, eta_seconds: null, error_code: null },
  attribution: DEBATE_EXAMPLE.attribution,
};

export const DOWNLOAD_EXAMPLE: DownloadBody = {
  url: `https://robian.example/files/${AUDIO_FILE_EXAMPLE.sha256}.mp3?expires=1791370000&signature=Zx0b3Y1n&name=2026-10-06.mp3`,
  expires_at: '2026-10-07T14:06:40.000Z',
  filename: '2026-10-06 2ème séance - Protection des sources et des petites rivières.mp3',
  size_bytes: AUDIO_FILE_EXAMPLE.size_bytes,
  sha256: AUDIO_FILE_EXAMPLE.sha256,
};

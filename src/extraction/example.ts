import type { ExtractionStatusBody } from './schemas.ts';

/** An extraction under way, as the documentation of the API shows it. */
export const STATUS_EXAMPLE: ExtractionStatusBody = {
  extraction_id: '0b1f7c3e-52d4-4a55-9c0d-6f5f3c1c9a10',
  debate_id: '19502241_6ac548b948b27',
  status: 'running',
  format: 'mp3',
  quality: 'original',
  priority: 'normal',
  progress: 45.2,
  step: 'fetching',
  source: 'mp3',
  bytes_done: 72_900_000,
  bytes_total: 161_280_000,
  media_seconds_done: null,
  media_seconds_total: null,
  eta_seconds: 14,
  attempts: 1,
  next_attempt_at: null,
  cancel_requested: false,
  error: null,
  audio_file: null,
  created_at: '2026-10-07T02:09:40.000Z',
  started_at: '2026-10-07T02:09:41.000Z',
  finished_at: null,
  updated_at: '2026-10-07T02:09:53.000Z',
};

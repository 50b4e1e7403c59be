import type { AudioFileBody, DebateBody } from './schemas.ts';

/** An invented sitting, as the documentation of the API shows it. */
export const AUDIO_FILE_EXAMPLE: AudioFileBody = {
  format: 'mp3',
  mime_type: 'audio/mpeg',
  size_bytes: 161_280_000,
  duration_seconds: 10_080,
  bitrate_kbps: 128,
  sample_rate_hz: 44_100,
  channels: 2,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  origin: 'published',
  url: 'https://robian.example/api/streaming/19502241_6ac548b948b27/stream?format=mp3&origin=published',
};

export const DEBATE_EXAMPLE: DebateBody = {
  id: '19502241_6ac548b948b27',
  title: '2ème séance : Protection des sources et des petites rivières',
  description: 'Discussion de la proposition de loi visant à protéger les sources et les petites rivières',
  type: 'seance_publique',
  status: 'disponible',
  date: '2026-10-06',
  start_time: '2026-10-06T21:15:05+02:00',
  end_time: '2026-10-07T00:03:05+02:00',
  duration_seconds: 10_080,
  duration_minutes: 168,
  display_duration: '2 h 48',
  source: 'portal',
  source_url: 'https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27',
  video_url: 'https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27',
  thumbnail_url: null,
  live_url: null,
  commission: null,
  salle: 'Hémicycle',
  legislature: 17,
  session: 'Session ordinaire 2026-2027',
  meeting_id: 'RUANR5L17S2027IDS90001',
  report_url: null,
  speakers: [{ id: 'PA9900001', name: 'Mme Hélène Vautrain', role: 'rapporteure' }],
  tags: ['Environnement'],
  is_live: false,
  has_audio: true,
  has_transcript: false,
  sitting_starts_at_ms: 894_000,
  sitting_start_origin: 'record',
  is_certain: true,
  audio_files: [AUDIO_FILE_EXAMPLE],
  view_count: 42,
  favorite_count: 3,
  created_at: '2026-10-07T00:20:00.000Z',
  updated_at: '2026-10-07T02:10:00.000Z',
  withdrawn_at: null,
  attribution: {
    name: 'Assemblée nationale',
    url: 'https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27',
  },
};

export const CALENDAR_EXAMPLE = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'BEGIN:VEVENT',
  `UID:${DEBATE_EXAMPLE.id}@robianapi`,
  'DTSTART:20261006T191505Z',
  `SUMMARY:${DEBATE_EXAMPLE.title}`,
  'END:VEVENT',
  'END:VCALENDAR',
].join('\r\n');

/** Two lines of the export: its header, and a debate. */
export const EXPORT_EXAMPLE =
  '{"type":"header","kind":"debates","licence":"Licence Ouverte / Open Licence (Etalab)…",…}\n' +
  `{"id":"${DEBATE_EXAMPLE.id}","title":"${DEBATE_EXAMPLE.title}",…}\n`;

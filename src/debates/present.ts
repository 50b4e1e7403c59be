import { toParisIso } from '../platform/clock/index.ts';
import type { Debate } from './debate.ts';
import type { AudioFileBody, DebateBody } from './schemas.ts';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;

/** A debate as clients meet it. */
export function presentDebate(debate: Debate, audioFiles: readonly AudioFileBody[]): DebateBody {
  const seconds = debate.durationSeconds;
  const end = debate.startsAt && seconds !== null ? new Date(debate.startsAt.getTime() + seconds * 1000) : null;
  return {
    id: debate.id,
    title: debate.title,
    description: debate.description,
    type: debate.type,
    status: debate.status,
    date: debate.day,
    start_time: debate.startsAt && toParisIso(debate.startsAt),
    end_time: end && toParisIso(end),
    duration_seconds: seconds === null ? null : Math.round(seconds),
    duration_minutes: seconds === null ? null : Math.round(seconds / MINUTE_SECONDS),
    display_duration: seconds === null ? null : displayDuration(seconds),
    source: debate.source,
    source_url: debate.pageUrl,
    video_url: debate.videoUrl,
    thumbnail_url: debate.thumbnailUrl,
    live_url: debate.sittingState === 'live' ? debate.liveUrl : null,
    commission: debate.commission,
    salle: debate.place,
    legislature: debate.legislature,
    session: debate.session,
    meeting_id: debate.meetingId,
    report_url: debate.reportUrl,
    speakers: debate.speakers.map((speaker) => ({ id: speaker.personId, name: speaker.name, role: speaker.role })),
    tags: debate.tags,
    is_live: debate.sittingState === 'live',
    has_audio: debate.hasAudio,
    has_transcript: debate.hasTranscript,
    sitting_starts_at_ms: debate.sittingStartsAtMs,
    sitting_start_origin: debate.sittingStartOrigin,
    is_certain: debate.isCertain,
    audio_files: [...audioFiles],
    view_count: debate.viewCount,
    favorite_count: debate.favoriteCount,
    created_at: debate.createdAt.toISOString(),
    updated_at: debate.updatedAt.toISOString(),
    withdrawn_at: debate.withdrawnAt?.toISOString() ?? null,
    attribution: attributionOf(debate),
  };
}

/** The Assembly's terms ask for its name and a link to the original with every document. */
export function attributionOf(debate: Debate): DebateBody['attribution'] {
  const name = debate.source === 'portal' ? 'Assemblée nationale' : hostOf(debate.pageUrl);
  return { name, url: debate.pageUrl };
}

function hostOf(url: string | null): string {
  return url !== null && URL.canParse(url) ? new URL(url).host : 'source';
}

/** `48 s`, `12 min`, `2 h 05`: as a French programme prints it. */
function displayDuration(seconds: number): string {
  if (seconds < MINUTE_SECONDS) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / MINUTE_SECONDS);
  if (minutes < HOUR_SECONDS / MINUTE_SECONDS) return `${minutes} min`;
  const rest = minutes % (HOUR_SECONDS / MINUTE_SECONDS);
  const hours = Math.floor(minutes / (HOUR_SECONDS / MINUTE_SECONDS));
  return rest === 0 ? `${hours} h` : `${hours} h ${String(rest).padStart(2, '0')}`;
}

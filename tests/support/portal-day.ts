import { createHash } from 'node:crypto';
import type { Loopback } from './loopback.ts';

/** A video of the portal, as far as a test cares. */
export interface PortalVideo {
  videoId: string;
  title?: string;
  status?: 'live' | 'vod';
  /** Epoch seconds. */
  startsAt?: number;
  meetingId?: string;
  chapters?: number;
}

/** 6 October 2026, 21:15:05 in Paris. */
const STARTS_AT = 1_791_314_105;

/** Publishes videos as the portal does: facts with a validator, and a page. The former facts of the same video give way. */
export function publish(portal: Loopback, videos: readonly PortalVideo[], options: { etags?: boolean } = {}): void {
  for (const video of videos) {
    const body = dataNvs(video);
    const headers: Record<string, string> =
      options.etags === false ? {} : { etag: `"${createHash('sha256').update(body).digest('hex')}"` };
    portal.answers.set(`/Datas/an/${video.videoId}/content/data.nvs`, { headers, body });
    portal.answers.set(`/video.${video.videoId}`, {
      body: `<h1 class="contentheading">Séance</h1><h2 class="mediaTitle">${titleOf(video)}</h2>`,
    });
  }
}

/** Puts videos on the list of a Paris day, `YYYY-MM-DD`; they need not be published. */
export function list(portal: Loopback, day: string, videos: readonly Pick<PortalVideo, 'videoId'>[]): void {
  const [year, month, date] = day.split('-');
  const rows = videos.map(({ videoId }) => ({ url: `/${videoId}`, title: videoId, date: String(STARTS_AT) }));
  portal.answers.set(`/php/eventsearch.php?Date=${date}/${month}/${year}`, { body: `\ufeff${JSON.stringify(rows)}` });
}

/** What the portal shows of a video that it no longer has. */
export function withdraw(portal: Loopback, videoId: string): void {
  portal.answers.delete(`/Datas/an/${videoId}/content/data.nvs`);
  portal.answers.set(`/video.${videoId}`, { body: '<h1 class="contentheading">Demande de vidéo</h1>' });
}

function titleOf({ videoId, title }: PortalVideo): string {
  return title ?? `Séance ${videoId}`;
}

function dataNvs(video: PortalVideo): string {
  const { videoId, status = 'vod', startsAt = STARTS_AT, meetingId = '', chapters = 2 } = video;
  const file = 'serverfiles://data9/domain1/2026/10/hemi_20261006211505';
  const files =
    status === 'live'
      ? `<file id="1" title="live" url="http://anorigin.vodalys.com/live/live36/index36_${videoId.split('_', 1)[0]}.m3u8?DVR"/>`
      : `<file id="2" title="audio" url="${file}.mp3"/><file id="3" title="source" url="${file}_1.mp4"/>`;
  const spoken = Array.from(
    { length: chapters },
    (_, i) =>
      `<chapter id="${i + 1}" label="M. Orateur ${i}"><type key="7" value="Intervention"/><speaker id="${i}"/></chapter>`,
  );
  const speakers = Array.from(
    { length: chapters },
    (_, i) => `<speaker id="${i}"><name>M. Orateur ${i}</name><role/><url>${990_000 + i}</url></speaker>`,
  );
  return (
    `<?xml version="1.0"?><data interfaceuid="${videoId}" status="${status}" mediatitle="${titleOf(video)}">` +
    `<chapters>${spoken.join('')}</chapters><files>${files}</files>` +
    `<metadatas><metadata name="date" value="${startsAt}"/><metadata name="video_type" value="S"/>` +
    `<metadata name="meeting_id" value="${meetingId}"/></metadatas><speakers>${speakers.join('')}</speakers></data>`
  );
}

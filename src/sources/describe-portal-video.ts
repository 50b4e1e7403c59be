import { toParisIso } from '../platform/clock/index.ts';
import type { Chapter, DataNvs, Diffusion, PortalAddresses, Provenance } from '../portal/index.ts';
import type { Announcement, DebateRef, MediaCandidate, SourceChapter, SourceDebate } from './source.ts';

/** The product's words for a video of the portal. Pure. */
export function describePortalVideo(data: DataNvs, ref: DebateRef, addresses: PortalAddresses): SourceDebate {
  const state = stateOf(data.status);
  const liveFile = data.files.get('live');
  return {
    ref,
    title: data.title || firstLine(data.description) || data.videoId,
    description: data.description,
    type: data.type,
    sourceType: data.videoType,
    state,
    startsAt: toParisIso(data.startsAt),
    durationAtLeastSeconds: durationOf(data),
    place: data.place,
    commission: data.commission,
    legislature: data.legislature,
    session: data.session,
    meetingId: data.meetingId,
    reportUrl: data.reportUrl === null ? null : addresses.report(data.reportUrl),
    thumbnailUrl: data.thumbnail === null ? null : addresses.image(data.videoId, data.thumbnail),
    liveUrl: state === 'live' && liveFile !== undefined ? addresses.liveHls(liveFile) : null,
    tags: [...new Set(data.chapters.map((chapter) => chapter.theme?.value ?? '').filter(Boolean))],
    media: mediaOf(data, addresses),
    chapters: data.chapters.map(chapterOf),
    speakers: data.speakers.map(({ id, name, role, personId }) => ({ id, name, role, personId })),
  };
}

/**
 * The ways to the sound of a recording, best first. Nothing while it is on the air; the mp3 joins the list when the
 * portal has made it, some time after the end.
 */
export function mediaOf(data: DataNvs, addresses: PortalAddresses): MediaCandidate[] {
  if (stateOf(data.status) !== 'ended') return [];
  const { files } = data;
  const anyFile = files.get('source') ?? files.get('archive') ?? files.get('audio') ?? files.get('vod') ?? '';
  const candidates = [
    { kind: 'mp3', url: addresses.mp3(files.get('audio') ?? '') },
    ...addresses.hls(anyFile).map((url) => ({ kind: 'hls', url }) as const),
    { kind: 'mp4', url: addresses.mp4(files.get('source') ?? '') },
  ] as const;
  const durationAtLeastSeconds = durationOf(data);
  return candidates.flatMap(({ kind, url }) => (url === null ? [] : [{ kind, url, durationAtLeastSeconds }]));
}

/** One line of the programme. */
export function describeDiffusion(
  diffusion: Diffusion,
  provenance: Provenance,
  addresses: PortalAddresses,
): Announcement {
  const plenary = diffusion.type === 'seance_publique';
  return {
    origin: 'programme',
    isCertain: true,
    meetingId: diffusion.meetingId,
    title: diffusion.title ?? (firstLine(diffusion.subject) || diffusion.label || ''),
    description: diffusion.subject,
    type: diffusion.type,
    startsAt: diffusion.startsAt === null ? null : toParisIso(diffusion.startsAt),
    commission: plenary ? null : diffusion.label,
    place: diffusion.place,
    thumbnailUrl: addresses.organImage(plenary ? null : diffusion.organId),
    provenance,
  };
}

function stateOf(status: DataNvs['status']): SourceDebate['state'] {
  if (status === 'live') return 'live';
  return status === 'prelive' ? 'announced' : 'ended';
}

/** The portal announces no duration: the last picture of the storyboard, one a minute, was still in the recording. */
function durationOf(data: DataNvs): number | null {
  return stateOf(data.status) === 'ended' ? (data.storyboard.at(-1)?.seconds ?? null) : null;
}

function chapterOf(chapter: Chapter): SourceChapter {
  return {
    id: chapter.id,
    label: chapter.label,
    typedLabel: chapter.typedLabel,
    kind: chapter.type === null ? null : { key: chapter.type.key, name: chapter.type.value },
    speakerIds: chapter.speakerIds,
    children: chapter.children.map(chapterOf),
  };
}

/** The first subject of an agenda, without its dash. */
function firstLine(lines: string): string {
  return (lines.split('\n', 1)[0] ?? '').replace(/^[-–•]\s*/, '');
}

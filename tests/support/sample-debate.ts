import type { SourceDebate } from '../../src/sources/index.ts';

/** A recording as a source would describe it; each test says only what it is about. */
export function sampleDebate(id: string, change: Partial<SourceDebate> = {}): SourceDebate {
  const url = `https://portal.example/video.${id}`;
  return {
    ref: { source: 'portal', id, url },
    title: `Séance ${id}`,
    description: 'Suite de la discussion du projet de loi',
    type: 'seance_publique',
    sourceType: 'S',
    state: 'ended',
    startsAt: '2026-10-06T21:15:05+02:00',
    durationAtLeastSeconds: null,
    place: 'Hémicycle',
    commission: null,
    legislature: 17,
    session: 'Session ordinaire 2026-2027',
    meetingId: null,
    reportUrl: null,
    thumbnailUrl: null,
    liveUrl: null,
    tags: ['Questions sociales et santé'],
    media: [{ kind: 'mp3', url: `http://media.example/${id}.mp3`, durationAtLeastSeconds: null }],
    chapters: [],
    speakers: [],
    ...change,
  };
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filmed, NOW, SITTINGS } from '../../tests/support/demo-sittings.ts';
import { createManualClock } from '../../tests/support/manual-clock.ts';
import { createFetcher, type Fetcher } from '../platform/fetch/index.ts';
import { createPortal, createPortalAddresses, type Portal, type PortalAddresses } from '../portal/index.ts';
import { createPortalSource, type DebateSource } from '../sources/index.ts';
import { createReplay, type Replay } from './replay.ts';
import { filmedSittings, type SittingChapter } from './sitting.ts';

const plenary = filmed('petites rivières');
const live = filmed('jeunes agriculteurs');

let replay: Replay;
let fetcher: Fetcher;
let portal: Portal;
let source: DebateSource;
let addresses: PortalAddresses;

beforeAll(async () => {
  const clock = createManualClock(NOW.toISOString());
  replay = await createReplay({ sittings: SITTINGS, clock });
  fetcher = createFetcher({ userAgent: 'robian-test', clock, random: () => 0.5, retries: 0 });
  const { url } = replay;
  addresses = createPortalAddresses({ portalUrl: url, mediaUrl: url, hlsUrl: url, openDataUrl: url, siteUrl: url });
  portal = createPortal({ fetcher, addresses, clock });
  source = createPortalSource({ portal, addresses, clock });
});

afterAll(async () => {
  await fetcher.close();
  await replay.close();
});

/** What was read; the test fails when the replay said that nothing changed. */
function read<T>(observed: { changed: true; value: T } | { changed: false } | null): T {
  if (observed === null || !observed.changed) throw new Error('nothing was read');
  return observed.value;
}

describe('what the replay writes, the product reads back', () => {
  it('the films of a day', async () => {
    const { rows, rejected } = read(await portal.searchDay('2026-10-06'));
    expect(rejected).toEqual([]);
    expect(rows.map(({ videoId }) => videoId)).toContain(plenary.videoId);
    expect(rows.map(({ startsAt }) => startsAt?.getTime())).toContain(plenary.recording.startsAtMs);
  });

  it('the facts of each film', async () => {
    for (const film of filmedSittings(SITTINGS)) {
      expect(read(await portal.dataNvs(film.videoId))).toMatchObject({
        title: film.title,
        status: film.state,
        startsAt: new Date(film.recording.startsAtMs),
        meetingId: film.meetingId,
        videoType: film.videoType.code,
        place: film.place.label,
        commission: film.commission?.label ?? null,
        speakers: film.speakers.map(({ name, role, deputyNumber }) => ({
          name,
          role,
          personId: deputyNumber === '' ? null : `PA${deputyNumber}`,
        })),
      });
    }
  });

  it('the times of the chapters', async () => {
    const { startsAt, synchros } = read(await portal.player(plenary.videoId, 'vod'));
    expect(startsAt?.getTime()).toBe(plenary.recording.startsAtMs);
    const times = new Map(synchros.map(({ id, startsAtMs }) => [id, startsAtMs]));
    const check = (chapter: SittingChapter): void => {
      expect(times.get(String(chapter.id)) ?? null).toBe(chapter.startsAtMs);
      chapter.chapters.forEach(check);
    };
    plenary.chapters.forEach(check);
  });

  it('page and captions', async () => {
    const page = read(await portal.page(plenary.videoId));
    if (page.kind !== 'video' || page.captionUrl === null) throw new Error('no captions on the page');
    expect(page).toMatchObject({ title: plenary.title, stillLive: false });
    const { cues } = read(await portal.captions(page.captionUrl));
    const said = cues.map(({ text }) => text.trim()).join(' ');
    expect(said).toBe(plenary.captions?.map(({ text }) => text.replaceAll('’', "'")).join(' '));
    expect(cues[0]?.startsAtMs).toBe(plenary.captions?.[0]?.startsAtMs);
    expect(read(await portal.page('1_6ac548b948b27'))).toEqual({ kind: 'withdrawn' });
  });

  it('what is live, joined to its line of the programme, and what is announced', async () => {
    const { sittings, announced, failed, rejected } = await source.live();
    expect({ failed, rejected }).toEqual({ failed: [], rejected: [] });
    expect(sittings).toHaveLength(1);
    expect(sittings[0]?.announcement?.meetingId).toBe(live.meetingId);
    expect(sittings[0]?.debate.ref.id).toBe(live.videoId);
    expect(announced.map(({ title }) => title)).toContain('Table ronde sur les refuges de montagne');
  });

  it('media addresses under which the replay has the sound', async () => {
    for (const film of filmedSittings(SITTINGS).filter(({ state }) => state === 'vod')) {
      const candidates = await source.media({
        source: 'portal',
        id: film.videoId,
        url: addresses.videoPage(film.videoId),
      });
      const statuses = await Promise.all(candidates.map(async ({ kind, url }) => [kind, (await fetch(url)).status]));
      const hasHls = film.recording.hls !== null;
      expect(statuses).toEqual([
        ...(film.recording.hasAudioFile ? [['mp3', 200]] : []),
        ['hls', hasHls ? 200 : 404],
        ['hls', hasHls ? 200 : 404],
        ['mp4', 404],
      ]);
    }
  });
});

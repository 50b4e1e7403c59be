import { page } from './documents.ts';
import {
  LIVE_VARIANTS,
  liveSegmentCount,
  renderLiveMaster,
  renderLivePlaylist,
  renderVodMaster,
  renderVodPlaylist,
  VOD_VARIANTS,
} from './formats/hls.ts';
import type { Representation } from './plan-answer.ts';
import { readRecording } from './recordings.ts';
import type { Route, World } from './routes.ts';
import { type FilmedSitting, filmedSittings } from './sitting.ts';

/** The addresses of sound and pictures: MP3, HLS of recordings under both of its names, HLS of what is live. */
export function mediaRoutes(world: World): Route[] {
  const recorded = (base: string | undefined) =>
    filmedSittings(world.sittings()).find(({ recording, state }) => recording.base === base && state === 'vod');
  const live = (id: string | undefined) =>
    filmedSittings(world.sittings()).find(({ mediaId, state }) => String(mediaId) === id && state === 'live');
  /** Wraps a route of a sitting that must have HLS. */
  const withHls = (sitting: FilmedSitting | undefined, find: (hls: HlsOf) => Representation | null) =>
    sitting === undefined || sitting.recording.hls === null ? null : find({ sitting, ...sitting.recording.hls });
  const elapsedSeconds = ({ recording }: FilmedSitting) => (world.clock.now().getTime() - recording.startsAtMs) / 1000;

  return [
    {
      path: /^\/vod\/mp4\/ida\/domain1\/(?<base>[\w/]+)\.mp3$/,
      find: ({ base }, { pathname }) => {
        const recording = recorded(base)?.recording;
        if (recording === undefined || recording.mp3File === null) return null;
        return world.file(pathname, 'mp3', readRecording(recording.mp3File), recording);
      },
    },
    {
      path: recordedHls('master\\.m3u8'),
      find: ({ base }) => withHls(recorded(base), () => page('playlist', renderVodMaster())),
    },
    {
      path: recordedHls('chunklist_(?<variant>b\\d+)\\.m3u8'),
      find: ({ base, variant }) =>
        withHls(recorded(base), ({ segmentSeconds }) => {
          const known = VOD_VARIANTS.find(({ name }) => name === variant);
          return known === undefined ? null : page('playlist', renderVodPlaylist(known.name, segmentSeconds));
        }),
    },
    {
      path: recordedHls('media_(?<variant>b\\d+)_(?<index>\\d+)\\.ts'),
      find: ({ base, variant, index }, { pathname }) =>
        withHls(recorded(base), ({ sitting, stem, segmentSeconds }) => {
          const known = VOD_VARIANTS.find(({ name }) => name === variant);
          if (known === undefined || Number(index) >= segmentSeconds.length) return null;
          return world.file(
            pathname,
            'segment',
            readRecording(`${stem}_${known.name}_${index}.mpegts`),
            sitting.recording,
          );
        }),
    },
    {
      path: /^\/live\/live\d+\/index(?<stream>\d+)_(?<mediaId>\d+)\.m3u8$/,
      find: ({ mediaId }) =>
        withHls(live(mediaId), ({ sitting }) => page('playlist', renderLiveMaster(sitting.stream, sitting.mediaId))),
    },
    {
      path: /^\/live\/live\d+\/stream\d+_(?<variant>\d)_(?<mediaId>\d+)\.m3u8$/,
      find: ({ variant, mediaId }) =>
        withHls(live(mediaId), ({ sitting, segmentSeconds }) => {
          const known = LIVE_VARIANTS.find(({ number }) => String(number) === variant);
          if (known === undefined) return null;
          const names = { number: known.number, mediaId: sitting.mediaId };
          return page('playlist', renderLivePlaylist(names, segmentSeconds, elapsedSeconds(sitting)));
        }),
    },
    {
      path: /^\/live\/live\d+\/media_(?<variant>\d)_(?<mediaId>\d+)_(?<index>\d+)\.ts$/,
      find: ({ variant, mediaId, index }) =>
        withHls(live(mediaId), ({ sitting, stem, segmentSeconds }) => {
          const known = LIVE_VARIANTS.find(({ number }) => String(number) === variant);
          const made = liveSegmentCount(segmentSeconds, elapsedSeconds(sitting));
          if (known === undefined || Number(index) >= made) return null;
          const played = Number(index) % segmentSeconds.length;
          return page('segment', readRecording(`${stem}_${known.plays}_${played}.mpegts`));
        }),
    },
    {
      // The backup address: 200 and a body that is no playlist, as when nothing is on the air.
      path: /^\/live\/live\d+\/stream\d+\.m3u8$/,
      find: () => page('playlist', '\n'),
    },
  ];
}

interface HlsOf {
  sitting: FilmedSitting;
  stem: string;
  segmentSeconds: readonly number[];
}

/** The same recording answers as the main file's folder and as a `.smil` folder. */
function recordedHls(file: string): RegExp {
  return new RegExp(`^/videos/definst/mp4/ida/domain1/(?<base>[\\w/]+?)(?:_1\\.mp4|\\.smil)/${file}$`);
}

import { type Clock, systemClock } from '../platform/clock/index.ts';
import type { ByteSource } from './byte-source.ts';
import type { Representation } from './plan-answer.ts';
import { type ReplayServer, startReplayServer } from './replay-server.ts';
import type { Sitting } from './sitting.ts';
import { type SyntheticMp3, syntheticMp3OfDuration, syntheticMp3OfSize } from './synthetic-mp3.ts';

export interface ReplayOptions {
  sittings: readonly Sitting[];
  clock?: Clock;
  /** 0, the default, takes a free port. */
  port?: number;
}

export type BigRecordingOptions = {
  /** `YYYY/MM/<room>_<YYYYMMDDHHMMSS>`. */
  base: string;
  /** Another seed gives other bytes of the same size. */
  seed?: number;
} & ({ sizeBytes: number } | { durationSeconds: number });

/** A valid, silent MP3 that takes no memory whatever its size; `slice` tells what any span of it must be. */
export interface BigRecording extends ByteSource {
  path: string;
  url: string;
  durationSeconds: number;
  etag: string;
}

export interface Replay extends ReplayServer {
  /** Serves a synthetic recording at the media address of `base`, at most `sizeBytes` long, cut at a whole frame. */
  addBigRecording(options: BigRecordingOptions): BigRecording;
}

const MEDIA_PREFIX = '/vod/mp4/ida/domain1/';

/** A replay of the Assembly's hosts on the loopback address, for the demonstration and for tests. */
export async function createReplay({ clock = systemClock, port = 0 }: ReplayOptions): Promise<Replay> {
  const media = new Map<string, Representation>();
  const server = await startReplayServer({ clock, port, resolve: (url) => media.get(url.pathname) ?? null });

  return {
    ...server,
    addBigRecording(options) {
      const { seed = 0 } = options;
      const source: SyntheticMp3 =
        'sizeBytes' in options
          ? syntheticMp3OfSize(options.sizeBytes, seed)
          : syntheticMp3OfDuration(options.durationSeconds, seed);
      const path = `${MEDIA_PREFIX}${options.base}.mp3`;
      const etag = `"${source.sizeBytes.toString(16)}-${seed.toString(16)}"`;
      media.set(path, {
        status: 200,
        contentType: 'audio/mpeg',
        source,
        etag,
        lastModifiedMs: Date.UTC(2026, 9, 6),
        acceptsRanges: true,
      });
      const { sizeBytes, durationSeconds, slice } = source;
      return { path, url: `${server.url}${path}`, etag, sizeBytes, durationSeconds, slice };
    },
  };
}

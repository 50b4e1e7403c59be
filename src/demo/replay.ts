import { type Clock, systemClock } from '../platform/clock/index.ts';
import type { ByteSource } from './byte-source.ts';
import { CONTENT_TYPES, createFileMaker } from './documents.ts';
import { mediaRoutes } from './media-routes.ts';
import { openDataRoutes } from './open-data-routes.ts';
import type { Representation } from './plan-answer.ts';
import { portalRoutes } from './portal-routes.ts';
import { type ReplayServer, startReplayServer } from './replay-server.ts';
import { findByRoute } from './routes.ts';
import type { Sitting } from './sitting.ts';
import { syntheticMp3OfDuration, syntheticMp3OfSize } from './synthetic-mp3.ts';

export interface ReplayOptions {
  sittings: readonly Sitting[];
  clock?: Clock;
  /** 0, the default, takes a free port. */
  port?: number;
}

type BigRecordingOptions = {
  /** `YYYY/MM/<room>_<YYYYMMDDHHMMSS>`. */
  base: string;
  /** 0 to 127; another seed gives other bytes of the same size. */
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
  /** From now on the sites show these sittings and no others: for what changes, appears or vanishes. */
  setSittings(sittings: readonly Sitting[]): void;
  /** Serves a synthetic MP3 at the media address of `base`, at most `sizeBytes` long, cut at a whole frame. */
  addBigRecording(options: BigRecordingOptions): BigRecording;
}

/** A fixed day, so that validators of synthetic files are the same in every run. */
const SYNTHETIC_MODIFIED_MS = Date.UTC(2026, 9, 6);

/**
 * A replay of the Assembly's hosts on the loopback address, for the demonstration and for tests: portal, media, HLS and
 * site are one server, told apart by path as their paths never meet.
 */
export async function createReplay(options: ReplayOptions): Promise<Replay> {
  const { clock = systemClock, port = 0 } = options;
  let sittings = options.sittings;
  let origin = '';
  const world = { sittings: () => sittings, origin: () => origin, clock, file: createFileMaker(clock) };
  const routes = [...portalRoutes(world), ...mediaRoutes(world), ...openDataRoutes(world)];
  const synthetic = new Map<string, Representation>();
  const server = await startReplayServer({
    clock,
    port,
    resolve: (url) => synthetic.get(url.pathname) ?? findByRoute(routes, url),
  });
  origin = server.url;

  return {
    ...server,
    setSittings: (changed) => {
      sittings = changed;
    },
    addBigRecording(recording) {
      const { base, seed = 0 } = recording;
      const source =
        'sizeBytes' in recording
          ? syntheticMp3OfSize(recording.sizeBytes, seed)
          : syntheticMp3OfDuration(recording.durationSeconds, seed);
      const path = `/vod/mp4/ida/domain1/${base}.mp3`;
      const etag = `"${source.sizeBytes.toString(16)}-${seed.toString(16)}"`;
      synthetic.set(path, {
        status: 200,
        contentType: CONTENT_TYPES.mp3,
        source,
        etag,
        lastModifiedMs: SYNTHETIC_MODIFIED_MS,
        acceptsRanges: true,
      });
      const { sizeBytes, durationSeconds, slice } = source;
      return { path, url: `${server.url}${path}`, etag, sizeBytes, durationSeconds, slice };
    },
  };
}

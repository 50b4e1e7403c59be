import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extractionErrors } from '../errors.ts';
import { type DownloadDeps, requireRoom, requireSize } from './download-context.ts';
import { withCode } from './fetch-failure.ts';
import { copySound, type Ffmpeg } from './ffmpeg.ts';
import { formatLocalPlaylist, type HlsResource, type HlsSegment, readPlaylist } from './hls-playlist.ts';
import { fetchSegments, type WantedFile } from './hls-segments.ts';
import { withChildNote } from './orphan.ts';
import { requireDuration } from './sound-duration.ts';

export interface HlsRequest {
  /** Of the master playlist, or of a media playlist. */
  url: string;
  /** Must exist, and be nobody else's. */
  directory: string;
  signal: AbortSignal;
  onFetching: (progress: { doneSeconds: number; totalSeconds: number; doneBytes: number }) => void;
  onCopying: (progress: { doneSeconds: number; totalSeconds: number }) => void;
}

export interface HlsSound {
  /** AAC (or what the source has) in fragmented MP4. */
  path: string;
  /** What the playlist announces. */
  durationSeconds: number;
}

/** The playlist of 24 h in segments of 2 s, with long signed addresses, stays below. */
const MAX_PLAYLIST_BYTES = 16 * 1024 * 1024;

/**
 * Fetches the smallest variant that has sound, and copies the sound out of it.
 * Finished segments of an earlier call are kept.
 * @throws AppError `extraction/…`; the signal's reason
 */
export async function downloadHls(deps: DownloadDeps & { ffmpeg: Ffmpeg }, request: HlsRequest): Promise<HlsSound> {
  try {
    await requireRoom(deps, 0);
    const { segments, durationSeconds } = await fetchPlaylist(deps, request, request.url, 'master or media');
    const directory = join(request.directory, `hls-${fingerprint(segments)}`);
    const output = join(directory, 'sound.m4a');
    if (existsSync(output)) return { path: output, durationSeconds };
    await mkdir(directory, { recursive: true });
    const local = nameFiles(segments);
    await fetchAll(deps, request, { local, directory, durationSeconds });
    const playlist = join(directory, 'local.m3u8');
    await writeFile(playlist, formatLocalPlaylist(local.segments));
    await copyOut(deps, request, { playlist, output, durationSeconds });
    return { path: output, durationSeconds };
  } catch (error) {
    throw withCode(error);
  }
}

async function fetchPlaylist(
  deps: DownloadDeps,
  request: HlsRequest,
  url: string,
  expected: 'master or media' | 'media',
): Promise<{ segments: HlsSegment[]; durationSeconds: number }> {
  const answer = await deps.fetcher.bytes(url, {
    maxBytes: MAX_PLAYLIST_BYTES,
    signal: request.signal,
    // The second address was named by the first document.
    followRedirects: expected === 'master or media',
  });
  const playlist = readPlaylist(answer.body.toString('utf8'), answer.url);
  if (playlist.kind === 'media') return playlist;
  if (expected === 'media')
    throw extractionErrors.error('broken-playlist', { params: { what: 'master inside master' } });
  return fetchPlaylist(deps, request, playlist.soundUrl, 'media');
}

/** Segments of another playlist must not be taken for those of this one. */
function fingerprint(segments: readonly HlsSegment[]): string {
  const hash = createHash('sha256');
  for (const { url, span, durationSeconds } of segments) hash.update(JSON.stringify([url, span, durationSeconds]));
  return hash.digest('hex').slice(0, 16);
}

interface LocalFiles {
  segments: (HlsSegment & { file: string; mapFile: string | null })[];
  maps: WantedFile[];
}

function nameFiles(segments: readonly HlsSegment[]): LocalFiles {
  const maps = new Map<string, WantedFile>();
  const mapFile = (map: HlsResource | null): string | null => {
    if (map === null) return null;
    const key = JSON.stringify(map);
    const known = maps.get(key) ?? { ...map, file: `map-${maps.size}.mp4` };
    maps.set(key, known);
    return known.file;
  };
  const named = segments.map((segment, index) => ({
    ...segment,
    // The extension is one that ffmpeg's HLS reader accepts; it looks at the bytes, not at the name.
    file: `${String(index).padStart(5, '0')}.${segment.map === null ? 'ts' : 'm4s'}`,
    mapFile: mapFile(segment.map),
  }));
  return { segments: named, maps: [...maps.values()] };
}

async function fetchAll(
  deps: DownloadDeps,
  request: HlsRequest,
  { local, directory, durationSeconds }: { local: LocalFiles; directory: string; durationSeconds: number },
): Promise<void> {
  let doneSeconds = 0;
  let doneBytes = 0;
  await fetchSegments(deps, {
    files: [...local.maps, ...local.segments],
    directory,
    onFetched: (index, bytes) => {
      doneSeconds += local.segments[index - local.maps.length]?.durationSeconds ?? 0;
      doneBytes += bytes;
      requireSize(deps, doneBytes);
      request.onFetching({ doneSeconds, totalSeconds: durationSeconds, doneBytes });
    },
    signal: request.signal,
  });
}

async function copyOut(
  deps: DownloadDeps & { ffmpeg: Ffmpeg },
  request: HlsRequest,
  { playlist, output, durationSeconds }: { playlist: string; output: string; durationSeconds: number },
): Promise<void> {
  const unfinished = `${output}.part`;
  const { heardSeconds } = await withChildNote(`${output}.pid`, (onStarted) =>
    copySound(deps.ffmpeg, {
      input: playlist,
      inputOptions: ['-allowed_extensions', 'ALL', '-f', 'hls'],
      output: unfinished,
      onProgress: (doneSeconds) => request.onCopying({ doneSeconds, totalSeconds: durationSeconds }),
      onStarted,
      clock: deps.clock,
      signal: request.signal,
    }),
  );
  requireDuration(heardSeconds, durationSeconds);
  await rename(unfinished, output);
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { MediaCandidate } from '../../sources/index.ts';
import { extractionErrors } from '../errors.ts';
import type { Advance } from '../progress.ts';
import { type DownloadDeps, requireRoom } from './download-context.ts';
import { downloadFile } from './download-file.ts';
import { downloadHls } from './download-hls.ts';
import { withCode } from './fetch-failure.ts';
import { copySound, type Ffmpeg } from './ffmpeg.ts';
import { withChildNote } from './orphan.ts';
import { requireDuration } from './sound-duration.ts';
import { downloadPage, type YtDlp } from './yt-dlp.ts';

/** What fetching needs that may not be there. */
export interface Tools {
  ffmpeg: Ffmpeg | null;
  ytDlp: YtDlp | null;
}

export interface FetchedSound {
  /** In the workspace, unverified. */
  path: string;
  format: 'mp3' | 'm4a';
  origin: 'published' | 'copied';
  announced: { sizeBytes?: number; durationSeconds?: number };
}

export interface SoundRequest {
  candidate: MediaCandidate;
  workspace: string;
  signal: AbortSignal;
  onProgress: (advance: Advance) => void;
}

/**
 * Fetches the sound of one source into the workspace, going on from what an earlier worker left there.
 * @throws AppError `extraction/…`; the signal's reason
 */
export async function fetchSound(deps: DownloadDeps, tools: Tools, request: SoundRequest): Promise<FetchedSound> {
  try {
    switch (request.candidate.kind) {
      case 'mp3':
        return await fetchMp3(deps, request);
      case 'hls':
        return await fetchHls(deps, requireFfmpeg(tools), request);
      case 'page':
        return await fetchPage(deps, tools, request);
      case 'mp4':
        return await fetchMp4(deps, requireFfmpeg(tools), request);
    }
  } catch (error) {
    throw withCode(error);
  }
}

function requireFfmpeg({ ffmpeg }: Tools): Ffmpeg {
  if (ffmpeg === null) throw extractionErrors.error('ffmpeg-missing');
  return ffmpeg;
}

/** Files of one source in a workspace that may see several. */
function nameOf({ kind, url }: MediaCandidate): string {
  return `${kind}-${createHash('sha256').update(url).digest('hex').slice(0, 16)}`;
}

async function fetchMp3(deps: DownloadDeps, request: SoundRequest): Promise<FetchedSound> {
  const { path, sizeBytes } = await downloadInto(deps, request, 'mp3');
  return { path, format: 'mp3', origin: 'published', announced: { sizeBytes } };
}

async function fetchMp4(deps: DownloadDeps, ffmpeg: Ffmpeg, request: SoundRequest): Promise<FetchedSound> {
  const { path } = await downloadInto(deps, request, 'mp4');
  return copyOut(deps, ffmpeg, request, path);
}

function downloadInto(deps: DownloadDeps, request: SoundRequest, kind: 'mp3' | 'mp4') {
  return downloadFile(deps, {
    url: request.candidate.url,
    directory: request.workspace,
    name: `${nameOf(request.candidate)}.${kind}`,
    expects: kind,
    signal: request.signal,
    onProgress: (doneBytes, totalBytes) => request.onProgress({ step: 'fetching', doneBytes, totalBytes }),
  });
}

async function fetchHls(deps: DownloadDeps, ffmpeg: Ffmpeg, request: SoundRequest): Promise<FetchedSound> {
  const { path, durationSeconds } = await downloadHls(
    { ...deps, ffmpeg },
    {
      url: request.candidate.url,
      directory: request.workspace,
      signal: request.signal,
      onFetching: (progress) => request.onProgress({ step: 'fetching', totalBytes: null, ...progress }),
      onCopying: (progress) => request.onProgress({ step: 'copying', ...progress }),
    },
  );
  return { path, format: 'm4a', origin: 'copied', announced: { durationSeconds } };
}

async function fetchPage(deps: DownloadDeps, tools: Tools, request: SoundRequest): Promise<FetchedSound> {
  if (tools.ytDlp === null) throw extractionErrors.error('yt-dlp-missing');
  const path = await downloadPage(
    { ...deps, ytDlp: tools.ytDlp },
    {
      url: request.candidate.url,
      directory: request.workspace,
      signal: request.signal,
      onProgress: (doneBytes, totalBytes) => request.onProgress({ step: 'fetching', doneBytes, totalBytes }),
    },
  );
  if (extname(path) === '.mp3') return { path, format: 'mp3', origin: 'published', announced: {} };
  return copyOut(deps, requireFfmpeg(tools), request, path);
}

/** The sound of a whole local video, in a file of its own. */
async function copyOut(
  deps: DownloadDeps,
  ffmpeg: Ffmpeg,
  request: SoundRequest,
  video: string,
): Promise<FetchedSound> {
  const output = join(request.workspace, `${nameOf(request.candidate)}.m4a`);
  if (!existsSync(output)) {
    await requireRoom(deps, 0);
    const unfinished = `${output}.part`;
    const totalSeconds = request.candidate.durationAtLeastSeconds;
    const copied = await withChildNote(`${output}.pid`, (onStarted) =>
      copySound(ffmpeg, {
        input: video,
        output: unfinished,
        onProgress: (doneSeconds) => request.onProgress({ step: 'copying', doneSeconds, totalSeconds }),
        onStarted,
        clock: deps.clock,
        signal: request.signal,
      }),
    );
    requireDuration(copied.heardSeconds, copied.timelineSeconds);
    await rename(unfinished, output);
  }
  return { path: output, format: 'm4a', origin: 'copied', announced: {} };
}

import { stat } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import type { AppError } from '../../platform/errors/index.ts';
import type { PageProxy } from '../../platform/fetch/index.ts';
import { extractionErrors } from '../errors.ts';
import { createUpkeep, type DownloadDeps, requireRoom } from './download-context.ts';
import { findProgram } from './find-program.ts';
import { withChildNote } from './orphan.ts';
import { type OnProgramEnd, type ProgramEnd, runProgram } from './run-program.ts';

export interface YtDlp {
  path: string;
  /** Throws unless this page may be asked for. */
  admit: (url: string) => Promise<unknown>;
  /** Opens the only way out that a run is given, as it looks names up again and follows redirects by itself. */
  openProxy: () => Promise<PageProxy>;
  /** Told of each run of it. */
  onEnd?: OnProgramEnd | undefined;
}

/** Finds yt-dlp: YTDLP_PATH, then PATH. Null when there is none. */
export async function findYtDlp(options: {
  configured: string | undefined;
  path: string | undefined;
  admit: YtDlp['admit'];
  openProxy: YtDlp['openProxy'];
  onEnd?: OnProgramEnd;
}): Promise<YtDlp | null> {
  const path = await findProgram('yt-dlp', options);
  const { admit, openProxy, onEnd } = options;
  return path === null ? null : { path, admit, openProxy, onEnd };
}

export interface PageRequest {
  /** Any http(s) page that is admitted. */
  url: string;
  /** Must exist, and be nobody else's. */
  directory: string;
  signal: AbortSignal;
  /** Total null when the page does not tell. */
  onProgress: (doneBytes: number, totalBytes: number | null) => void;
}

/** A page of 3 h of video at 1 MB/s. */
const TIMEOUT_MS = 3 * 3600_000;
/** yt-dlp writes a line of progress several times a second; its slowest step (a site's scripts) is silent for less, in ms. */
const SILENCE_MS = 120_000;

/**
 * Has yt-dlp fetch the sound of a page, or the smallest video when the sound is not published apart, going on from what an
 * earlier run left. What came is not verified here.
 * @returns the path of the file
 * @throws extraction/yt-dlp-failed, extraction/page-unsupported, extraction/source-…, extraction/disk-…; what `admit` throws;
 * the signal's reason
 */
export async function downloadPage(deps: DownloadDeps & { ytDlp: YtDlp }, request: PageRequest): Promise<string> {
  await requireRoom(deps, 0);
  if (!/^https?:\/\//i.test(request.url)) throw extractionErrors.error('page-unsupported');
  await deps.ytDlp.admit(request.url);
  const proxy = await deps.ytDlp.openProxy();
  try {
    return await runThrough(proxy, deps, request);
  } finally {
    await proxy.close();
  }
}

async function runThrough(
  proxy: PageProxy,
  deps: DownloadDeps & { ytDlp: YtDlp },
  request: PageRequest,
): Promise<string> {
  let path: string | null = null;
  const room = new AbortController();
  const watch = watchRoom(deps, room);
  const end = await withChildNote(`${request.directory}/yt-dlp.pid`, (onStarted) =>
    runProgram({
      command: deps.ytDlp.path,
      args: pageArguments(request, deps.limits.maxBytes),
      // Not an argument: those are read by all who sit at this machine.
      environment: proxyEnvironment(proxy),
      directory: request.directory,
      timeoutMs: TIMEOUT_MS,
      silenceMs: SILENCE_MS,
      onLine: (line) => {
        path = parseFileLine(line) ?? path;
        const progress = parsePageProgress(line);
        if (progress === null) return;
        request.onProgress(progress.doneBytes, progress.totalBytes);
        watch(progress.doneBytes);
      },
      onStarted,
      onEnd: deps.ytDlp.onEnd,
      clock: deps.clock,
      signal: AbortSignal.any([request.signal, room.signal]),
    }),
  );
  if (end.exitCode !== 0) throw failure(end);
  return requireFile(path, request.directory, end);
}

/** Breaks the run off when the disk runs low while yt-dlp writes. */
function watchRoom(deps: DownloadDeps, room: AbortController): (doneBytes: number) => void {
  const upkeep = createUpkeep(deps);
  let knownBytes = 0;
  return (doneBytes) => {
    upkeep(Math.max(0, doneBytes - knownBytes)).catch((error: unknown) => room.abort(error));
    knownBytes = doneBytes;
  };
}

/** What yt-dlp and the programs that it starts go by (https://everything.curl.dev/usingcurl/proxies/env). */
function proxyEnvironment({ url }: PageProxy): Record<string, string> {
  const ways = { http_proxy: url, https_proxy: url, all_proxy: url, no_proxy: '' };
  const capitals = Object.entries(ways).map(([name, value]) => [name.toUpperCase(), value]);
  return { ...ways, ...Object.fromEntries(capitals) };
}

function pageArguments({ url, directory }: PageRequest, maxBytes: number): string[] {
  return [
    // Neither the user's configuration nor caches outside the workspace.
    ...['--ignore-config', '--no-cache-dir', '--no-playlist', '--no-mtime'],
    ...['--format', 'ba/worst', '--continue', '--no-skip-unavailable-fragments', '--concurrent-fragments', '4'],
    ...['--socket-timeout', '20', '--retries', '5', '--fragment-retries', '5', '--max-filesize', String(maxBytes)],
    ...['--newline', '--progress', '--progress-template', PROGRESS_TEMPLATE, '--print', `after_move:${FILE_TEMPLATE}`],
    ...['--output', `${directory}/page.%(ext)s`, '--', url],
  ];
}

const PROGRESS_TEMPLATE =
  'download:robian-progress %(progress.downloaded_bytes)s %(progress.total_bytes)s %(progress.total_bytes_estimate)s';
const FILE_TEMPLATE = 'robian-file %(filepath)s';

/** Numbers may be decimals, and `NA` where unknown. */
export function parsePageProgress(line: string): { doneBytes: number; totalBytes: number | null } | null {
  const [tag, done, total, estimate] = line.trim().split(' ');
  if (tag !== 'robian-progress' || !Number.isFinite(Number(done))) return null;
  const known = [total, estimate].map(Number).find(Number.isFinite);
  return { doneBytes: Math.round(Number(done)), totalBytes: known === undefined ? null : Math.round(known) };
}

function parseFileLine(line: string): string | null {
  return /^robian-file (.+)$/.exec(line)?.[1] ?? null;
}

/** yt-dlp ends well without a file when it declined to fetch it, over `--max-filesize` for one. */
async function requireFile(path: string | null, directory: string, end: ProgramEnd): Promise<string> {
  const inPlace = path !== null && dirname(path) === directory && extname(path) !== '.part';
  const found = inPlace && path !== null ? await stat(path).catch(() => null) : null;
  if (path === null || found === null || !found.isFile() || found.size === 0) throw failure(end);
  return path;
}

/** yt-dlp has one exit code for all; its last words tell what passes and what does not. */
const MEANINGS: readonly [RegExp, (cause: Error) => AppError][] = [
  [/No space left on device/, (cause) => extractionErrors.error('disk-full', { cause })],
  [
    /Unsupported URL|is not a valid URL|No video formats/i,
    (cause) => extractionErrors.error('page-unsupported', { cause }),
  ],
  [/HTTP Error 404/, (cause) => extractionErrors.error('source-missing', { cause })],
  [/HTTP Error 410/, (cause) => extractionErrors.error('source-gone', { cause })],
  [/HTTP Error 429/, (cause) => extractionErrors.error('source-busy', { cause })],
  [/HTTP Error (401|403)/, (cause) => extractionErrors.error('source-refused', { params: { status: 403 }, cause })],
];

function failure(end: ProgramEnd): AppError {
  const cause = new Error(`yt-dlp: ${end.stopped ?? `exit code ${end.exitCode}`}: ${end.stderrTail.trim()}`);
  const meaning = MEANINGS.find(([pattern]) => pattern.test(end.stderrTail));
  return meaning === undefined ? extractionErrors.error('yt-dlp-failed', { cause }) : meaning[1](cause);
}

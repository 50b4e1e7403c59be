import { existsSync } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../platform/errors/index.ts';
import { extractionErrors } from '../errors.ts';
import { createUpkeep, type DownloadDeps } from './download-context.ts';
import { failureKind, withCode } from './fetch-failure.ts';
import type { HlsResource } from './hls-playlist.ts';
import { abandon, openRange } from './open-range.ts';
import { bear, type Patience } from './patience.ts';
import { fetchWhole } from './whole-download.ts';

/** A resource and the name of its file. */
export interface WantedFile extends HlsResource {
  file: string;
}

/** A segment may be late on one server of several: asked for this often before it is called missing. */
const MAX_TRIES = 4;

/**
 * Fetches files into `directory`, several at once, each whole or not there at all: what an earlier process finished is
 * not fetched again.
 * @param onFetched called for each file, had or fetched, with its bytes
 * @throws AppError `extraction/…`; the signal's reason
 */
export async function fetchSegments(
  deps: DownloadDeps,
  options: {
    files: readonly WantedFile[];
    directory: string;
    onFetched: (index: number, bytes: number) => void;
    signal: AbortSignal;
  },
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  let patience: Patience = { connections: deps.limits.connections, fruitless: 0 };
  let quietUntilMs = 0;
  let next = 0;
  const upkeep = createUpkeep(deps);

  async function fetchOne(wanted: WantedFile): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      const quietMs = quietUntilMs - deps.clock.monotonicMs();
      if (quietMs > 0) await deps.clock.sleep(quietMs, signal);
      try {
        const bytes = await ensureFile(deps, wanted, options.directory, signal);
        patience = { ...patience, fruitless: 0 };
        return bytes;
      } catch (error) {
        signal.throwIfAborted();
        const coded = segmentError(withCode(error), wanted.file);
        if (!(coded instanceof AppError) || tries >= MAX_TRIES) throw coded;
        const [borne, bearing] = bear(patience, { ...failureKind(coded), broughtBytes: 0 }, deps.random());
        patience = borne;
        if (bearing.do === 'give-up') throw coded;
        const untilMs = deps.clock.monotonicMs() + bearing.waitMs;
        if (bearing.all) quietUntilMs = Math.max(quietUntilMs, untilMs);
        await deps.clock.sleep(bearing.waitMs, signal);
      }
    }
  }

  async function connection(number: number): Promise<void> {
    // The first connection stays: there is always one.
    while (number === 0 || number < patience.connections) {
      const index = next;
      const wanted = options.files[index];
      if (wanted === undefined) return;
      next += 1;
      const bytes = await fetchOne(wanted);
      options.onFetched(index, bytes);
      await upkeep(bytes);
    }
  }

  const connections = Array.from({ length: deps.limits.connections }, (_, number) => connection(number));
  try {
    await Promise.all(connections);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(connections);
    throw error;
  }
}

/** Returns the file's bytes. Only a whole file gets its name. */
async function ensureFile(
  deps: DownloadDeps,
  wanted: WantedFile,
  directory: string,
  signal: AbortSignal,
): Promise<number> {
  const complete = join(directory, wanted.file);
  if (existsSync(complete)) return (await stat(complete)).size;
  const answer = await openRange(deps.fetcher, {
    url: wanted.url,
    originalUrl: wanted.url,
    ...(wanted.span === undefined ? {} : { span: wanted.span }),
    followRedirects: false,
    signal,
  });
  if (answer.kind === 'unsatisfiable') throw misbehaves('range not satisfiable');
  const { response } = answer;
  const expected = wanted.span === undefined ? null : wanted.span.end - wanted.span.start;
  if (expected !== null && answer.kind !== 'part') {
    abandon(response.body);
    throw misbehaves('no ranges');
  }
  const data = `${complete}.part`;
  const bytes = await fetchWhole(deps, {
    data,
    response,
    lengthBytes: expected ?? (answer.kind === 'whole' ? answer.lengthBytes : null),
    expects: 'segment',
    onProgress: () => undefined,
    onFetched: () => undefined,
    signal,
  });
  await rename(data, complete);
  return bytes;
}

/** A segment that is not there is another matter than a file that is not: the next try may find it. */
function segmentError(error: unknown, segment: string): unknown {
  if (!(error instanceof AppError) || error.code !== extractionErrors.code('source-missing')) return error;
  return extractionErrors.error('segment-missing', { params: { segment }, cause: error });
}

function misbehaves(what: string): Error {
  return extractionErrors.error('source-misbehaves', { params: { what } });
}

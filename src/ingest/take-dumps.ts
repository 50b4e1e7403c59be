import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Debates } from '../debates/index.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Logger } from '../platform/telemetry/index.ts';
import { type DumpDownloader, type DumpItem, type PortalAddresses, readDump } from '../portal/index.ts';
import type { Provenance } from '../sources/index.ts';
import type { Speech } from '../speech/index.ts';
import { decideMeeting } from './announce-agenda.ts';
import type { IngestStore } from './store.ts';
import type { Take } from './take.ts';

export type DumpName = 'everybody' | 'activeDeputies' | 'agenda';

export interface DumpReport {
  dump: DumpName;
  /** True: the server has nothing newer than what was taken last. */
  unchanged: boolean;
  /** Members of the archive that were read. */
  read: number;
  /** Rows written, or announcements that changed. */
  written: number;
  /** Members that could not be read; each is in the log. */
  unreadable: number;
}

export interface DumpProgress {
  dump: DumpName;
  receivedBytes: number;
  totalBytes: number | null;
}

export interface DumpsRequest {
  /** In this order: the agenda takes names of organs from the directory. */
  dumps: readonly DumpName[];
  signal?: AbortSignal | undefined;
  onProgress?: (progress: DumpProgress) => void;
}

export interface DumpTools {
  debates: Debates;
  speech: Speech;
  store: IngestStore;
  take: Take;
  downloader: DumpDownloader;
  addresses: PortalAddresses;
  clock: Clock;
  logger: Logger;
  /** Where unfinished downloads stay until they are whole. */
  folder: string;
}

/** The 17th, elected in July 2024; its directory (AMO30) holds the people of every one. */
const LEGISLATURE = 17;
/** Some milliseconds of the database at a time, so that nobody waits long behind it; a few hundred kilobytes of memory. */
const ITEMS_AT_ONCE = 200;

/**
 * Downloads dumps that have changed and takes them, a piece at a time: memory does not grow with a dump. What an
 * interrupted download left is gone on with the next time.
 * @throws FetchError, AppError `portal/malformed`; the signal's reason when aborted
 */
export async function takeDumps(tools: DumpTools, request: DumpsRequest): Promise<DumpReport[]> {
  const reports: DumpReport[] = [];
  for (const dump of request.dumps) reports.push(await takeDump(tools, dump, request));
  return reports;
}

async function takeDump(tools: DumpTools, dump: DumpName, { signal, onProgress }: DumpsRequest): Promise<DumpReport> {
  const { downloader, store, clock, folder } = tools;
  const report: DumpReport = { dump, unchanged: false, read: 0, written: 0, unreadable: 0 };
  const url = tools.addresses.dumps(LEGISLATURE)[dump];
  const path = join(folder, `${dump}.zip`);
  await mkdir(folder, { recursive: true });
  const download = await downloader.download({
    url,
    path,
    validator: await store.dumpValidator(dump, url),
    ...(signal === undefined ? {} : { signal }),
    onProgress: (receivedBytes, totalBytes) => onProgress?.({ dump, receivedBytes, totalBytes }),
  });
  if (download.kind === 'unchanged') return { ...report, unchanged: true };
  const takenAt = clock.now();
  const isEtag = download.validator?.startsWith('"') === true;
  const provenance: Provenance = {
    url,
    fetchedAt: takenAt,
    sha256: null,
    etag: isEtag ? download.validator : null,
    lastModified: isEtag ? null : download.validator,
  };
  const takePiece = dump === 'agenda' ? await agendaTaker(tools, provenance) : directoryTaker(tools, dump);
  for await (const items of inPieces(readDump(path, signal === undefined ? {} : { signal }))) {
    report.read += items.length;
    for (const item of items) {
      if (item.kind !== 'unreadable') continue;
      report.unreadable += 1;
      tools.logger.warn({ dump, member: item.member, err: item.error }, 'a member of a dump could not be read');
    }
    report.written += await takePiece(items);
  }
  // Only a dump that was taken whole counts as taken.
  await store.saveDump({ name: dump, url, validator: download.validator, taken_at: takenAt });
  await rm(path, { force: true });
  return report;
}

type PieceTaker = (items: readonly DumpItem[]) => Promise<number>;

/** The dump of active deputies is a part of the other: it only adds who is missing there. */
function directoryTaker({ speech }: DumpTools, dump: DumpName): PieceTaker {
  return (items) =>
    speech.takeDirectory(
      {
        people: items.flatMap((item) => (item.kind === 'person' ? item.person : [])),
        mandates: items.flatMap((item) => (item.kind === 'mandate' ? item.mandate : [])),
        organs: items.flatMap((item) => (item.kind === 'organ' ? item.organ : [])),
      },
      dump === 'activeDeputies' ? 'unknown' : 'all',
    );
}

async function agendaTaker(tools: DumpTools, provenance: Provenance): Promise<PieceTaker> {
  const { addresses, clock, debates, speech, take } = tools;
  const context = { now: clock.now(), organNames: await speech.organNames(), addresses, provenance };
  return async (items) => {
    const decisions = items.flatMap((item) => (item.kind === 'meeting' ? decideMeeting(item.meeting, context) : []));
    const announced = decisions.flatMap((one) => (one.kind === 'announce' ? one.announcement : []));
    let written = await take.announcements(SOURCE, announced);
    for (const decision of decisions) {
      if (decision.kind !== 'cancel') continue;
      const cancelled = await debates.cancelAnnouncement(decision.meetingId);
      if (cancelled?.outcome === 'updated') written += 1;
    }
    return written;
  };
}

/** Announced meetings become recordings of the portal. */
const SOURCE = 'portal';

async function* inPieces(items: AsyncIterable<DumpItem>): AsyncIterable<DumpItem[]> {
  let piece: DumpItem[] = [];
  for await (const item of items) {
    piece.push(item);
    if (piece.length < ITEMS_AT_ONCE) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

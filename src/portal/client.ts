import { type Clock, parisDay } from '../platform/clock/index.ts';
import { AppError } from '../platform/errors/index.ts';
import { FetchError, type Fetcher } from '../platform/fetch/index.ts';
import type { ListPage, PortalAddresses } from './addresses.ts';
import { refuseWebPage } from './decode-text.ts';
import { malformed, portalErrors } from './errors.ts';
import { type DocumentRequest, fetchDocument, type Provenance, type Validator } from './fetch-document.ts';
import { createPace, type Pace } from './pace.ts';
import { type Captions, parseCaptions } from './parse-captions.ts';
import { type DataNvs, parseDataNvs } from './parse-data-nvs.ts';
import { type DaySearch, parseDaySearch } from './parse-day-search.ts';
import { type Editorial, parseEditorial } from './parse-editorial.ts';
import { parseHomeLinks, type VideoLink } from './parse-home-links.ts';
import { type LiveList, parseLiveList } from './parse-live-list.ts';
import { type PlayerNvs, parsePlayerNvs } from './parse-player-nvs.ts';
import { parseSyceron } from './parse-syceron.ts';
import { parseVideoPage, type VideoPage } from './parse-video-page.ts';
import type { SittingRecord } from './sitting-record.ts';

/**
 * A hundred times the largest of each that is known: sample data.nvs 23 kB, page 34 kB, captions some 300 kB.
 * Ten times for records, of which the largest have 3 MB.
 */
const MAX_BYTES = {
  daySearch: 4 << 20,
  dataNvs: 8 << 20,
  player: 8 << 20,
  page: 4 << 20,
  captions: 32 << 20,
  record: 32 << 20,
  editorial: 4 << 20,
  liveList: 256 << 10,
} as const;

const UNUSABLE_ANSWERS = [portalErrors.code('malformed'), portalErrors.code('html-instead')];

export interface Seen<T> {
  changed: true;
  value: T;
  provenance: Provenance;
}

interface Unchanged {
  changed: false;
  provenance: Provenance;
}

/** What a document says, or that it has not changed since the caller's validator. */
type Observed<T> = Seen<T> | Unchanged;

interface RequestOptions {
  signal?: AbortSignal | undefined;
}

interface ConditionalOptions extends RequestOptions {
  validator?: Validator | undefined;
}

/**
 * The video portal, read politely. Every method throws FetchError when the portal does not answer, AppError
 * `portal/html-instead` or `portal/malformed` when it answers something else, `portal/bad-video-id` before asking.
 */
export interface Portal {
  /** The videos of a Paris day, `YYYY-MM-DD`. */
  searchDay(day: string, options?: RequestOptions): Promise<Seen<DaySearch>>;
  dataNvs(videoId: string, options?: ConditionalOptions): Promise<Observed<DataNvs>>;
  /** Times of the chapters; null while there is no such file. */
  player(videoId: string, state: 'live' | 'vod', options?: ConditionalOptions): Promise<Observed<PlayerNvs> | null>;
  page(videoId: string, options?: ConditionalOptions): Promise<Observed<VideoPage>>;
  /** `captionUrl` as the page gives it. Also throws AppError `portal/foreign-address`. */
  captions(captionUrl: string, options?: ConditionalOptions): Promise<Observed<Captions>>;
  /** The edited record of a plenary sitting, `CRSANR…`, on the Assembly's own site. */
  record(reportId: string, options?: ConditionalOptions): Promise<Observed<SittingRecord>>;
  /** Today's programme. */
  editorial(options?: RequestOptions): Promise<Seen<Editorial>>;
  /** What runs now; candidates from direct.php, with null `flux`, when live.txt cannot be had. */
  liveVideos(options?: RequestOptions): Promise<Seen<LiveList>>;
  /** The videos that a list page links to. */
  linkedVideos(page: ListPage, options?: RequestOptions): Promise<Seen<VideoLink[]>>;
}

interface PortalOptions {
  fetcher: Fetcher;
  addresses: PortalAddresses;
  clock: Clock;
  /** Requests for XML or text at once, and the pause between two starts: others were left in peace at 300 ms. */
  concurrency?: number;
  pauseMs?: number;
  /** Between two pages, which cost the portal more. */
  pagePauseMs?: number;
}

export function createPortal(options: PortalOptions): Portal {
  const { fetcher, addresses, clock, concurrency = 2, pauseMs = 300, pagePauseMs = 2000 } = options;
  const documents = createPace({ clock, pauseMs, concurrency });
  const pages = createPace({ clock, pauseMs: pagePauseMs, concurrency: 1 });

  async function observe<T>(
    pace: Pace,
    request: DocumentRequest,
    parse: (bytes: Uint8Array) => T,
  ): Promise<Observed<T>> {
    const { bytes, provenance } = await pace.run(() => fetchDocument({ fetcher, clock }, request), request.signal);
    return bytes === null ? { changed: false, provenance } : { changed: true, value: parse(bytes), provenance };
  }

  async function see<T>(
    pace: Pace,
    request: Omit<DocumentRequest, 'validator'>,
    parse: (bytes: Uint8Array) => T,
  ): Promise<Seen<T>> {
    const observed = await observe(pace, request, parse);
    // Only a validator makes an answer "unchanged", and none was sent.
    if (!observed.changed) throw new Error('unchanged without a validator');
    return observed;
  }

  const portal: Portal = {
    searchDay: (day, { signal } = {}) =>
      see(documents, { url: addresses.daySearch(day), maxBytes: MAX_BYTES.daySearch, signal }, parseDaySearch),
    dataNvs: async (videoId, { validator, signal } = {}) =>
      observe(
        documents,
        { url: addresses.dataNvs(videoId), maxBytes: MAX_BYTES.dataNvs, bustWith: 'modulo', validator, signal },
        (bytes) => dataNvsOf(videoId, bytes),
      ),
    async player(videoId, state, { validator, signal } = {}) {
      const url = addresses.player(videoId, state);
      const request = { url, maxBytes: MAX_BYTES.player, bustWith: 'modulo', validator, signal };
      return await observe(documents, request, parsePlayerNvs).catch((error: unknown) => {
        if (isMissing(error)) return null;
        throw error;
      });
    },
    page: async (videoId, { validator, signal } = {}) =>
      observe(
        pages,
        { url: addresses.videoPage(videoId), maxBytes: MAX_BYTES.page, validator, signal },
        parseVideoPage,
      ),
    captions: async (captionUrl, { validator, signal } = {}) =>
      observe(
        documents,
        { url: addresses.captions(captionUrl), maxBytes: MAX_BYTES.captions, validator, signal },
        parseCaptions,
      ),
    record: async (reportId, { validator, signal } = {}) =>
      observe(pages, { url: addresses.reportXml(reportId), maxBytes: MAX_BYTES.record, validator, signal }, (bytes) =>
        parseSyceron(refuseWebPage(bytes, 'syceron')),
      ),
    editorial: ({ signal } = {}) =>
      firstThatAnswers(addresses.editorials(parisDay(clock.now())), (url) =>
        see(documents, { url, maxBytes: MAX_BYTES.editorial, bustWith: 'rnd', signal }, parseEditorial),
      ),
    async liveVideos({ signal } = {}) {
      const request = { url: addresses.liveList(), maxBytes: MAX_BYTES.liveList, bustWith: 'rnd', signal };
      return await see(documents, request, parseLiveList).catch(async (error: unknown) => {
        if (!answersSomethingElse(error)) throw error;
        const { value: links, provenance } = await portal.linkedVideos('live', { signal });
        const streams = links.map(({ videoId }) => ({ flux: null, videoId }));
        return { changed: true as const, value: { streams, rejected: [] }, provenance };
      });
    },
    linkedVideos: (page, { signal } = {}) =>
      see(pages, { url: addresses.listPage(page), maxBytes: MAX_BYTES.page, signal }, parseHomeLinks),
  };
  return portal;
}

/** A cache on the way that hands out another video's facts must not rename a debate. */
function dataNvsOf(videoId: string, bytes: Uint8Array): DataNvs {
  const data = parseDataNvs(bytes);
  if (data.videoId !== videoId) throw malformed('data.nvs', 'it is about another video');
  return data;
}

async function firstThatAnswers<T>(urls: readonly string[], ask: (url: string) => Promise<T>): Promise<T> {
  let failure: unknown = new Error('no address to ask');
  for (const url of urls) {
    try {
      return await ask(url);
    } catch (error) {
      if (!answersSomethingElse(error)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** The portal is there but this document is not, or is not what it should be: another address may do better. */
function answersSomethingElse(error: unknown): boolean {
  if (error instanceof FetchError) return error.reason === 'status';
  return error instanceof AppError && UNUSABLE_ANSWERS.includes(error.code);
}

function isMissing(error: unknown): boolean {
  return error instanceof FetchError && (error.status === 404 || error.status === 410);
}

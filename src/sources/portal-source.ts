import { addDays, type Clock } from '../platform/clock/index.ts';
import { AppError } from '../platform/errors/index.ts';
import { FetchError } from '../platform/fetch/index.ts';
import {
  type Editorial,
  type LiveList,
  type Portal,
  type PortalAddresses,
  portalErrors,
  type Seen,
} from '../portal/index.ts';
import { describeDiffusion, describePortalVideo, mediaOf } from './describe-portal-video.ts';
import type { Announcement, DebateRef, DebateSource, Description, Listing, LiveObservation } from './source.ts';

const SOURCE_ID = 'portal';
/** The programme is asked this often at most, as others do who were left in peace. */
const EDITORIAL_EVERY_MS = 10 * 60_000;

/** The Assembly's video portal as a source of debates. */
export function createPortalSource(deps: { portal: Portal; addresses: PortalAddresses; clock: Clock }): DebateSource {
  const { portal, addresses, clock } = deps;
  const refOf = (videoId: string): DebateRef => ({
    source: SOURCE_ID,
    id: videoId,
    url: addresses.videoPage(videoId),
  });

  async function* discover({ since, until, signal }: Parameters<DebateSource['discover']>[0]): AsyncIterable<Listing> {
    for (let day = since; day <= until; day = addDays(day, 1)) {
      signal?.throwIfAborted();
      yield await listDay(day, signal);
    }
  }

  async function listDay(day: string, signal: AbortSignal | undefined): Promise<Listing> {
    try {
      const { value, provenance } = await portal.searchDay(day, { signal });
      const refs = value.rows.filter((row) => row.published).map((row) => refOf(row.videoId));
      return { day, refs, rejected: value.rejected, provenance };
    } catch (error) {
      signal?.throwIfAborted();
      return { day, error };
    }
  }

  async function describe(
    ref: DebateRef,
    { validator, signal }: Parameters<DebateSource['describe']>[1] = {},
  ): Promise<Description> {
    try {
      const observed = await portal.dataNvs(ref.id, { validator, signal });
      if (!observed.changed) return { kind: 'unchanged', provenance: observed.provenance };
      const debate = describePortalVideo(observed.value, refOf(ref.id), addresses);
      return { kind: 'found', debate, provenance: observed.provenance };
    } catch (error) {
      if (!isAbsent(error)) throw error;
      const provenance = await withdrawal(ref, { signal });
      // A video whose facts are missing but whose page is there is broken, not withdrawn.
      if (provenance === null) throw error;
      return { kind: 'withdrawn', provenance };
    }
  }

  async function withdrawal(ref: DebateRef, { signal }: Parameters<DebateSource['withdrawal']>[1] = {}) {
    const page = await portal.page(ref.id, { signal });
    return page.changed && page.value.kind === 'withdrawn' ? page.provenance : null;
  }

  const captions: DebateSource['captions'] = async (ref, { validator, signal } = {}) => {
    const page = await portal.page(ref.id, { signal });
    if (!page.changed || page.value.kind === 'withdrawn' || page.value.captionUrl === null) return null;
    // The page may name captions that are not there: 404, or 200 with a web page.
    const observed = await unlessAbsent(portal.captions(page.value.captionUrl, { validator, signal }));
    return observed?.changed ? { ...observed, value: observed.value.cues } : observed;
  };

  const timings: DebateSource['timings'] = async (ref, state, { validator, signal } = {}) => {
    const observed = await unlessAbsent(
      portal.player(ref.id, state === 'live' ? 'live' : 'vod', { validator, signal }),
    );
    return observed?.changed ? { ...observed, value: observed.value.synchros } : observed;
  };

  const record: DebateSource['record'] = async (reportUrl, { validator, signal } = {}) => {
    // Only plenary sittings have a record with times; those of commissions (CRC…) are web pages.
    const reportId = /\bCRS[A-Z0-9]{6,57}\b/.exec(reportUrl)?.[0];
    return reportId === undefined ? null : await unlessAbsent(portal.record(reportId, { validator, signal }));
  };

  let editorial: Seen<Editorial> | null = null;

  async function announcements(signal: AbortSignal | undefined): Promise<Announcement[]> {
    const now = clock.now();
    if (editorial === null || now.getTime() - editorial.provenance.fetchedAt.getTime() >= EDITORIAL_EVERY_MS) {
      editorial = await portal.editorial({ signal });
    }
    const { value, provenance } = editorial;
    return value.diffusions
      .filter(({ removedAt }) => removedAt === null || removedAt > now)
      .map((diffusion) => describeDiffusion(diffusion, provenance, addresses));
  }

  async function live({ signal }: Parameters<DebateSource['live']>[0] = {}): Promise<LiveObservation> {
    const observation: LiveObservation = { sittings: [], announced: [], failed: [], rejected: [] };
    try {
      observation.announced = await announcements(signal);
    } catch (error) {
      signal?.throwIfAborted();
      observation.failed.push({ ref: null, error });
    }
    const { value } = await portal.liveVideos({ signal });
    observation.rejected = value.rejected;
    await Promise.all(value.streams.map((stream) => observe(stream, observation, signal)));
    return observation;
  }

  /** Adds one stream to the observation, joined to its line of the programme by the meeting. */
  async function observe(
    { flux, videoId }: LiveList['streams'][number],
    { sittings, announced, failed }: LiveObservation,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const ref = refOf(videoId);
    try {
      const observed = await portal.dataNvs(videoId, { signal });
      if (!observed.changed) return;
      const debate = describePortalVideo(observed.value, ref, addresses);
      // A link on direct.php is no more than a candidate; a line of live.txt is a running stream, whatever data.nvs says.
      if (flux === null && debate.state !== 'live') return;
      const announcement = announced.find(({ meetingId }) => meetingId !== null && meetingId === debate.meetingId);
      sittings.push({ debate, announcement: announcement ?? null, provenance: observed.provenance });
    } catch (error) {
      signal?.throwIfAborted();
      failed.push({ ref, error });
    }
  }

  return {
    id: SOURCE_ID,
    discover,
    describe,
    withdrawal,
    captions,
    timings,
    record,
    live,
    async media(ref, { signal } = {}) {
      const observed = await portal.dataNvs(ref.id, { signal });
      return observed.changed ? mediaOf(observed.value, addresses) : [];
    },
  };
}

async function unlessAbsent<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** The portal says that there is no such document: 404, 410, or a web page in its place. */
function isAbsent(error: unknown): boolean {
  if (error instanceof FetchError) return error.status === 404 || error.status === 410;
  return error instanceof AppError && error.code === portalErrors.code('html-instead');
}

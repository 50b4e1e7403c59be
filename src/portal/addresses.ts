import { isDay } from '../platform/clock/index.ts';
import { portalErrors } from './errors.ts';
import { isVideoId } from './video-id.ts';

/** Where the Assembly's hosts are; a replay of them may stand elsewhere. */
interface PortalBases {
  portalUrl: string;
  mediaUrl: string;
  hlsUrl: string;
  openDataUrl: string;
  siteUrl: string;
}

/** The names under which the portal's own documents call its hosts, wherever the bases point. */
const PUBLISHED_PORTAL_HOST = 'videos.assemblee-nationale.fr';
const PUBLISHED_SITE = /(?:^|\.)assemblee-nationale\.fr$/;

/** `live/images/14000000.jpg` shows the hemicycle. */
const PLENARY_IMAGE = '14000000';

/** Pages that link to videos. */
const LIST_PAGES = {
  home: '/',
  sittings: '/seance-publique',
  questions: '/questions-au-gouvernement',
  commissions: '/commissions',
  live: '/direct.php',
} as const;
export type ListPage = keyof typeof LIST_PAGES;

/**
 * Every address of the Assembly that we ask or hand out. Pure. What comes from outside (ids, paths and addresses in
 * documents) is checked: the result always stands on one of the given bases, or is refused.
 */
export type PortalAddresses = ReturnType<typeof createPortalAddresses>;

export function createPortalAddresses(bases: PortalBases) {
  const portal = baseOf(bases.portalUrl);
  const media = baseOf(bases.mediaUrl);
  const hls = baseOf(bases.hlsUrl);
  const openData = baseOf(bases.openDataUrl);
  const site = baseOf(bases.siteUrl);

  const content = (videoId: string, file: string) => `${portal}/Datas/an/${checked(videoId)}/content/${file}`;
  const mediaFile = (fileUrl: string, extension: 'mp3' | 'mp4') => {
    const path = mediaPath(fileUrl);
    return path?.endsWith(`.${extension}`) ? `${media}/vod/mp4/ida/domain1/${path}` : null;
  };

  return {
    /** Day in Paris, `YYYY-MM-DD`; the portal wants it in French order and answers `[]` to any other. */
    daySearch(day: string): string {
      if (!isDay(day)) throw new RangeError(`not a day: ${day}`);
      const [year, month, date] = day.split('-');
      return `${portal}/php/eventsearch.php?Date=${date}/${month}/${year}`;
    },
    dataNvs: (videoId: string) => content(videoId, 'data.nvs'),
    player: (videoId: string, state: 'live' | 'vod') =>
      content(videoId, state === 'live' ? 'liveplayer.nvs' : 'finalplayer.nvs'),
    videoPage: (videoId: string) => `${portal}/video.${checked(videoId)}`,
    listPage: (page: ListPage) => `${portal}${LIST_PAGES[page]}`,
    liveList: () => `${portal}/live/live.txt`,
    /** The programme of today, the first that answers: the portal's own script knows the other two. */
    editorials: (today: string) => [
      `${portal}/php/getedito.php`,
      `${portal}/live/xml/edito_${today.replaceAll('-', '')}.xml`,
      `${portal}/live/xml/edito.xml`,
    ],
    /** @throws AppError `portal/foreign-address` unless it is an SRT file of the portal */
    captions(captionUrl: string): string {
      const path = pathOnPortal(captionUrl, portal);
      if (path === null || !/^\/Datas\/an\/\d+_[0-9a-f]+\/files\/[\w.-]+\.srt$/i.test(path)) {
        throw portalErrors.error('foreign-address');
      }
      return `${portal}${path}`;
    },
    /** The published sound, from `<file title="audio">`; null when it is none. */
    mp3: (fileUrl: string) => mediaFile(fileUrl, 'mp3'),
    /** The whole video, from `<file title="source">`; null when it is none. */
    mp4: (fileUrl: string) => mediaFile(fileUrl, 'mp4'),
    /** Master playlists of a recording, from any of its files: the second where the first does not answer. */
    hls(fileUrl: string): string[] {
      const stem = mediaPath(fileUrl)?.replace(/(?:_\d)?\.mp[34]$/, '');
      if (stem === undefined) return [];
      const folder = `${hls}/videos/definst/mp4/ida/domain1`;
      return [`${folder}/${stem}_1.mp4/master.m3u8`, `${folder}/${stem}.smil/master.m3u8`];
    },
    /** The playlist of a broadcast, from `<file title="live">`; null when it points elsewhere than to live playlists. */
    liveHls(fileUrl: string): string | null {
      const url = URL.parse(fileUrl);
      if (url === null || !/^https?:$/.test(url.protocol)) return null;
      return /^\/live\/[\w/-]+\.m3u8$/.test(url.pathname) ? `${media}${url.pathname}${url.search}` : null;
    },
    /** A picture as documents name it: `mediafiles://this/…`, `./files/…`, or an address on the portal; else null. */
    image(videoId: string, address: string): string | null {
      const own = /^(?:mediafiles:\/\/this\/|\.\/files\/)((?:[\w-]+\/)*[\w-]+\.(?:jpe?g|png))$/i.exec(address)?.[1];
      if (own !== undefined) return `${portal}/Datas/an/${checked(videoId)}/files/${own}`;
      const path = pathOnPortal(address, portal);
      return path !== null && /^\/(?:Datas\/an|live\/images)\/.+\.(?:jpe?g|png)$/i.test(path)
        ? `${portal}${path}`
        : null;
    },
    /** The picture of an organ, as live pages show it; of the plenary sitting when null. */
    organImage(organId: string | null): string | null {
      const number = organId === null ? PLENARY_IMAGE : /^PO(\d{1,12})$/.exec(organId)?.[1];
      return number === undefined ? null : `${portal}/live/images/${number}.jpg`;
    },
    /** The record of a sitting: an address on the Assembly's site, handed to listeners as it stands; else null. */
    report(address: string): string | null {
      const url = URL.parse(address);
      if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
      return PUBLISHED_SITE.test(url.hostname) || url.origin === new URL(site).origin ? url.href : null;
    },
    /**
     * One record with times, `CRSANR…`.
     * @throws AppError `portal/foreign-address` when that is no record's id
     */
    reportXml(reportId: string): string {
      if (!/^CR[A-Z0-9]{6,60}$/.test(reportId)) throw portalErrors.error('foreign-address');
      return `${site}/dyn/opendata/${reportId}.xml`;
    },
    /** Dumps of the open data, as zip, for one legislature (from 15 for the records, 16 for the agenda). */
    dumps(legislature: number) {
      const folder = `${openData}/static/openData/repository/${Math.trunc(legislature)}`;
      return {
        agenda: `${folder}/vp/reunions/Agenda.json.zip`,
        reports: `${folder}/vp/syceronbrut/syseron.xml.zip`,
        activeDeputies: `${folder}/amo/deputes_actifs_mandats_actifs_organes/AMO10_deputes_actifs_mandats_actifs_organes.json.zip`,
        everybody: `${folder}/amo/tous_acteurs_mandats_organes_xi_legislature/AMO30_tous_acteurs_tous_mandats_tous_organes_historique.json.zip`,
      };
    },
  };
}

function checked(videoId: string): string {
  if (!isVideoId(videoId)) throw portalErrors.error('bad-video-id');
  return videoId;
}

/** Scheme, host and path, without the last slash. */
function baseOf(address: string): string {
  const url = new URL(address);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/**
 * `YYYY/MM/<name>.mp3|mp4` out of a file's address. Everything before `domain1/` names machines of theirs that change
 * (`serverfiles://data9/…`, rtmp of a dead era).
 */
function mediaPath(fileUrl: string): string | null {
  return /domain1\/(\d{4}\/\d{2}\/[\w-]+\.mp[34])$/.exec(fileUrl)?.[1] ?? null;
}

/** The path of an address that is relative to the portal or on it, normalised (no `..`); else null. */
function pathOnPortal(address: string, portal: string): string | null {
  const url = URL.parse(address, `https://${PUBLISHED_PORTAL_HOST}/`);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  if (url.hostname !== PUBLISHED_PORTAL_HOST && url.origin !== new URL(portal).origin) return null;
  return url.pathname;
}

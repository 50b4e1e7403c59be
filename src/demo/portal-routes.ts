import { page } from './documents.ts';
import { renderCaptions } from './formats/captions.ts';
import { renderDataNvs } from './formats/data-nvs.ts';
import { renderDaySearch } from './formats/day-search.ts';
import { renderEditorial } from './formats/editorial.ts';
import { renderDirectPage, renderListPage, renderLiveList, renderMissingVideoPage } from './formats/pages.ts';
import { renderPlayerNvs } from './formats/player-nvs.ts';
import { storyboardOf } from './formats/storyboard.ts';
import { captionPath, renderVideoPage } from './formats/video-page.ts';
import type { Route, World } from './routes.ts';
import { type FilmedSitting, filmedSittings } from './sitting.ts';

/** Lists of the portal and the type of video each shows; the others stay empty. */
const LISTS: Record<string, string> = { 'seance-publique': 'S', 'questions-au-gouvernement': 'QG', commissions: 'C' };

/** Every picture of the replay: one grey pixel. */
const GREY_PIXEL = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AKp//2Q==',
  'base64',
);

/** The addresses of the video portal. Plain files have validators; what PHP makes has none. */
export function portalRoutes(world: World): Route[] {
  const { sittings, origin, clock, file } = world;
  /** Routes below `/Datas/an/<videoId>/`, which is 404 for a video that does not exist. */
  const ofVideo =
    (
      find: (
        sitting: FilmedSitting,
        url: URL,
        groups: Readonly<Record<string, string | undefined>>,
      ) => ReturnType<Route['find']>,
    ) =>
    (groups: Readonly<Record<string, string | undefined>>, url: URL) => {
      const sitting = filmedSittings(world.sittings()).find(({ videoId }) => videoId === groups.videoId);
      return sitting === undefined ? null : find(sitting, url, groups);
    };

  return [
    {
      path: /^\/php\/eventsearch\.php$/,
      find: (_, { searchParams }) => page('html', renderDaySearch(sittings(), searchParams, origin())),
    },
    { path: /^\/php\/getedito\.php$/, find: () => page('xml', renderEditorial(sittings(), clock.now().getTime())) },
    { path: /^\/live\/live\.txt$/, find: () => page('text', renderLiveList(sittings())) },
    { path: /^\/direct\.php$/, find: () => page('html', renderDirectPage(sittings())) },
    {
      path: /^\/Datas\/an\/(?<videoId>\w+)\/content\/data\.nvs$/,
      find: ofVideo((sitting, { pathname }) =>
        file(pathname, 'xml', renderDataNvs(sitting, origin()), sitting.recording),
      ),
    },
    {
      path: /^\/Datas\/an\/(?<videoId>\w+)\/content\/(?<name>final|live)player\.nvs$/,
      find: ofVideo((sitting, { pathname }, { name }) =>
        sitting.state === (name === 'live' ? 'live' : 'vod')
          ? file(pathname, 'xml', renderPlayerNvs(sitting), sitting.recording)
          : null,
      ),
    },
    {
      path: /^\/Datas\/an\/(?<videoId>\w+)\/files\/\w+\.srt$/,
      find: ofVideo((sitting, { pathname }) =>
        sitting.captions !== null && captionPath(sitting) === pathname
          ? file(pathname, 'text', renderCaptions(sitting.captions), sitting.recording)
          : null,
      ),
    },
    {
      path: /^\/Datas\/an\/(?<videoId>\w+)\/files\/seances\.jpg$/,
      find: ofVideo((sitting, { pathname }) => file(pathname, 'jpeg', GREY_PIXEL, sitting.recording)),
    },
    {
      path: /^\/Datas\/an\/(?<videoId>\w+)\/files\/storyboard\/(?<seconds>\d+)\.jpg$/,
      find: ofVideo((sitting, { pathname }, { seconds }) =>
        storyboardOf(sitting).some((picture) => String(picture.seconds) === seconds)
          ? file(pathname, 'jpeg', GREY_PIXEL, sitting.recording)
          : null,
      ),
    },
    { path: /^\/live\/images\/\d+\.jpg$/, find: () => page('jpeg', GREY_PIXEL) },
    {
      // Whatever follows the id is a slug, `.srt` and `.vtt` too, and an unknown video has a page as well: always 200.
      path: /^\/(?:video|direct)\.(?<videoId>[^./]+)/,
      find: (groups, url) =>
        ofVideo((sitting) => page('html', renderVideoPage(sitting, origin())))(groups, url) ??
        page('html', renderMissingVideoPage()),
    },
    {
      path: /^\/(?:index\.php)?$/,
      find: () => page('html', renderListPage('Accueil', filmedSittings(world.sittings()))),
    },
    {
      path: /^\/(?<list>seance-publique|questions-au-gouvernement|commissions|presidence|evenements|connaissance-histoire|autres)$/,
      find: ({ list = '' }) =>
        page(
          'html',
          renderListPage(
            list,
            filmedSittings(world.sittings()).filter(({ videoType }) => videoType.code === LISTS[list]),
          ),
        ),
    },
  ];
}

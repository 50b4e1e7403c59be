import { type FilmedSitting, filmedSittings, type Sitting } from '../sitting.ts';
import { phpJson } from './escape.ts';
import { parisTime } from './paris-time.ts';

const BYTE_ORDER_MARK = '\uFEFF';
/** Without a day, the portal answers with its latest publications; their number is not known. */
const LATEST = 20;

/**
 * `php/eventsearch.php`: a JSON array behind a byte order mark, newest first. `Date` is `DD/MM/YYYY` in Paris; in any
 * other form, ISO dates among them, it finds nothing. Videos are found once they are published, not while live.
 */
export function renderDaySearch(sittings: readonly Sitting[], query: URLSearchParams, origin: string): string {
  const date = query.get('Date') ?? '';
  const type = query.get('TypeVideo') ?? '';
  const commission = query.get('Commission') ?? '';
  const published = filmedSittings(sittings)
    .filter(({ state }) => state === 'vod')
    .toSorted((a, b) => b.recording.startsAtMs - a.recording.startsAtMs)
    .filter((sitting) => date === '' || slashedDay(sitting) === date)
    .filter((sitting) => type === '' || sitting.videoType.label === type)
    .filter((sitting) => commission === '' || sitting.commission?.label === commission);
  const found = date === '' ? published.slice(0, LATEST) : published;
  return BYTE_ORDER_MARK + phpJson(found.map((sitting) => rowOf(sitting, origin)));
}

function slashedDay(sitting: FilmedSitting): string {
  const { day, month, year } = parisTime(sitting.recording.startsAtMs);
  return `${day}/${month}/${year}`;
}

function rowOf(sitting: FilmedSitting, origin: string) {
  return {
    nid: null,
    mediaId: sitting.mediaId,
    date: String(sitting.recording.startsAtMs / 1000),
    thumbnail: `${origin}/Datas/an/${sitting.videoId}/files/seances.jpg`,
    published: true,
    vis: '2',
    description: sitting.agenda.map((point) => `- ${point}<br>`).join(''),
    video_type: sitting.videoType.code,
    theme: sitting.chapters[0]?.theme?.value ?? '',
    commission: sitting.commission?.organId ?? null,
    title: sitting.title,
    url: `/${sitting.videoId}`,
    size: 0,
  };
}

import type { FilmedSitting } from '../sitting.ts';
import { escapeHtml } from './escape.ts';
import { CART_DIALOG, htmlPage, slugOf } from './pages.ts';
import { frenchDay, parisTime } from './paris-time.ts';

/**
 * `video.<videoId>`, and `direct.<videoId>` while live. Without `itemprop=contentURL` the sitting is still live.
 * `config_json` has CRLF line ends, all the rest LF.
 */
export function renderVideoPage(sitting: FilmedSitting, origin: string): string {
  const day = frenchDay(sitting.recording.startsAtMs);
  const title = `${sitting.title} - ${day}`;
  const section = sitting.commission?.label ?? sitting.videoType.label;
  const body = [
    CART_DIALOG,
    `<h1 id="contentheading" class="contentheading">${escapeHtml(`${section} / ${day}`)}</h1>`,
    `<div class="playerTitle"><h2 class="mediaTitle">${escapeHtml(sitting.title)}</h2></div>`,
    ...itemprops(sitting, title, origin),
    '<script>',
    `config_json = ${playerConfig(origin)};`,
    ...playerVariables(sitting, origin),
    '</script>',
  ];
  return htmlPage(title, body.join('\n'), openGraph(sitting, title, origin));
}

/** Path of the captions under the portal; the file is named after the main video. */
export function captionPath({ videoId, recording }: FilmedSitting): string {
  const name = recording.base.split('/').at(-1) ?? '';
  return `/Datas/an/${videoId}/files/${name}_1.srt`;
}

function openGraph(sitting: FilmedSitting, title: string, origin: string): string {
  return `
<meta property="og:url" content="${origin}/video.${sitting.videoId}.${slugOf(sitting)}" />
<meta property="og:title" content="${escapeHtml(title)}" />
<meta property="og:type" content="video" />`;
}

function itemprops(sitting: FilmedSitting, title: string, origin: string): string[] {
  const { recording, state, videoId } = sitting;
  const { year, month, day, zone, hour, minute, second } = parisTime(recording.startsAtMs);
  const values: [string, string][] = [
    ['name', title],
    ['description', sitting.agenda.map((point) => `- ${point}\n`).join('')],
    ['thumbnailUrl', `${origin}/Datas/an/${videoId}/files/seances.jpg`],
    ...(state === 'live'
      ? []
      : [['contentURL', `${origin}/vod/mp4/ida/domain1/${recording.base}_1.mp4`] as [string, string]]),
    ['uploadDate', `${year}-${month}-${day}${zone}${hour}:${minute}:${second}`],
  ];
  return values.map(([name, content]) => `<meta itemprop="${name}" content="${escapeHtml(content)}" />`);
}

function playerConfig(origin: string): string {
  const config = {
    nodejs_url: origin,
    event_url: '',
    download_url: `${origin}/vod/`,
    vod_url: `${origin}/videos/definst/`,
    live_url: origin,
    backup_live_url: origin,
    folder: 'mp4/ida/domain1/',
    hls_playlist: '/master.m3u8',
  };
  return JSON.stringify(config, null, '\t').replaceAll('\n', '\r\n');
}

function playerVariables(sitting: FilmedSitting, origin: string): string[] {
  const captions = sitting.captions === null ? '' : captionPath(sitting);
  const report = sitting.reportPath === null ? '' : `${origin}${sitting.reportPath}`;
  return [
    `var captionUrl = '${captions}';`,
    `var reportUrl = '${report}';`,
    'var isIntranet = false;',
    "var basePath = '/Datas/an/';",
    'var fullVideo = true;',
    `var show_live = ${sitting.state === 'live'};`,
  ];
}

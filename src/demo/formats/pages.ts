import { type FilmedSitting, filmedSittings, type Sitting } from '../sitting.ts';
import { escapeHtml } from './escape.ts';
import { frenchDay, parisTime } from './paris-time.ts';

/** `live/live.txt`: one line a running stream. The second word begins with a slash, as clients have met it. */
export function renderLiveList(sittings: readonly Sitting[]): string {
  return liveSittings(sittings)
    .map(({ stream, videoId }) => `${stream} /${videoId}\n`)
    .join('');
}

/** `direct.php`: links to what is live. */
export function renderDirectPage(sittings: readonly Sitting[]): string {
  const links = liveSittings(sittings).map(
    ({ videoId, title }) => `<li><a href="direct.${videoId}">${escapeHtml(title)}</a></li>`,
  );
  return htmlPage(
    'En direct',
    `<h1 id="contentheading" class="contentheading">En direct</h1>\n<ul>\n${links.join('\n')}\n</ul>`,
  );
}

/** The home page and its lists: a card a video, each linking twice, with HTML inside an attribute. */
export function renderListPage(title: string, sittings: readonly FilmedSitting[]): string {
  const cards = sittings
    .filter(({ state }) => state === 'vod')
    .toSorted((a, b) => b.recording.startsAtMs - a.recording.startsAtMs)
    .map(cardOf);
  return htmlPage(
    title,
    `<div id="myCarousel-contenu" class="carousel"><div class="carousel-inner"><div class="item active"><div id="row0">\n${cards.join('\n')}\n</div></div></div></div>`,
  );
}

/** `video.<videoId>` without the end of its name, as lists link to it: title and day without accents, cut by length. */
export function slugOf(sitting: FilmedSitting): string {
  const day = plainWords(frenchDay(sitting.recording.startsAtMs)).replace(/^\w+-/, '');
  return `${plainWords(sitting.title).slice(0, 90)}-${day}`;
}

/** What an unknown or withdrawn video shows, with status 200. */
export function renderMissingVideoPage(): string {
  return htmlPage('Demande de vidéo', `${CART_DIALOG}\n<h1 class="contentheading">Demande de vidéo</h1>`);
}

/** The cart stands before the heading in every page: its title is the first `h1` of the document. */
export const CART_DIALOG = '<div id="monpanier" class="modal fade hide"><h1 id="label-panier">Panier</h1></div>';

export function htmlPage(title: string, body: string, head = ''): string {
  return `<!DOCTYPE html>
<html lang="fr" itemscope itemtype="http://schema.org/WebPage">
<head>
<title>${escapeHtml(title)} - Vidéos de l'Assemblée nationale</title>${head}
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
</head>
<body>
${body}
</body>
</html>
`;
}

function liveSittings(sittings: readonly Sitting[]): FilmedSitting[] {
  return filmedSittings(sittings).filter(({ state }) => state === 'live');
}

function cardOf(sitting: FilmedSitting): string {
  const href = `video.${sitting.videoId}.${slugOf(sitting)}`;
  const { day, month, year } = parisTime(sitting.recording.startsAtMs);
  const date = `<span class='date'><span class='jour'>${day}</span><span class='mois'>${month}</span><span class='annee'>${year}</span></span>`;
  return [
    '<div class="span4">',
    `<a class="vl" href="${href}" data-title="${date}${escapeHtml(sitting.title)}"><img src="Datas/an/${sitting.videoId}/files/seances.jpg" alt=""></a>`,
    `<a class="vl" href="${href}">${date}${escapeHtml(sitting.title)}</a>`,
    '</div>',
  ].join('\n');
}

function plainWords(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

import type { FilmedSitting, SittingChapter, SittingSpeaker } from '../sitting.ts';
import { asciiXml } from './escape.ts';
import { storyboardOf } from './storyboard.ts';

/**
 * `Datas/an/<videoId>/content/data.nvs`: XML that names no encoding, ASCII with entities, HTML escaped inside
 * attributes. Chapters carry no times here; the MP3 is named once it exists; files lie on `serverfiles://`.
 */
export function renderDataNvs(sitting: FilmedSitting, origin: string): string {
  const root = attributes({
    id: sitting.mediaId,
    // The portal numbers the interface apart from the media, a few numbers later.
    interfaceid: sitting.mediaId + 8,
    interfaceuid: sitting.videoId,
    lang: '',
    status: sitting.state,
    mediatitle: sitting.title,
  });
  return [
    '<?xml version="1.0"?>',
    `<data ${root}>`,
    ...section('chapters', sitting.chapters.flatMap(chapterLines)),
    ...section('files', fileLines(sitting, origin)),
    ...section('metadatas', metadataLines(sitting, origin)),
    '  <medias zone="1"/>',
    '  <medias zone="2"/>',
    ...section('speakers', sitting.speakers.flatMap(speakerLines)),
    ...section('thumbnails', thumbnailLines(sitting)),
    '  <texts/>',
    '</data>',
    '',
  ].join('\n');
}

function section(name: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [`  <${name}/>`];
  return [`  <${name}>`, ...lines.map((line) => `    ${line}`), `  </${name}>`];
}

function chapterLines(chapter: SittingChapter): string[] {
  const { id, label, theme, type, speakerIds, chapters } = chapter;
  const children = [
    ...(theme === undefined ? [] : [`<theme ${attributes(theme)}/>`]),
    `<type ${attributes(type)}/>`,
    ...speakerIds.map((speakerId) => `<speaker ${attributes({ id: speakerId })}/>`),
    ...chapters.flatMap(chapterLines),
  ];
  return [`<chapter ${attributes({ id, label })}>`, ...children.map((line) => `  ${line}`), '</chapter>'];
}

function fileLines({ mediaId, state, stream, recording }: FilmedSitting, origin: string): string[] {
  const stored = `serverfiles://data9/domain1/${recording.base}`;
  const file = (number: number, title: string, url: string) =>
    `<file ${attributes({ id: mediaId + number, title, url })}/>`;
  const live = file(9, 'live', `${origin}/live/live${stream}/index${stream}_${mediaId}.m3u8?DVR`);
  if (state === 'live') return [live];
  return [
    file(23, 'archive', `${stored}_2.mp4`),
    ...(recording.hasAudioFile ? [file(53, 'audio', `${stored}.mp3`)] : []),
    live,
    file(22, 'source', `${stored}_1.mp4`),
    // A server of a dead era that real files still name.
    file(24, 'vod', `rtmp://vipwowza.yacast.net/assembleenationale/mp4/ida/mp4:domain1/${recording.base}_1.mp4`),
  ];
}

function metadataLines(sitting: FilmedSitting, origin: string): string[] {
  const { commission, legislature, recording, reportPath, seance, session, videoType } = sitting;
  const rows: { name: string; value: string; label?: string }[] = [
    { name: 'date', value: String(recording.startsAtMs / 1000) },
    { name: 'description', value: sitting.agenda.map((point) => `- ${point}<br>`).join('') },
    { name: 'visibility', value: '2', label: 'intranet et internet' },
    { name: 'video_type', value: videoType.code, label: videoType.label },
    { name: 'place', value: sitting.place.label },
    { name: 'stream', value: streamName(sitting.stream), label: `ida${sitting.stream}` },
    { name: 'legislature', value: String(legislature), label: `${roman(legislature)}e législature` },
    { name: 'session', value: session.key, label: session.label },
    { name: 'unpublishing', value: 'auto' },
    { name: 'meeting_id', value: sitting.meetingId },
    { name: 'Thumbnail', value: 'mediafiles://this/seances.jpg' },
    { name: 'status', value: 'AB/CD' },
  ];
  if (commission !== null) rows.push({ name: 'commission', value: commission.organId, label: commission.label });
  if (reportPath !== null) rows.push({ name: 'report', value: `${origin}${reportPath}` });
  if (seance !== null) {
    rows.push({ name: 'seance', value: String(seance.number) }, { name: 'quantieme', value: String(seance.rank) });
  }
  return rows.map((row) => `<metadata ${attributes(row)}/>`);
}

function speakerLines({ id, name, role, deputyNumber }: SittingSpeaker): string[] {
  return [
    `<speaker ${attributes({ id })}>`,
    `  <name>${asciiXml(name)}</name>`,
    role === null ? '  <role/>' : `  <role>${asciiXml(role)}</role>`,
    deputyNumber === '' ? '  <url/>' : `  <url>${asciiXml(deputyNumber)}</url>`,
    '</speaker>',
  ];
}

function thumbnailLines(sitting: FilmedSitting): string[] {
  return storyboardOf(sitting).map(
    ({ id, seconds }) => `<thumbnail ${attributes({ id, url: `./files/storyboard/${seconds}.jpg` })}/>`,
  );
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${asciiXml(String(value))}"`)
    .join(' ');
}

/** The hémicycle is stream 36 and is called by its name. */
function streamName(stream: number): string {
  return stream === 36 ? 'hemi' : String(stream);
}

/** Legislatures 11 to 19: the first on the portal is the XIIIth. */
function roman(legislature: number): string {
  return `X${['', 'I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX'][legislature - 10] ?? ''}`;
}

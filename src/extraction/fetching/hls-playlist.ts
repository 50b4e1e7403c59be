import { parse, setOptions, types } from 'hls-parser';
import { extractionErrors } from '../errors.ts';
import type { Span } from './spans.ts';

/** One file, or part of one, that a playlist names. */
export interface HlsResource {
  url: string;
  /** Absent: the whole file. */
  span?: Span;
}

export interface HlsSegment extends HlsResource {
  durationSeconds: number;
  discontinuity: boolean;
  /** What a fragment of MP4 needs before it (EXT-X-MAP). */
  map: HlsResource | null;
}

export type HlsPlaylist =
  /** Address of the playlist with the sound in the fewest bytes. */
  { kind: 'master'; soundUrl: string } | { kind: 'media'; segments: HlsSegment[]; durationSeconds: number };

/** 4 segments a minute, 24 h, and as much again: a longer list is not a sitting. */
const MAX_SEGMENTS = 12_000;

/**
 * Reads a playlist (RFC 8216) as far as fetching its sound needs it. Addresses come back absolute, and only those on the
 * playlist's own host: a playlist is somebody else's text, and may not make us fetch from anywhere.
 * @param url where the text came from, after redirects
 * @throws extraction/broken-playlist, extraction/still-live, extraction/no-sound, extraction/foreign-address
 */
export function readPlaylist(text: string, url: string): HlsPlaylist {
  // An idle live address answers 200 with something else under the right content type.
  if (!text.replace(/^\ufeff/, '').startsWith('#EXTM3U')) throw broken('does not begin with #EXTM3U');
  const playlist = parsed(text);
  if (playlist instanceof types.MasterPlaylist) return { kind: 'master', soundUrl: soundOf(playlist, url) };
  if (!playlist.endlist) throw extractionErrors.error('still-live');
  return readMedia(playlist, url);
}

function parsed(text: string): types.MasterPlaylist | types.MediaPlaylist {
  // Otherwise the library writes what it tolerates to the console.
  setOptions({ silent: true });
  try {
    return parse(text);
  } catch (error) {
    throw extractionErrors.error('broken-playlist', { params: { what: 'cannot be parsed' }, cause: error });
  }
}

/** Codec names of sound (RFC 6381); a variant that names its codecs and none of these is silent. */
const SOUND_CODEC = /(^|,)\s*(mp4a|ac-3|ec-3|opus|flac|mp3)/i;

function soundOf(master: types.MasterPlaylist, url: string): string {
  const withSound = master.variants
    .filter((variant) => !variant.isIFrameOnly)
    .filter((variant) => variant.codecs === undefined || SOUND_CODEC.test(variant.codecs))
    .sort((a, b) => a.bandwidth - b.bandwidth);
  const [lowest] = withSound;
  if (lowest === undefined) throw extractionErrors.error('no-sound');
  // A sound track of its own spares the picture altogether.
  const track =
    lowest.audio.find((rendition) => rendition.isDefault && rendition.uri) ?? lowest.audio.find(({ uri }) => uri);
  return onSameHost(track?.uri ?? lowest.uri, url);
}

function readMedia(playlist: types.MediaPlaylist, url: string): HlsPlaylist {
  if (playlist.segments.length === 0) throw broken('no segment');
  if (playlist.segments.length > MAX_SEGMENTS) throw broken(`more than ${MAX_SEGMENTS} segments`);
  const segments = playlist.segments.map((segment): HlsSegment => {
    if (segment.key !== undefined && segment.key !== null && segment.key.method !== 'NONE') throw broken('encrypted');
    if (!(segment.duration >= 0)) throw broken('segment without duration');
    const map = segment.map ?? null;
    return {
      ...resource(segment.uri, segment.byterange, url),
      durationSeconds: segment.duration,
      discontinuity: segment.discontinuity === true,
      map: map === null ? null : resource(map.uri, map.byterange, url),
    };
  });
  return {
    kind: 'media',
    segments,
    durationSeconds: segments.reduce((sum, segment) => sum + segment.durationSeconds, 0),
  };
}

function resource(uri: string, range: types.Byterange | undefined, base: string): HlsResource {
  const url = onSameHost(uri, base);
  if (!range) return { url };
  if (!(range.offset >= 0 && range.length > 0)) throw broken('byte range');
  return { url, span: { start: range.offset, end: range.offset + range.length } };
}

function onSameHost(uri: string, base: string): string {
  if (!URL.canParse(uri, base)) throw broken('address');
  const address = new URL(uri, base);
  const { host, protocol } = new URL(base);
  const secureEnough = address.protocol === 'https:' || address.protocol === protocol;
  if (address.host !== host || !secureEnough) {
    throw extractionErrors.error('foreign-address', { params: { host: address.host || address.protocol } });
  }
  return address.href;
}

function broken(what: string): Error {
  return extractionErrors.error('broken-playlist', { params: { what } });
}

/** The same playlist over local files, for ffmpeg. Only names of ours and numbers stand in it. */
export function formatLocalPlaylist(
  segments: readonly (HlsSegment & { file: string; mapFile: string | null })[],
): string {
  const target = Math.ceil(Math.max(...segments.map((segment) => segment.durationSeconds)));
  const lines = ['#EXTM3U', '#EXT-X-VERSION:7', `#EXT-X-TARGETDURATION:${target}`, '#EXT-X-MEDIA-SEQUENCE:0'];
  let currentMap: string | null = null;
  for (const segment of segments) {
    if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY');
    if (segment.mapFile !== null && segment.mapFile !== currentMap) lines.push(`#EXT-X-MAP:URI="${segment.mapFile}"`);
    currentMap = segment.mapFile;
    lines.push(`#EXTINF:${segment.durationSeconds.toFixed(6)},`, segment.file);
  }
  return `${[...lines, '#EXT-X-ENDLIST'].join('\n')}\n`;
}

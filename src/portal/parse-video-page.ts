import { Parser } from 'htmlparser2';
import { oneLine, plainLines } from './clean-text.ts';
import { decodeText } from './decode-text.ts';
import { malformed } from './errors.ts';

const DOCUMENT = 'video page';
/** What an unknown or withdrawn video shows instead, with status 200. */
const REQUEST_HEADING = 'Demande de vidéo';

export type VideoPage = { kind: 'withdrawn' } | ({ kind: 'video' } & VideoPageFacts);

interface VideoPageFacts {
  title: string;
  /** `Séance publique / Mardi 6 octobre 2026`. */
  heading: string;
  /** Plain text, one subject a line. */
  description: string;
  /** Direct mp4; null while live. */
  contentUrl: string | null;
  thumbnailUrl: string | null;
  /** Relative to the site; null when there are no captions (yet). See `PortalAddresses.captions`. */
  captionUrl: string | null;
  reportUrl: string | null;
  /** No file to download yet: the sitting is still on the air. */
  stillLive: boolean;
  /** Where the page's own player looks for media; null for what it does not say. */
  bases: {
    downloadUrl: string | null;
    vodUrl: string | null;
    liveUrl: string | null;
    backupLiveUrl: string | null;
    folder: string | null;
    hlsPlaylist: string | null;
  };
}

/** The parts of the page that matter, as text. */
interface Pieces {
  heading: string | null;
  mediaTitle: string | null;
  itemprops: Map<string, string>;
  scripts: string;
}

/**
 * Reads `video.<videoId>`.
 * @throws AppError `portal/malformed` when it is no video page of the portal
 */
export function parseVideoPage(bytes: Uint8Array): VideoPage {
  const { heading, mediaTitle, itemprops, scripts } = collect(decodeText(bytes).text);
  if (heading !== null && heading.normalize('NFC') === REQUEST_HEADING) return { kind: 'withdrawn' };
  const title = mediaTitle ?? itemprops.get('name');
  if (heading === null || title === undefined) throw malformed(DOCUMENT, 'no heading or no title');
  const contentUrl = itemprops.get('contenturl') || null;
  const config = readConfig(scripts);
  return {
    kind: 'video',
    title: oneLine(title),
    heading,
    description: plainLines(itemprops.get('description') ?? ''),
    contentUrl,
    thumbnailUrl: itemprops.get('thumbnailurl') || null,
    captionUrl: scriptString(scripts, 'captionUrl'),
    reportUrl: scriptString(scripts, 'reportUrl'),
    stillLive: contentUrl === null,
    bases: {
      downloadUrl: config('download_url'),
      vodUrl: config('vod_url'),
      liveUrl: config('live_url'),
      backupLiveUrl: config('backup_live_url'),
      folder: config('folder'),
      hlsPlaylist: config('hls_playlist'),
    },
  };
}

/** Headings are found by what they are called: the first h1 of the document is the cart's ("Panier"). */
function collect(html: string): Pieces {
  const pieces: Pieces = { heading: null, mediaTitle: null, itemprops: new Map(), scripts: '' };
  let inside: 'heading' | 'mediaTitle' | 'script' | null = null;
  let text = '';
  const parser = new Parser({
    onopentag(name, { class: classes = '', itemprop, content }) {
      if (name === 'meta' && itemprop && content !== undefined) pieces.itemprops.set(itemprop.toLowerCase(), content);
      const opened = sectionOf(name, classes.split(/\s+/));
      if (opened === null) return;
      inside = opened;
      text = '';
    },
    ontext(piece) {
      if (inside !== null) text += piece;
    },
    onclosetag(name) {
      if (inside === 'script' && name === 'script') pieces.scripts += `${text}\n`;
      else if (inside === 'heading' && name === 'h1') pieces.heading ??= oneLine(text);
      else if (inside === 'mediaTitle' && name === 'h2') pieces.mediaTitle ??= oneLine(text);
      else return;
      inside = null;
    },
  });
  parser.end(html);
  return pieces;
}

function sectionOf(name: string, classes: readonly string[]): 'heading' | 'mediaTitle' | 'script' | null {
  if (name === 'script') return 'script';
  if (name === 'h1' && classes.includes('contentheading')) return 'heading';
  return name === 'h2' && classes.includes('mediaTitle') ? 'mediaTitle' : null;
}

/** The value of `var <name> = '…';`; null when absent or empty. */
function scriptString(scripts: string, name: string): string | null {
  const value = new RegExp(String.raw`\b${name}\s*=\s*'([^'\r\n]*)'`).exec(scripts)?.[1];
  return value?.trim() || null;
}

/** `config_json = { … }` is flat JSON with either line end. */
function readConfig(scripts: string): (name: string) => string | null {
  const json = /config_json\s*=\s*(\{[^{}]*\})/.exec(scripts)?.[1] ?? '{}';
  let config: unknown;
  try {
    config = JSON.parse(json);
  } catch {
    // The bases are a convenience of the page; one that cannot be read says nothing, and spoils nothing else.
    config = {};
  }
  return (name) => {
    const value: unknown = Reflect.get(Object(config), name);
    return typeof value === 'string' && value !== '' ? value : null;
  };
}

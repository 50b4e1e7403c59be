import { decodeText } from './decode-text.ts';

/** A list page shows some sixty videos. */
const MAX_LINKS = 5000;

export interface VideoLink {
  videoId: string;
  /** Cut in mid word by the portal; null when the link has none. */
  slug: string | null;
}

/**
 * The videos that a page of the portal links to (home, lists, direct.php), each once, in order. Each card links
 * twice, and `Datas/an/portail/` may stand before the page's name. At most 5,000.
 */
export function parseHomeLinks(bytes: Uint8Array): VideoLink[] {
  const links = new Map<string, VideoLink>();
  const pattern = /(?:video|direct)\.(\d{1,12}_[0-9a-f]{8,16})(?![0-9a-z])(?:\.([^"'\s<>?#]{1,500}))?/g;
  for (const [, videoId = '', slug] of decodeText(bytes).text.matchAll(pattern)) {
    if (links.size >= MAX_LINKS) break;
    const known = links.get(videoId);
    if (known === undefined) links.set(videoId, { videoId, slug: slug ?? null });
    else known.slug ??= slug ?? null;
  }
  return [...links.values()];
}

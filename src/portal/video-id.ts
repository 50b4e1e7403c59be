/** `<mediaId>_<13 hex>`, the portal's uid of a video: the same live and afterwards. Bounds leave room without inviting abuse. */
const VIDEO_ID = /^\d{1,12}_[0-9a-f]{8,16}$/;

export function isVideoId(value: string): boolean {
  return VIDEO_ID.test(value);
}

/** The video id inside a page address, a path or a word of live.txt; the rest is ignored. Null when there is none. */
export function findVideoId(text: string): string | null {
  return /(?<![0-9a-z])\d{1,12}_[0-9a-f]{8,16}(?![0-9a-z])/.exec(text)?.[0] ?? null;
}

/** What the master playlists of recordings announce. */
export const VOD_VARIANTS = [
  { name: 'b500000', bandwidth: 500_000, resolution: '640x360' },
  { name: 'b1000000', bandwidth: 1_000_000, resolution: '960x540' },
  { name: 'b2000000', bandwidth: 2_000_000, resolution: '1280x720' },
] as const;

/** Live streams number theirs in this order; `plays` is the recorded variant whose segments stand for them. */
export const LIVE_VARIANTS = [
  { number: 1, bandwidth: 2_000_000, plays: 'b1000000' },
  { number: 2, bandwidth: 4_000_000, plays: 'b2000000' },
  { number: 3, bandwidth: 500_000, plays: 'b500000' },
] as const;

/** Viewers of a live sitting can go back four hours. */
const LIVE_WINDOW_SECONDS = 4 * 3600;
const CODECS = 'avc1.42c00a,mp4a.40.2';

export function renderVodMaster(): string {
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    ...VOD_VARIANTS.flatMap(({ name, bandwidth, resolution }) => [
      `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},CODECS="${CODECS}",RESOLUTION=${resolution}`,
      `chunklist_${name}.m3u8`,
    ]),
    '',
  ].join('\n');
}

export function renderVodPlaylist(variant: string, segmentSeconds: readonly number[]): string {
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    `#EXT-X-TARGETDURATION:${Math.ceil(Math.max(...segmentSeconds))}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    ...segmentSeconds.flatMap((seconds, index) => [`#EXTINF:${seconds.toFixed(3)},`, `media_${variant}_${index}.ts`]),
    '#EXT-X-ENDLIST',
    '',
  ].join('\n');
}

export function renderLiveMaster(stream: number, mediaId: number): string {
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    ...LIVE_VARIANTS.flatMap(({ number, bandwidth }) => [
      `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},CODECS="${CODECS}"`,
      `stream${stream}_${number}_${mediaId}.m3u8`,
    ]),
    '',
  ].join('\n');
}

/** Segments that a broadcast of `elapsedSeconds` has made: the recorded ones, played again and again. */
export function liveSegmentCount(segmentSeconds: readonly number[], elapsedSeconds: number): number {
  const loopSeconds = segmentSeconds.reduce((sum, seconds) => sum + seconds, 0);
  let count = Math.floor(elapsedSeconds / loopSeconds) * segmentSeconds.length;
  let rest = elapsedSeconds % loopSeconds;
  for (const seconds of segmentSeconds) {
    rest -= seconds;
    if (rest < 0) break;
    count += 1;
  }
  return count;
}

/** A playlist without an end, with the last four hours in it; each new round of the loop is a discontinuity. */
export function renderLivePlaylist(
  { number, mediaId }: { number: number; mediaId: number },
  segmentSeconds: readonly number[],
  elapsedSeconds: number,
): string {
  const targetSeconds = Math.ceil(Math.max(...segmentSeconds));
  const made = liveSegmentCount(segmentSeconds, elapsedSeconds);
  const first = Math.max(0, made - Math.floor(LIVE_WINDOW_SECONDS / targetSeconds));
  const lines: string[] = [];
  for (let index = first; index < made; index += 1) {
    if (index % segmentSeconds.length === 0 && index > first) lines.push('#EXT-X-DISCONTINUITY');
    lines.push(`#EXTINF:${(segmentSeconds[index % segmentSeconds.length] ?? 0).toFixed(3)},`);
    lines.push(`media_${number}_${mediaId}_${index}.ts`);
  }
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${Math.floor(first / segmentSeconds.length)}`,
    ...lines,
    '',
  ].join('\n');
}

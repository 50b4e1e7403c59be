/** `00:15:00.250`, hours as long as they need; `mark` stands before the milliseconds (`.` in WebVTT, `,` in SRT). */
export function clockLabel(ms: number, mark: '.' | ','): string {
  return `${hoursMinutesSeconds(ms)}${mark}${String(Math.floor(ms) % 1000).padStart(3, '0')}`;
}

/** `00:15:00` */
export function hoursMinutesSeconds(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

import { HIT_START, HIT_STOP } from './search-store.ts';

/** Text with marks as safe HTML: whatever the record holds is escaped, and only our own `<mark>` is markup. */
export function markedHtml(marked: string): string {
  return marked
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll(HIT_START, '<mark>')
    .replaceAll(HIT_STOP, '</mark>');
}

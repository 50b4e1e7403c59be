/** Of the private use area: they mark what was found in a text, and become markup after it was escaped. */
export const HIT_START = '\u{e000}';
export const HIT_STOP = '\u{e001}';

/** Text with marks as safe HTML: whatever it holds is escaped, and only our own `<mark>` is markup. */
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

/** Text as `data.nvs` writes it inside attributes and elements: ASCII, with hexadecimal entities (`&#xE8;`). */
export function asciiXml(text: string): string {
  return escapeMarkup(text).replace(/\P{ASCII}/gu, (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    return `&#x${codePoint.toString(16).toUpperCase()};`;
  });
}

/** Text inside HTML or XML, in the document's own encoding; apostrophes as PHP's htmlspecialchars writes them. */
export function escapeHtml(text: string): string {
  return escapeMarkup(text).replaceAll("'", '&#039;');
}

/** JSON as PHP's json_encode writes it by default: `\/` for every slash, `\uXXXX` for all that is not ASCII. */
export function phpJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

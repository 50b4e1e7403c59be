import { portalErrors } from './errors.ts';

export interface DecodedText {
  text: string;
  encoding: 'utf-8' | 'windows-1252';
}

/**
 * Text of the portal: UTF-8 when it is valid UTF-8, else ISO-8859-1 read as windows-1252, its superset on the web
 * (https://encoding.spec.whatwg.org/#names-and-labels). A byte order mark is dropped.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252' };
  }
}

/** Only content tells a web page, since PHP says text/html of everything. */
const WEB_PAGE = /^\s*(?:<!--[^>]*-->\s*)?<(?:!doctype\s+html|html|head|body)\b/i;
/** A page says what it is at its very beginning. */
const HEAD_BYTES = 2000;

/**
 * The same, refusing web pages: the portal answers 200 with a page for what it does not have.
 * @throws AppError `portal/html-instead`
 */
export function decodeDocument(bytes: Uint8Array, document: string): DecodedText {
  return decodeText(refuseWebPage(bytes, document));
}

/**
 * The bytes as they are, unless they are a web page.
 * @throws AppError `portal/html-instead`
 */
export function refuseWebPage(bytes: Uint8Array, document: string): Uint8Array {
  const { text } = decodeText(bytes.subarray(0, HEAD_BYTES));
  if (WEB_PAGE.test(text)) throw portalErrors.error('html-instead', { params: { document } });
  return bytes;
}

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

/**
 * The same, refusing web pages: the portal answers 200 with a page for what it does not have. Only content tells,
 * since PHP says text/html of everything.
 * @throws AppError `portal/html-instead`
 */
export function decodeDocument(bytes: Uint8Array, document: string): DecodedText {
  const decoded = decodeText(bytes);
  if (/^\s*(?:<!--[^>]*-->\s*)?<(?:!doctype\s+html|html|head|body)\b/i.test(decoded.text.slice(0, 2000))) {
    throw portalErrors.error('html-instead', { params: { document } });
  }
  return decoded;
}

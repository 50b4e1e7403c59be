import { readFileSync } from 'node:fs';

/** Our own documents in the portal's formats, each named after the trap it holds. */
export function fixture(path: string): Buffer {
  return readFileSync(new URL(`../../src/portal/fixtures/${path}`, import.meta.url));
}

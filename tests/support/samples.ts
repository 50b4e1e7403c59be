import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Folder of the real samples, kept beside the repository and never in it; null where they are absent.
 * Tests on them are skipped, visibly, with `describe.skipIf(SAMPLES === null)`.
 */
export const SAMPLES: string | null = find(process.env.ROBIAN_SAMPLES ?? '../shared/portal/samples');

function find(folder: string): string | null {
  const path = resolve(folder);
  return existsSync(path) ? path : null;
}

/** Path of a sample. Only inside tests that are skipped where there are none. */
export function sample(path: string): string {
  return `${SAMPLES}/${path}`;
}

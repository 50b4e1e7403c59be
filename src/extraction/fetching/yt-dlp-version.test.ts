import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock/index.ts';
import { readYtDlpVersion } from './yt-dlp-version.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'robian-yt-dlp-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ['what it says', '#!/bin/sh\necho 2025.10.22', '2025.10.22'],
  ['nightly builds too', '#!/bin/sh\necho 2025.10.22.232659', '2025.10.22.232659'],
  ['null for a program that is not it', '#!/bin/sh\necho hello', null],
  ['null for one that does not run', 'no program', null],
])('gives %s', async (_, script, expected) => {
  const path = join(folder, 'yt-dlp');
  writeFileSync(path, script, { mode: 0o700 });
  expect(await readYtDlpVersion({ path }, systemClock)).toBe(expected);
});

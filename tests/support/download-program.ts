// A process of its own that downloads one file, so that a test can kill it: `download-program.ts <url> <directory> <name>`.

import { DOWNLOAD_LIMITS } from '../../src/extraction/fetching/download-context.ts';
import { downloadFile } from '../../src/extraction/fetching/download-file.ts';
import { systemClock } from '../../src/platform/clock/index.ts';
import { createFetcher } from '../../src/platform/fetch/index.ts';

const [url = '', directory = '', name = ''] = process.argv.slice(2);
const fetcher = createFetcher({ userAgent: 'robian-test', clock: systemClock, random: Math.random });
const downloaded = await downloadFile(
  {
    fetcher,
    clock: systemClock,
    random: Math.random,
    freeBytes: async () => Number.MAX_SAFE_INTEGER,
    collectYoung: () => undefined,
    limits: DOWNLOAD_LIMITS,
  },
  { url, directory, name, expects: 'mp3', signal: new AbortController().signal },
);
process.stdout.write(JSON.stringify(downloaded));
await fetcher.close();

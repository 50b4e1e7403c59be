import { join } from 'node:path';
import type { Clock } from '../../src/platform/clock/index.ts';
import type { Fetcher } from '../../src/platform/fetch/index.ts';
import { createDumpDownloader, type PortalAddresses } from '../../src/portal/index.ts';

/** What the doorman needs to take dumps, with its unfinished downloads under `dataDir`. */
export function openDataIn(
  dataDir: string,
  { fetcher, addresses, clock }: { fetcher: Fetcher; addresses: PortalAddresses; clock: Clock },
) {
  const downloader = createDumpDownloader({ fetcher, clock, random: () => 0.5 });
  return { downloader, addresses, folder: join(dataDir, 'open-data') };
}

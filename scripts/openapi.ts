/**
 * Writes `contracts/openapi.json` from the schemas of the code: `npm run openapi`. The file is committed, so that a change of
 * the contract is seen in review, and told from one that breaks clients.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../src/app.ts';
import { type House, openHouse } from '../src/house.ts';
import { systemClock } from '../src/platform/clock/index.ts';
import { parseConfig } from '../src/platform/config/index.ts';
import { createLogger } from '../src/platform/telemetry/index.ts';

export const CONTRACT_FILE = 'contracts/openapi.json';

/** The document as it is committed. */
export async function renderContract(house: House): Promise<string> {
  const app = await createApp(house, { isDraining: () => false });
  try {
    await app.ready();
    return `${JSON.stringify(app.swagger(), null, 2)}\n`;
  } finally {
    await app.close();
  }
}

/** Rooms with an empty embedded database: routes are the same over any. */
export async function openHouseFor(environment: NodeJS.ProcessEnv): Promise<House> {
  return openHouse({
    config: parseConfig(environment),
    clock: systemClock,
    logger: createLogger({ level: 'silent' }),
    onFatal: (error) => {
      throw error;
    },
  });
}

if (import.meta.main) {
  const dataDir = mkdtempSync(join(tmpdir(), 'robian-openapi-'));
  const house = await openHouseFor({ DATA_DIR: dataDir });
  try {
    writeFileSync(CONTRACT_FILE, await renderContract(house));
    console.log(`${CONTRACT_FILE} written`);
  } finally {
    await house.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

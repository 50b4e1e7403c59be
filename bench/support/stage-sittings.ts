import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDebates } from '../../src/debates/index.ts';
import { systemClock } from '../../src/platform/clock/index.ts';
import { migrate, openDatabase } from '../../src/platform/database/index.ts';
import { createEvents } from '../../src/platform/events/index.ts';
import { createLogger } from '../../src/platform/telemetry/index.ts';
import { createLocalStorage, createVault } from '../../src/vault/index.ts';
import { mp3Frames } from '../../tests/support/audio-fixtures.ts';
import { sampleDebate } from '../../tests/support/sample-debate.ts';

export interface StagedSitting {
  id: string;
  sizeBytes: number;
}

/** Publishes sittings with sound of their own in the database at `url` and the vault below `dataDir`. */
export async function stageSittings(options: {
  url: string;
  dataDir: string;
  count: number;
  /** Of 26.1 ms at 128 kbit/s. */
  frames: number;
}): Promise<StagedSitting[]> {
  const { url, dataDir, count, frames } = options;
  const clock = systemClock;
  const fail = (error: unknown): void => {
    throw error;
  };
  const database = await openDatabase({ url, dataDir, clock, onFatal: fail, onWarning: fail });
  await migrate(database.db);
  const events = createEvents({ database, onError: fail });
  const debates = createDebates({ db: database.db, events });
  const vault = createVault({
    db: database.db,
    storage: createLocalStorage({ folder: join(dataDir, 'vault'), clock }),
    stagingFolder: join(dataDir, 'staging'),
    register: debates,
    events,
    clock,
    logger: createLogger({ level: 'silent' }),
  });
  const staged: StagedSitting[] = [];
  for (let number = 0; number < count; number += 1) {
    const { id: debateId } = await debates.record(sampleDebate(`${19_000_000 + number}_6ac548b948b27`));
    const path = join(await vault.workspace(`bench-${number}`), 'sitting.mp3');
    const sound = mp3Frames(frames, number);
    await writeFile(path, sound);
    const inspection = await vault.inspect(path, { format: 'mp3' });
    const sourceUrl = `http://media.example/${number}.mp3`;
    await vault.publish({ debateId, path, inspection, origin: 'published', sourceUrl, within: async () => undefined });
    staged.push({ id: debateId, sizeBytes: sound.length });
  }
  await events.close();
  await database.close();
  return staged;
}

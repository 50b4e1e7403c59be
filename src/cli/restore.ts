import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { findBackup, markOf, type Restored, restoreBackup } from '../backup/index.ts';
import { backupKeysOf, openBackupTarget } from '../backups.ts';
import { extractionJobs } from '../extraction/index.ts';
import { openStorage, stagingFolderOf } from '../house.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Config } from '../platform/config/index.ts';
import { type Database, migrate } from '../platform/database/index.ts';
import { createJobQueue, type JobDefinition } from '../platform/queue/index.ts';
import { megabytes, targetOf } from './backup.ts';
import { openPlainDatabase } from './backup-source.ts';
import { type CommandContext, CommandFailed } from './context.ts';

interface RestoreArguments {
  from?: string;
  keyFile?: string;
  replace: boolean;
}

export function restoreCommand(
  context: Pick<CommandContext, 'output' | 'clock' | 'config' | 'interruptible'>,
): Command {
  const { output, clock } = context;
  return new Command('restore')
    .description('put a backup into an empty database, embedded or not, whichever it was taken from')
    .argument('[name]', 'as `backup list` names it (default: the newest one)')
    .option('--from <place>', 'folder or s3://bucket/prefix of the backups (default: BACKUP_TO)')
    .option('--key-file <file>', 'keys of age (default: BACKUP_KEY_FILE)')
    .option('--replace', 'drop everything that is in the database', false)
    .action(async (name: string | undefined, options: RestoreArguments) => {
      const config = context.config();
      const target = openBackupTarget(targetOf(config, options.from));
      const keys = await backupKeysOf(options.keyFile ?? config.backupKeyFile);
      const restored = await context.interruptible(async (signal) => {
        const manifest = await findBackup(target, name ?? null);
        const storage = await openStorage(config, clock);
        try {
          const value = await withDatabase(config, clock, ONE_SESSION, (database) =>
            output.track('restore', async (update) => ({
              value: await restoreBackup({
                target,
                manifest,
                keys,
                database,
                storage,
                stagingFolder: stagingFolderOf(config),
                replace: options.replace,
                signal,
                onTable: (table, done, total) => update(done, total, table.name),
                onAudio: ({ done, total, bytes }) => update(done, total, `sound ${megabytes(bytes)}`),
              }),
              note: manifest.name,
            })),
          );
          const jobsSent = await withDatabase(config, clock, undefined, async (database) => {
            await migrate(database.db);
            return askAgain(database, value);
          });
          return { ...value, jobsSent };
        } finally {
          await storage.close();
        }
      });
      await takeSecret(config, restored);
      const rows = restored.tables.reduce((sum, { digest }) => sum + digest.rows, 0);
      const { broughtAudio, jobsSent } = restored;
      output.result(
        { taken_at: restored.header.takenAt, tables: restored.tables, audio: broughtAudio, jobs: jobsSent },
        `restored as of ${restored.header.takenAt}: ${rows} rows, each table read back and compared; ${broughtAudio} sounds, ${jobsSent} jobs. Next: robian vault verify`,
      );
      if (config.secret !== undefined && markOf(config.secret) !== restored.header.secretMark) {
        throw new CommandFailed(
          'the backup was taken under another JWT_SECRET: everything is restored, but nobody can sign in until the same one is set',
        );
      }
    });
}

/** So that a restore can tell its own from those of a service that runs. */
const ONE_SESSION = 1;

async function withDatabase<T>(
  config: Config,
  clock: Clock,
  sessions: number | undefined,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openPlainDatabase(config, clock, sessions);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Jobs that waited are sent again, as their queue is made anew. Gives how many. */
async function askAgain(database: Database, { jobs }: Restored): Promise<number> {
  const queue = createJobQueue({ database, onError: () => undefined, supervise: false });
  let jobsSent = 0;
  await queue.start(extractionJobs);
  try {
    for (const { name, data, priority } of jobs) {
      const job = extractionJobs.find((known) => known.name === name) as JobDefinition<object> | undefined;
      if (job === undefined) continue;
      await database.db.transaction().execute((trx) => queue.send(trx, job, data, { priority }));
      jobsSent += 1;
    }
  } finally {
    await queue.stop(0);
  }
  return jobsSent;
}

/** The installation's own secret comes back with its accounts. */
async function takeSecret({ secret, dataDir }: Config, { header }: Restored): Promise<void> {
  if (secret !== undefined || header.secret === null) return;
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, 'secret');
  await writeFile(path, header.secret, { mode: 0o600 });
  await chmod(path, 0o600);
}

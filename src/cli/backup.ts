import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import {
  findBackup,
  listBackups,
  type Manifest,
  makeKeyFile,
  pruneBackups,
  type Taken,
  verifyBackup,
} from '../backup/index.ts';
import { backupKeysOf, openBackupTarget, takeBackupOf } from '../backups.ts';
import { openStorage } from '../house.ts';
import { type Config, readOrMakeSecret } from '../platform/config/index.ts';
import { withDatabaseToBackUp } from './backup-source.ts';
import { type CommandContext, CommandFailed } from './context.ts';

type Context = Pick<CommandContext, 'output' | 'clock' | 'config' | 'interruptible'>;

interface TakeArguments {
  to?: string;
  audio?: boolean;
  keyFile?: string;
  keepDays?: number;
}

export function backupCommand(context: Context): Command {
  return new Command('backup')
    .description('take a backup of the database, and of the sound if asked; it may run beside the service')
    .option('--to <place>', 'folder or s3://bucket/prefix of the backups (default: BACKUP_TO)')
    .option('--audio', 'the sound too (default: BACKUP_AUDIO)')
    .option('--key-file <file>', 'keys of age: encrypt it (default: BACKUP_KEY_FILE)')
    .option('--keep-days <days>', 'then remove older backups, and sound that none of the others names', days)
    .action((options: TakeArguments) => take(context, options))
    .addCommand(verifyCommand(context))
    .addCommand(listCommand(context))
    .addCommand(keyCommand(context));
}

async function take(context: Context, options: TakeArguments): Promise<void> {
  const { output, clock } = context;
  const config = context.config();
  const to = targetOf(config, options.to);
  const request = { to, audio: options.audio ?? config.backupAudio, keyFile: options.keyFile ?? config.backupKeyFile };
  const taken = await context.interruptible((signal) =>
    withDatabaseToBackUp(config, clock, async (db) => {
      const storage = await openStorage(config, clock);
      const secret = config.secret ?? readOrMakeSecret(config.dataDir);
      try {
        return await output.track('backup', async (update) => {
          const value = await takeBackupOf(
            db,
            request,
            { config, clock, secret, storage, signal },
            {
              onTable: ({ name }, done, total) => update(done, total, name),
              onAudio: ({ done, total, bytes }) => update(done, total, `sound ${megabytes(bytes)}`),
            },
          );
          return { value, note: megabytes(value.manifest.database.storedBytes) };
        });
      } finally {
        await storage.close();
      }
    }),
  );
  for (const name of taken.lostAudio) output.complain(`not in the backup, because it is lost or damaged: ${name}`);
  const pruned =
    options.keepDays === undefined ? null : await pruneBackups(openBackupTarget(to), options.keepDays, clock.now());
  output.result(
    { ...taken.manifest, lost_audio: taken.lostAudio, removed: pruned?.backups ?? [] },
    `${summary(taken)}${pruned ? `; ${pruned.backups.length} older backups removed` : ''}`,
  );
}

function verifyCommand({ output, config, interruptible }: Context): Command {
  return new Command('verify')
    .exitOverride()
    .description('read a backup to its end: stored bytes, encryption, every row (default: the newest one)')
    .argument('[name]', 'as `backup list` names it')
    .option('--from <place>', 'folder or s3://bucket/prefix of the backups (default: BACKUP_TO)')
    .option('--key-file <file>', 'keys of age (default: BACKUP_KEY_FILE)')
    .option('--read-audio', 'read every sound too, not only look for it in its length', false)
    .action(async (name: string | undefined, options: { from?: string; keyFile?: string; readAudio: boolean }) => {
      const settings = config();
      const target = openBackupTarget(targetOf(settings, options.from));
      const verified = await interruptible(async (signal) =>
        verifyBackup({
          target,
          manifest: await findBackup(target, name ?? null),
          keys: await backupKeysOf(options.keyFile ?? settings.backupKeyFile),
          readAudio: options.readAudio,
          signal,
        }),
      );
      const { manifest, tables, header, lostAudio } = verified;
      const rows = tables.reduce((sum, { digest }) => sum + digest.rows, 0);
      for (const lost of lostAudio) output.complain(`missing or damaged: ${lost}`);
      output.result(
        { name: manifest.name, opened: header !== null, tables, lost_audio: lostAudio },
        header === null
          ? `${manifest.name}: stored bytes are as they were written; without its key nothing more can be said`
          : `${manifest.name}: ${tables.length} tables, ${rows} rows${manifest.audio ? `, ${manifest.audio.objects} sounds` : ''}`,
      );
      if (lostAudio.length > 0) throw new CommandFailed(`${lostAudio.length} sounds of this backup are lost`);
    });
}

function listCommand({ output, config }: Context): Command {
  return new Command('list')
    .exitOverride()
    .description('name the backups that are kept, oldest first')
    .option('--from <place>', 'folder or s3://bucket/prefix of the backups (default: BACKUP_TO)')
    .action(async (options: { from?: string }) => {
      const { backups, unfinished } = await listBackups(openBackupTarget(targetOf(config(), options.from)));
      const lines = [
        ...backups.map((backup) => describe(backup)),
        ...unfinished.map((name) => `${name}  not finished`),
      ];
      output.result({ backups, unfinished }, lines.length === 0 ? 'no backups' : lines.join('\n'));
    });
}

function keyCommand({ output, clock }: Context): Command {
  return new Command('key')
    .exitOverride()
    .description('make a key: whoever has the file can read backups, nobody else can')
    .argument('<file>', 'a new file, readable by its owner only; keep a copy away from this machine')
    .action(async (file: string) => {
      const { recipient, text } = await makeKeyFile(clock.now());
      await writeFile(file, text, { mode: 0o600, flag: 'wx' });
      output.result(
        { file, recipient },
        `${file} is made. A server that only takes backups needs no more than this line in its key file:\n${recipient}`,
      );
    });
}

export function targetOf(config: Config, given: string | undefined): string {
  const to = given ?? config.backupTo;
  if (to === undefined) throw new CommandFailed('where are backups kept? Name the folder, or set BACKUP_TO', 64);
  return to;
}

function summary({ manifest, tables, addedAudio }: Taken): string {
  const rows = tables.reduce((sum, { digest }) => sum + digest.rows, 0);
  const sound = manifest.audio ? `, ${manifest.audio.objects} sounds (${addedAudio} new)` : '';
  return `backup ${manifest.name}: ${rows} rows${sound}${manifest.database.encrypted ? ', encrypted' : ''}`;
}

function describe({ name, database, audio }: Manifest): string {
  const sound = audio ? `  ${audio.objects} sounds, ${megabytes(audio.bytes)}` : '';
  return `${name}  ${megabytes(database.storedBytes)}${database.encrypted ? ' encrypted' : ''}${sound}`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function days(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('expected a whole number of days from 1 up');
  return number;
}

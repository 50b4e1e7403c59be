import { Command } from 'commander';
import type { CommandContext } from './context.ts';

/** Opening the house brings the schema up to date; this command does only that, for deployments that want it apart. */
export function migrateCommand(context: Pick<CommandContext, 'output' | 'withHouse'>): Command {
  return new Command('migrate').description('bring the database up to date').action(async () => {
    await context.withHouse(async ({ database: { kind }, migrated }) => {
      const done = migrated.map((name) => `applied ${name}\n`).join('');
      context.output.result({ database: kind, applied: migrated }, `${done}the database (${kind}) is up to date`);
    });
  });
}

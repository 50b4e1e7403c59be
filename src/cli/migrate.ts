import { Command } from 'commander';
import type { CommandContext } from './context.ts';

/** Opening the house brings the schema up to date; this command does only that, for deployments that want it apart. */
export function migrateCommand(context: CommandContext): Command {
  return new Command('migrate').description('bring the database up to date').action(async () => {
    await context.withHouse(async (house) => {
      context.output.result({ database: house.database.kind }, `the database (${house.database.kind}) is up to date`);
    });
  });
}

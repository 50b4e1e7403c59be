import { Command } from 'commander';
import { startRobian } from '../main.ts';
import type { Role } from '../platform/config/index.ts';
import { runUntilStopped } from '../platform/process/index.ts';
import type { CommandContext } from './context.ts';

export function startCommand(context: CommandContext): Command {
  return new Command('start')
    .description('run the roles named by ROLES (default: api,worker,scheduler) until stopped')
    .action(() => run(context));
}

export function workerCommand(context: CommandContext): Command {
  return new Command('worker').description('run the worker role alone').action(() => run(context, 'worker'));
}

async function run(context: CommandContext, only?: Role): Promise<void> {
  const parsed = context.config();
  const config = only === undefined ? parsed : { ...parsed, roles: new Set([only]) };
  const logger = context.logger(config);
  const robian = await startRobian({ config, clock: context.clock, logger });
  runUntilStopped(robian, { logger });
  await robian.stopped;
}

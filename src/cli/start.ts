import { Command } from 'commander';
import { startRobian } from '../main.ts';
import type { Role } from '../platform/config/index.ts';
import { runUntilStopped } from '../platform/process/index.ts';
import type { CommandContext } from './context.ts';

export function startCommand(context: CommandContext): Command {
  return new Command('start')
    .description('serve, work and follow the portal until stopped (the roles of ROLES; default: api,worker,scheduler)')
    .action(() => run(context));
}

export function workerCommand(context: CommandContext): Command {
  return new Command('worker').description('run the worker role alone').action(() => run(context, 'worker'));
}

async function run(context: CommandContext, only?: Role): Promise<void> {
  const { clock, host, output } = context;
  const parsed = context.config();
  const config = only === undefined ? parsed : { ...parsed, roles: new Set([only]) };
  const logger = context.serviceLogger(config);
  const robian = await startRobian({ config, clock, logger });
  runUntilStopped(robian, { logger, clock, host });
  if (context.atTerminal && robian.address !== null) {
    output.say(
      `\nRobianAPI answers at ${robian.address}; what it keeps is in ${config.dataDir}.\n` +
        `Try: curl -s '${robian.address}/api/debates/?per_page=3'   Ctrl-C stops it.\n`,
    );
  }
  await robian.stopped;
}

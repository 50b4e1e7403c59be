#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { openHouse, VERSION } from '../house.ts';
import { systemClock } from '../platform/clock/index.ts';
import { type Config, ConfigError, parseConfig } from '../platform/config/index.ts';
import { FolderHeldError } from '../platform/database/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import { type CommandContext, CommandFailed } from './context.ts';
import { extractCommand } from './extract.ts';
import { ingestCommand } from './ingest.ts';
import { migrateCommand } from './migrate.ts';
import { openDataCommand } from './open-data.ts';
import { createOutput } from './output.ts';
import { startCommand, workerCommand } from './start.ts';
import { vaultCommand } from './vault.ts';

/** EX_USAGE and EX_CONFIG of sysexits.h. */
const EXIT_USAGE = 64;
const EXIT_CONFIG = 78;
/** EX_TEMPFAIL: another process holds the data folder. */
const EXIT_HELD = 75;

const stop = new AbortController();
const output = createOutput({
  json: process.argv.includes('--json'),
  stdout: process.stdout,
  stderr: process.stderr,
  monotonicMs: systemClock.monotonicMs,
});

const context: CommandContext = {
  output,
  clock: systemClock,
  signal: stop.signal,
  config: () => parseConfig(process.env),
  logger: (config) => createLogger({ level: config.logLevel }),
  withHouse: async (work) => {
    // A second signal finds no listener and ends the process at once.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(signal)));
    const config: Config = context.config();
    const level = process.env.LOG_LEVEL ? config.logLevel : 'warn';
    const house = await openHouse({
      config,
      clock: systemClock,
      logger: createLogger({ level, destination: process.stderr }),
      onFatal: (error) => {
        output.complain(error.message);
        process.exit(1);
      },
    });
    try {
      return await work(house);
    } finally {
      await house.close();
    }
  },
};

const program = new Command('robian')
  .description('Listen to the French Assemblée nationale.')
  .version(VERSION)
  .option('--json', 'one JSON line, for machines')
  .exitOverride();
for (const make of [startCommand, workerCommand, migrateCommand, ingestCommand, openDataCommand, extractCommand]) {
  program.addCommand(make(context).exitOverride());
}

program.addCommand(
  vaultCommand({ ...context, withVault: (work) => context.withHouse(({ vault }) => work(vault)) }).exitOverride(),
);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (stop.signal.aborted) {
    output.complain('stopped');
    return 130;
  }
  if (error instanceof ConfigError) {
    output.complain(
      `The configuration has ${error.lines.length === 1 ? 'an error' : 'errors'}:\n${error.lines.join('\n')}`,
    );
    return EXIT_CONFIG;
  }
  output.complain(error instanceof Error ? error.message : String(error));
  if (error instanceof CommandFailed) return error.exitCode;
  return error instanceof FolderHeldError ? EXIT_HELD : 1;
}

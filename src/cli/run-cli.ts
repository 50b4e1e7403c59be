import { Command } from 'commander';
import { openHouse, VERSION } from '../house.ts';
import type { Clock } from '../platform/clock/index.ts';
import { parseConfig } from '../platform/config/index.ts';
import { onStopSignals, type SignalHost } from '../platform/process/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import { adminCommand } from './admin.ts';
import { backupCommand } from './backup.ts';
import { type CommandContext, CommandStopped } from './context.ts';
import { demoCommand } from './demo.ts';
import { explain } from './explain.ts';
import { extractCommand } from './extract.ts';
import { healthCommand } from './health.ts';
import { importJsonCommand } from './import-json.ts';
import { ingestCommand } from './ingest.ts';
import { migrateCommand } from './migrate.ts';
import { openDataCommand } from './open-data.ts';
import { createOutput, type Output } from './output.ts';
import { restoreCommand } from './restore.ts';
import { startCommand, workerCommand } from './start.ts';
import { vaultCommand } from './vault.ts';

/** What a command line meets: the real process, or what a test puts in its place. */
export interface CliHost extends SignalHost {
  /** What follows the name of the program. */
  arguments: readonly string[];
  environment: NodeJS.ProcessEnv;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

const COMMANDS = [
  startCommand,
  workerCommand,
  demoCommand,
  ingestCommand,
  openDataCommand,
  extractCommand,
  (context: CommandContext) =>
    vaultCommand({
      output: context.output,
      withVault: (work) => context.withHouse(({ vault }, signal) => work(vault, signal)),
    }),
  (context: CommandContext) => backupCommand(context),
  (context: CommandContext) => restoreCommand(context),
  migrateCommand,
  (context: CommandContext) => healthCommand(context),
  (context: CommandContext) => importJsonCommand(context),
  (context: CommandContext) => adminCommand(context),
];

const HELP_END = `
Settings are environment variables; the README lists them. Exit codes: 0 done, 1 failed, 64 wrong use,
75 try again later, 78 wrong setting, 130 stopped.`;

/** Does what the arguments say; gives the exit code. */
export async function runCli(host: CliHost, clock: Clock): Promise<number> {
  const { stdout, stderr } = host;
  const json = host.arguments.includes('--json');
  const output = createOutput({ json, stdout, stderr, monotonicMs: clock.monotonicMs });
  const program = createProgram(createContext(host, clock, output), output, stdout);
  try {
    await program.parseAsync([...host.arguments], { from: 'user' });
    return 0;
  } catch (error) {
    const { text, exitCode } = explain(error);
    if (text !== '') output.complain(text);
    return exitCode;
  }
}

function createProgram(context: CommandContext, output: Output, stdout: NodeJS.WriteStream): Command {
  const program = new Command('robian')
    .description('Listen to the French Assemblée nationale.')
    .version(VERSION)
    .option('--json', 'one line of JSON instead of text, for machines')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => output.complain(text.trimEnd()),
    })
    .showHelpAfterError('Try: robian --help')
    .exitOverride()
    .addHelpText('after', HELP_END);
  for (const make of COMMANDS) program.addCommand(inherit(make(context), program));
  return program;
}

/** Without this a wrong option of a subcommand would end the process by itself. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
  return command;
}

function createContext(host: CliHost, clock: Clock, output: Output): CommandContext {
  const { environment, stdout, stderr } = host;

  const interruptible: CommandContext['interruptible'] = async (work) => {
    const stop = new AbortController();
    const unlisten = onStopSignals(
      host,
      {
        first: (signal) => stop.abort(new CommandStopped(signal)),
        second: () => host.exit(1),
      },
      clock.monotonicMs,
    );
    try {
      return await work(stop.signal);
    } catch (error) {
      // What fails after the signal fails because of it.
      throw stop.signal.aborted ? stop.signal.reason : error;
    } finally {
      unlisten();
    }
  };

  const context: CommandContext = {
    output,
    clock,
    environment,
    host,
    atTerminal: stdout.isTTY === true,
    config: () => parseConfig(environment),
    serviceLogger: ({ logLevel }) => createLogger({ level: logLevel, destination: stdout }),
    innerLogger: ({ logLevel }, level) =>
      createLogger({ level: environment.LOG_LEVEL ? logLevel : level, destination: stderr }),
    interruptible,
    withHouse: (work) =>
      interruptible(async (signal) => {
        const config = context.config();
        const onFatal = (error: Error): void => {
          output.complain(error.message);
          host.exit(1);
        };
        // A command says itself what did not work; only defects are left to the log.
        const house = await openHouse({ config, clock, logger: context.innerLogger(config, 'error'), onFatal });
        try {
          return await work(house, signal);
        } finally {
          await house.close();
        }
      }),
  };
  return context;
}

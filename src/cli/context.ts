import type { House } from '../house.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Config } from '../platform/config/index.ts';
import type { Logger } from '../platform/telemetry/index.ts';
import type { Output } from './output.ts';

/** What every command is given. */
export interface CommandContext {
  output: Output;
  clock: Clock;
  /** Fires at the first SIGINT or SIGTERM: finish the piece under way, then leave. */
  signal: AbortSignal;
  /** @throws ConfigError naming every wrong variable */
  config(): Config;
  /** What happens inside goes to standard error, so that standard output is the command's own. */
  logger(config: Config): Logger;
  /** Opens the rooms for the time of `work`. */
  withHouse<T>(work: (house: House) => Promise<T>): Promise<T>;
}

/** A command that failed in a way it has already explained; the process ends with this code. */
export class CommandFailed extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = 'CommandFailed';
    this.exitCode = exitCode;
  }
}

import type { House } from '../house.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Config } from '../platform/config/index.ts';
import type { SignalHost } from '../platform/process/index.ts';
import type { Logger } from '../platform/telemetry/index.ts';
import type { Output } from './output.ts';

/** What every command is given. */
export interface CommandContext {
  output: Output;
  clock: Clock;
  environment: NodeJS.ProcessEnv;
  /** Signals in, exit code out. */
  host: SignalHost;
  /** Whether a person sits before standard output. */
  atTerminal: boolean;
  /** @throws ConfigError naming every wrong variable */
  config(): Config;
  /** The log of a service, on standard output. */
  serviceLogger(config: Config): Logger;
  /**
   * The log of what happens inside a command: on standard error, so that standard output is the command's own, and from
   * `level` up unless LOG_LEVEL says otherwise.
   */
  innerLogger(config: Config, level: string): Logger;
  /**
   * Does `work` under a signal that fires at the first SIGINT or SIGTERM: it finishes the piece under way, then leaves. A
   * second one ends the process at once.
   */
  interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Opens the rooms for the time of `work`, which is interruptible. */
  withHouse<T>(work: (house: House, signal: AbortSignal) => Promise<T>): Promise<T>;
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

/** A command that was asked to stop, and did. */
export class CommandStopped extends Error {
  constructor(signal: string) {
    super(`stopped by ${signal}`);
    this.name = 'CommandStopped';
  }
}

import type { Logger } from '../telemetry/index.ts';

export interface Lifecycle {
  /** Finishes what is under way, takes nothing new, frees everything. */
  stop(): Promise<void>;
}

export interface LifecycleOptions {
  logger: Pick<Logger, 'info' | 'error' | 'fatal'>;
  /** Longest drain before the process leaves anyway, in ms. Orchestrators send SIGKILL after 30 s by default. */
  graceMs?: number;
  /** Where signals come from and where the exit code goes; the real process by default. */
  host?: {
    on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
    exit(code: number): void;
  };
}

const DEFAULT_GRACE_MS = 25_000;

/**
 * Ties a started service to the process: the first SIGTERM or SIGINT drains and leaves with 0, a second one leaves at once with 1.
 * A drain that hangs is cut after `graceMs`.
 */
export function runUntilStopped(service: Lifecycle, options: LifecycleOptions): void {
  const { logger, graceMs = DEFAULT_GRACE_MS, host = process } = options;
  let stopping = false;
  const onSignal = (signal: string): void => {
    if (stopping) {
      logger.info({ signal }, 'second signal: leaving at once');
      host.exit(1);
      return;
    }
    stopping = true;
    logger.info({ signal }, 'draining; a second signal leaves at once');
    const timer = setTimeout(() => {
      logger.error({ grace_ms: graceMs }, 'drain took too long: leaving');
      host.exit(1);
    }, graceMs);
    service.stop().then(
      () => {
        clearTimeout(timer);
        logger.info('stopped');
        host.exit(0);
      },
      (error: unknown) => {
        clearTimeout(timer);
        logger.error({ err: error }, 'stopped with an error');
        host.exit(1);
      },
    );
  };
  host.on('SIGTERM', () => onSignal('SIGTERM'));
  host.on('SIGINT', () => onSignal('SIGINT'));
}

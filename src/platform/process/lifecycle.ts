import type { Clock } from '../clock/index.ts';
import type { Logger } from '../telemetry/index.ts';
import { onStopSignals, type SignalHost } from './stop-signals.ts';

export interface Lifecycle {
  /** Finishes what is under way, takes nothing new, frees everything. */
  stop(): Promise<void>;
}

export interface LifecycleOptions {
  logger: Pick<Logger, 'info' | 'error'>;
  clock: Pick<Clock, 'monotonicMs'>;
  host: SignalHost;
  /** Longest drain before the process leaves anyway, in ms. Orchestrators send SIGKILL after 30 s by default. */
  graceMs?: number;
}

const DEFAULT_GRACE_MS = 25_000;

/**
 * Ties a started service to the process: the first SIGTERM or SIGINT drains and leaves with 0, a second one leaves at once with 1.
 * A drain that hangs is cut after `graceMs`.
 */
export function runUntilStopped(service: Lifecycle, options: LifecycleOptions): void {
  const { logger, clock, host, graceMs = DEFAULT_GRACE_MS } = options;
  const drain = async (): Promise<void> => {
    const timer = setTimeout(() => {
      logger.error({ grace_ms: graceMs }, 'drain took too long: leaving');
      host.exit(1);
    }, graceMs);
    try {
      await service.stop();
      logger.info('stopped');
      host.exit(0);
    } catch (error) {
      logger.error({ err: error }, 'stopped with an error');
      host.exit(1);
    } finally {
      clearTimeout(timer);
    }
  };
  onStopSignals(
    host,
    {
      first: (signal) => {
        logger.info({ signal }, 'draining; a second signal leaves at once');
        void drain();
      },
      second: (signal) => {
        logger.info({ signal }, 'second signal: leaving at once');
        host.exit(1);
      },
    },
    clock.monotonicMs,
  );
}

type StopSignal = 'SIGINT' | 'SIGTERM';

/** Where signals come from and where the exit code goes; the real process, unless a test stands in for it. */
export interface SignalHost {
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
  exit(code: number): void;
}

/**
 * Under `npm run`, one Ctrl-C arrives twice: from the terminal, and handed on by npm. What follows the same signal this soon is
 * that echo; nobody presses twice so fast, in ms.
 */
const ECHO_MS = 200;

/** Tells the first SIGINT or SIGTERM (finish, then leave) from the next one (leave at once). Returns what stops listening. */
export function onStopSignals(
  host: SignalHost,
  react: { first: (signal: StopSignal) => void; second: (signal: StopSignal) => void },
  monotonicMs: () => number,
): () => void {
  let first: { signal: StopSignal; atMs: number } | null = null;
  const onSignal = (signal: StopSignal): void => {
    if (first === null) {
      first = { signal, atMs: monotonicMs() };
      react.first(signal);
    } else if (signal !== first.signal || monotonicMs() - first.atMs >= ECHO_MS) {
      react.second(signal);
    }
  };
  const onInterrupt = (): void => onSignal('SIGINT');
  const onTerminate = (): void => onSignal('SIGTERM');
  host.on('SIGINT', onInterrupt);
  host.on('SIGTERM', onTerminate);
  return () => {
    host.off('SIGINT', onInterrupt);
    host.off('SIGTERM', onTerminate);
  };
}

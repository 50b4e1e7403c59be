import type { Clock } from '../clock/index.ts';

export interface PeriodicTask {
  name: string;
  /** Pause between the end of one run and the start of the next. The first run starts at once. */
  everySeconds: number;
  run(signal: AbortSignal): Promise<unknown>;
}

/** Runs tasks over and over, each alone with itself, until the signal; a run that fails is reported and does not end the task. */
export async function runPeriodically(
  tasks: readonly PeriodicTask[],
  options: { clock: Clock; signal: AbortSignal; onError: (task: string, error: unknown) => void },
): Promise<void> {
  const { clock, signal, onError } = options;
  await Promise.all(
    tasks.map(async (task) => {
      while (!signal.aborted) {
        try {
          await task.run(signal);
        } catch (error) {
          if (!signal.aborted) onError(task.name, error);
        }
        await clock.sleep(task.everySeconds * 1000, signal).catch(() => undefined);
      }
    }),
  );
}

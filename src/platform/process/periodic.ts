import type { Clock } from '../clock/index.ts';

export interface PeriodicTask {
  name: string;
  /** Pause between the end of one run and the start of the next. The first run starts at once. */
  everySeconds: number;
  run(signal: AbortSignal): Promise<unknown>;
}

/** What became of one run of a task. */
export interface TaskEnd {
  task: string;
  failed: boolean;
  durationSeconds: number;
}

/** Runs tasks over and over, each alone with itself, until the signal; a run that fails is reported and does not end the task. */
export async function runPeriodically(
  tasks: readonly PeriodicTask[],
  options: {
    clock: Clock;
    signal: AbortSignal;
    onError: (task: string, error: unknown) => void;
    /** Told of every run that was not broken off by the signal. */
    onEnd?: (end: TaskEnd) => void;
  },
): Promise<void> {
  const { clock, signal, onError, onEnd } = options;
  await Promise.all(
    tasks.map(async (task) => {
      while (!signal.aborted) {
        const startedMs = clock.monotonicMs();
        let failed = false;
        try {
          await task.run(signal);
        } catch (error) {
          failed = true;
          if (!signal.aborted) onError(task.name, error);
        }
        const durationSeconds = (clock.monotonicMs() - startedMs) / 1000;
        if (!(failed && signal.aborted)) onEnd?.({ task: task.name, failed, durationSeconds });
        await clock.sleep(task.everySeconds * 1000, signal).catch(() => undefined);
      }
    }),
  );
}

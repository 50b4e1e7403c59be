import type { Clock } from '../platform/clock/index.ts';
import type { Texts } from '../platform/errors/index.ts';
import type { Logger } from '../platform/telemetry/index.ts';

/** How it stands with a dependency: `low` is a warning, `off` is something optional that is not installed or not set up. */
export type State = 'up' | 'low' | 'down' | 'off' | 'unknown';

export interface Finding {
  state: Exclude<State, 'down'>;
  /** Versions, sizes, times: what an operator wants to know beside the state. Nothing secret, no paths, no addresses. */
  facts?: Readonly<Record<string, string | number | null>>;
  /** What follows for listeners, where something does. */
  message?: Texts;
}

/** Something this process works with. */
export interface Dependency {
  name: string;
  /** Whether the process can do nothing useful without it. */
  required: boolean;
  /** Throws, or takes too long, when it is not there. */
  look(): Promise<Finding>;
}

export interface Report extends Omit<Finding, 'state'> {
  name: string;
  required: boolean;
  state: State;
  /** How long the look took. */
  latencyMs: number;
}

export type Verdict = 'healthy' | 'degraded' | 'unhealthy';

/** Orchestrators ask every few seconds and give up after about as long; a dependency that is slower than this is not there, in ms. */
const LOOK_TIMEOUT_MS = 2_000;

/** All is well, or something optional is missing or runs low, or nothing works. What was never installed is no trouble. */
export function verdictOf(reports: readonly Pick<Report, 'required' | 'state'>[]): Verdict {
  if (reports.some(({ required, state }) => required && state === 'down')) return 'unhealthy';
  return reports.some(({ state }) => state === 'down' || state === 'low') ? 'degraded' : 'healthy';
}

/** Gives what looks at all of them at once; who asks while a look is under way is told what it finds. */
export function createLook(options: {
  dependencies: readonly Dependency[];
  clock: Clock;
  logger: Pick<Logger, 'warn'>;
}): () => Promise<Report[]> {
  const { dependencies, clock, logger } = options;
  let underWay: Promise<Report[]> | null = null;

  async function lookAt({ name, required, look }: Dependency): Promise<Report> {
    const startedMs = clock.monotonicMs();
    const finding = await withTimeout(look(), clock).catch((error: unknown) => {
      logger.warn({ err: error, dependency: name }, 'unhealthy');
      return { state: 'down' as const };
    });
    return { name, required, ...finding, latencyMs: clock.monotonicMs() - startedMs };
  }

  return () => {
    underWay ??= Promise.all(dependencies.map(lookAt)).finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

async function withTimeout<T>(work: Promise<T>, clock: Clock): Promise<T> {
  const done = new AbortController();
  try {
    const late = clock.sleep(LOOK_TIMEOUT_MS, done.signal).then(() => Promise.reject(new Error('no answer in time')));
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}

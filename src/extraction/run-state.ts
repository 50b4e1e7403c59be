export type RunState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/**
 * claim: a worker takes it · complete: the file is published · fail: no source is left · retry: the source may work later ·
 * release: the worker is asked to stop · lose: the worker is gone · cancel: nobody wants it any more.
 */
export type RunChange = 'claim' | 'complete' | 'fail' | 'retry' | 'release' | 'lose' | 'cancel';

/** What may become of a run. What is not here may not. A claim on a running run needs its worker to be gone. */
const TRANSITIONS: Readonly<Record<RunState, Partial<Record<RunChange, RunState>>>> = {
  queued: { claim: 'running', fail: 'failed', cancel: 'cancelled' },
  running: {
    claim: 'running',
    complete: 'done',
    fail: 'failed',
    retry: 'queued',
    release: 'queued',
    lose: 'queued',
    cancel: 'cancelled',
  },
  done: {},
  failed: {},
  cancelled: {},
};

const STATES = Object.keys(TRANSITIONS) as RunState[];

/** Null when the change is not possible in that state. */
export function nextRunState(state: RunState, change: RunChange): RunState | null {
  return TRANSITIONS[state][change] ?? null;
}

/** The state after a change and the states that allow it: what an update writes and what it asks for. */
export function transition(change: RunChange): { from: RunState[]; to: RunState } {
  const from = STATES.filter((state) => TRANSITIONS[state][change] !== undefined);
  const [to, ...others] = new Set(from.map((state) => TRANSITIONS[state][change]));
  if (to === undefined || others.length > 0) throw new Error(`"${change}" has no single outcome`);
  return { from, to };
}

import { describe, expect, it } from 'vitest';
import { nextRunState, type RunChange, type RunState, transition } from './run-state.ts';

const STATES: RunState[] = ['queued', 'running', 'done', 'failed', 'cancelled'];
const CHANGES: RunChange[] = ['claim', 'complete', 'fail', 'retry', 'release', 'lose', 'cancel'];
const ALLOWED: Record<string, RunState> = {
  'queued claim': 'running',
  'queued fail': 'failed',
  'queued cancel': 'cancelled',
  'running claim': 'running',
  'running complete': 'done',
  'running fail': 'failed',
  'running retry': 'queued',
  'running release': 'queued',
  'running lose': 'queued',
  'running cancel': 'cancelled',
};

describe('what may become of a run', () => {
  it.each(STATES.flatMap((state) => CHANGES.map((change) => [state, change] as const)))('%s, %s', (state, change) => {
    expect(nextRunState(state, change)).toBe(ALLOWED[`${state} ${change}`] ?? null);
  });

  it.each(CHANGES)('an update for "%s" asks for the states that allow it', (change) => {
    const { from, to } = transition(change);
    expect(from.map((state) => nextRunState(state, change))).toEqual(from.map(() => to));
    expect(from).toEqual(STATES.filter((state) => nextRunState(state, change) !== null));
  });
});

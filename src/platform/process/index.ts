export { type LeaderLock, leadWhenElected } from './leadership.ts';
export { type Lifecycle, type LifecycleOptions, runUntilStopped } from './lifecycle.ts';
export { askOperator, OperatorActionFailed, type OperatorActions, serveOperator } from './operator-socket.ts';
export { type PeriodicTask, runPeriodically, type TaskEnd } from './periodic.ts';
export { onStopSignals, type SignalHost } from './stop-signals.ts';

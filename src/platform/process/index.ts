export { type LeaderLock, leadWhenElected } from './leadership.ts';
export { type Lifecycle, type LifecycleOptions, runUntilStopped } from './lifecycle.ts';
export { type PeriodicTask, runPeriodically } from './periodic.ts';
export { onStopSignals, type SignalHost } from './stop-signals.ts';

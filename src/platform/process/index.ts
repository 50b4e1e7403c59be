export { type Lifecycle, type LifecycleOptions, runUntilStopped } from './lifecycle.ts';

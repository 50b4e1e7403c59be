export type { FaultKind } from './faults.ts';
export { type BigRecording, createReplay, type Replay } from './replay.ts';
export type { Sitting } from './sitting.ts';

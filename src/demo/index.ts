export { demoSittings } from './demo-sittings.ts';
export type { Fault } from './faults.ts';
export { readRecording } from './recordings.ts';
export { type BigRecording, createReplay, type Replay } from './replay.ts';
export type { FilmedSitting, Sitting } from './sitting.ts';

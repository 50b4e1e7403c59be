export { clientOfAddress } from './client-key.ts';
export { createLane, type Lane } from './lane.ts';
export { createLimit, type Limit } from './limits.ts';
export type { Decision, Policy } from './window.ts';

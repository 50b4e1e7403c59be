export { clientOfAddress } from './client-key.ts';
export { createLimit, type Limit } from './limits.ts';
export type { Decision, Policy } from './window.ts';

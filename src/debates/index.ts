export type { Debate } from './debate.ts';
export { createDebates, type Debates, type Outcome, type Recorded } from './debates.ts';
export { type DebatesRoutesOptions, registerDebatesRoutes } from './routes.ts';
export { type AudioFileBody, DebateId } from './schemas.ts';

export { changedTags, debateTag } from './cache-tags.ts';
export type { Debate } from './debate.ts';
export { createDebates, type Debates, type Outcome, type Recorded } from './debates.ts';
export { attributionOf } from './present.ts';
export { type DebatesRoutesOptions, registerDebatesRoutes } from './routes.ts';
export { AudioFile, type AudioFileBody, DebateId } from './schemas.ts';
export type { Total } from './totals.ts';

export type { Debate } from './debate.ts';
export { createDebates, type Debates, type Outcome, type Recorded } from './debates.ts';
export { debatesErrors } from './errors.ts';
export { AUDIO_FILE_EXAMPLE, DEBATE_EXAMPLE } from './example.ts';
export { attributionOf } from './present.ts';
export { type DebatesRoutesOptions, registerDebatesRoutes } from './routes.ts';
export { AudioFile, type AudioFileBody, DebateId } from './schemas.ts';
export { type DebateSummary, DebateSummarySchema, presentSummary } from './summary.ts';

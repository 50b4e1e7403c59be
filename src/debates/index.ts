export type { Debate, SittingStartOrigin } from './debate.ts';
export { createDebates, type Debates, type Outcome, type Recorded } from './debates.ts';
export { ExportQuery, exportHeader } from './export-header.ts';
export { attributionOf } from './present.ts';
export { type DebatesRoutesOptions, registerDebatesRoutes } from './routes.ts';
export { AudioFile, type AudioFileBody, DebateId } from './schemas.ts';
export type { ListedDebatesView } from './tables.ts';
export { textKey } from './text-key.ts';

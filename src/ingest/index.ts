export { createIngest, type Ingest, type IngestOptions } from './ingest.ts';
export type { IngestFailure, IngestReport } from './report.ts';
export type { IngestProgress, IngestRequest } from './take-days.ts';

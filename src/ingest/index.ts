export { createIngest, type Ingest, type Walk } from './ingest.ts';
export type { IngestReport } from './report.ts';
export type { IngestProgress, IngestRequest } from './take-days.ts';
export type { DumpName, DumpProgress, DumpReport } from './take-dumps.ts';

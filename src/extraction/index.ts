export { extractionErrors } from './errors.ts';
export {
  type Answer,
  createExtraction,
  type Extraction,
  type ExtractionJob,
  type ExtractionOptions,
  type ExtractionWish,
  extractionJob,
  extractionJobs,
} from './extraction.ts';
export type { Tools } from './fetching/fetch-sound.ts';
export { type Ffmpeg, findFfmpeg } from './fetching/ffmpeg.ts';
export { findYtDlp, type YtDlp } from './fetching/yt-dlp.ts';
export { readYtDlpVersion } from './fetching/yt-dlp-version.ts';
export { openingJob } from './opening/opening-job.ts';
export { presentError } from './present.ts';
export { type ExtractionRoutesOptions, registerExtractionRoutes } from './routes.ts';
export type { Run } from './run.ts';
export type { ExtractionObserver } from './worker.ts';

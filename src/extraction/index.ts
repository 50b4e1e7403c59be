export { extractionErrors } from './errors.ts';
export {
  type Answer,
  createExtraction,
  type Extraction,
  type ExtractionJob,
  type ExtractionOptions,
  type ExtractionWish,
  extractionJob,
} from './extraction.ts';
export type { Tools } from './fetch-sound.ts';
export { type Ffmpeg, findFfmpeg } from './ffmpeg.ts';
export { type ExtractionRoutesOptions, registerExtractionRoutes } from './routes.ts';
export type { Run } from './run.ts';
export { findYtDlp, type YtDlp } from './yt-dlp.ts';

import type { Debates } from '../debates/index.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import type { App } from '../platform/http/index.ts';
import { registerDebateSpeechRoutes } from './debate-routes.ts';
import { registerExportRoutes } from './export-routes.ts';
import { registerSearchRoutes } from './search-routes.ts';
import { registerSpeakersRoutes } from './speakers-routes.ts';

export interface SpeechRoutesOptions {
  debates: Debates;
  db: Db;
  clock: Clock;
  /** All of this process shares one session of the database: what one asks, the others wait for. */
  oneSession: boolean;
  /** Address under which listeners reach this server, without a trailing slash. */
  publicUrl: string;
}

/** Chapters, transcripts, search inside what was said, people. */
export function registerSpeechRoutes(app: App, options: SpeechRoutesOptions): void {
  registerDebateSpeechRoutes(app, options);
  registerSearchRoutes(app, options);
  registerSpeakersRoutes(app, options);
  registerExportRoutes(app, options);
}

export { candidatesOf } from './candidates.ts';
export { sourcesErrors } from './errors.ts';
export { pageSource } from './page-source.ts';
export { findPlugins, startPlugins } from './plugins/load-plugins.ts';
export type { CreateSource, PluginDebate } from './plugins/plugin.ts';
export { createPortalSource } from './portal-source.ts';
export { createSources, type Sources } from './registry.ts';
export type {
  Announcement,
  DebateRef,
  DebateSource,
  DebateType,
  Description,
  Listing,
  MediaCandidate,
  Provenance,
  Published,
  Source,
  SourceChapter,
  SourceDebate,
  SourceSpeaker,
  Validator,
} from './source.ts';

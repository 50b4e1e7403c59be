export { sourcesErrors } from './errors.ts';
export { createSources, type Sources } from './registry.ts';
export type {
  Announcement,
  DebateRef,
  DebateType,
  Description,
  Listing,
  LiveObservation,
  MediaCandidate,
  Provenance,
  Source,
  SourceCaptions,
  SourceChapter,
  SourceDebate,
  SourceSpeaker,
  Validator,
} from './source.ts';

import type { DebateType, MediaCandidate } from '../source.ts';

/**
 * What a plugin's module exports: called once when the plugin's thread starts. `settings` are the environment variables
 * `PLUGIN_<NAME>_…` without that beginning.
 */
export type CreateSource = (tools: {
  settings: Readonly<Record<string, string>>;
}) => PluginSource | Promise<PluginSource>;

/**
 * A source of debates in a file of its own (docs/PLUGINS.md). Methods may throw: what they throw is reported, and stops
 * nothing else. Each is given a signal that fires when nobody waits for its answer any more.
 */
export interface PluginSource {
  /**
   * Hosts whose pages and sound its debates may name, `example.org`, `example.org:8443` or `*.example.org`. Whatever a
   * site answers, the product fetches from nowhere else on its word.
   */
  hosts: readonly string[];
  /** Debates of the Paris days `since`..`until`, both included. */
  discover(period: { since: string; until: string }, signal: AbortSignal): Promise<readonly PluginEntry[]>;
  /** The facts of one debate; null: it is withdrawn, and says so. A debate that cannot be read is an error. */
  describe(ref: PluginRef, signal: AbortSignal): Promise<PluginDebate | null>;
  /** Where the sound is now; absent: what `describe` says. */
  media?(ref: PluginRef, signal: AbortSignal): Promise<readonly PluginMedia[]>;
  /** What was said, in order; null while there is nothing. */
  captions?(ref: PluginRef, signal: AbortSignal): Promise<readonly PluginCaption[] | null>;
}

export interface PluginRef {
  /** The site's own id: letters, digits, `.` and `-`. */
  id: string;
  /** The public page, to which attribution links. */
  url: string;
}

export interface PluginEntry extends PluginRef {
  /** Paris day, `YYYY-MM-DD`. */
  day: string;
}

export interface PluginMedia {
  kind: MediaCandidate['kind'];
  url: string;
  /** The sound is at least this long; a shorter file was cut. */
  durationAtLeastSeconds?: number;
}

export interface PluginCaption {
  startsAtMs: number;
  endsAtMs: number;
  text: string;
}

export interface PluginChapter {
  label: string;
  /** From the start of the recording; absent when unknown. */
  startsAtMs?: number;
  /** Names in `PluginDebate.speakers`. */
  speakers?: readonly string[];
}

export interface PluginSpeaker {
  name: string;
  role?: string;
  /** `PA…` in the Assembly's open data, where it is known. */
  personId?: string;
}

export interface PluginDebate {
  title: string;
  description?: string;
  type: DebateType;
  state: 'announced' | 'live' | 'ended';
  /** Start of the recording, ISO 8601 with an offset. */
  startsAt: string;
  place?: string;
  commission?: string;
  reportUrl?: string;
  thumbnailUrl?: string;
  /** HLS, only while `state` is `live`. */
  liveUrl?: string;
  tags?: readonly string[];
  media?: readonly PluginMedia[];
  chapters?: readonly PluginChapter[];
  speakers?: readonly PluginSpeaker[];
}

import type { CaptionCue, SittingRecord, Synchro } from '../portal/index.ts';

/**
 * The plug: what the product asks of any source of debates. A source knows a site; it knows nothing of our tables.
 * The least a source can do is to say where the sound is, as for a page that an administrator adds by hand.
 */
export interface Source {
  /** Short, stable, kebab-case; stored with every debate that came from here. */
  readonly id: string;
  /** Where the sound can be had now, best first; empty while live or before publication. */
  media(ref: DebateRef, options?: { signal?: AbortSignal | undefined }): Promise<MediaCandidate[]>;
}

/**
 * A source that is watched: it lists its debates and tells their facts. Every answer that was fetched says where and
 * when (`Provenance`), so that each stored fact can. Methods throw FetchError when the site does not answer, AppError
 * when it answers what cannot be used, the signal's reason when aborted.
 */
export interface DebateSource extends Source {
  /**
   * One listing a day, oldest first, for the Paris days `since`..`until` (both included, `YYYY-MM-DD`).
   * A day that cannot be read is yielded with its `error` and does not end the walk.
   */
  discover(options: { since: string; until: string; signal?: AbortSignal | undefined }): AsyncIterable<Listing>;
  /** The facts of one debate, in at most one request when nothing changed since `validator`. */
  describe(
    ref: DebateRef,
    options?: { validator?: Validator | undefined; signal?: AbortSignal | undefined },
  ): Promise<Description>;
  /** For a debate that left the lists: where its source says so in words, or null while it says nothing of the kind. */
  withdrawal(ref: DebateRef, options?: { signal?: AbortSignal | undefined }): Promise<Provenance | null>;
  /** What was said, as published for the screen; null when there is nothing (yet). */
  captions(ref: DebateRef, options?: ConditionalOptions): Promise<Published<CaptionCue[]> | null>;
  /** When chapters begin, keyed by hand while the sitting runs; null while there is nothing. */
  timings(ref: DebateRef, state: 'live' | 'ended', options?: ConditionalOptions): Promise<Published<Synchro[]> | null>;
  /** The edited record of a sitting, by its public address; null while there is none, or where none with times exists. */
  record(reportUrl: string, options?: ConditionalOptions): Promise<Published<SittingRecord> | null>;
  /** What is on the air, and what is announced for today. */
  live(options?: { signal?: AbortSignal | undefined }): Promise<LiveObservation>;
}

/** Names one debate at its source. */
export interface DebateRef {
  /** `Source.id`. */
  source: string;
  /** The source's own id of the recording (`19502241_6ac548b948b27`), or of any other source, whatever it chose. */
  id: string;
  /** The public page, to which attribution links. */
  url: string;
}

/** What to send back so that an unchanged document costs one small answer. */
export interface Validator {
  etag: string | null;
  lastModified: string | null;
  /** Of the bytes last seen: settles it where the server knows no conditional requests. Hex. */
  sha256: string | null;
}

/** Where and when something was seen. */
export interface Provenance extends Validator {
  /** Without what was added against caches. */
  url: string;
  fetchedAt: Date;
}

export type Listing = ListedDay | UnreadableDay;

interface ListedDay {
  /** `YYYY-MM-DD`, Paris. */
  day: string;
  /** All that the source names for that day: a debate missing from here has left the list. */
  refs: DebateRef[];
  /** Entries that could not be understood, for the report. */
  rejected: { entry: string; reason: string }[];
  provenance: Provenance;
}

interface UnreadableDay {
  day: string;
  error: unknown;
}

export type Description =
  | { kind: 'found'; debate: SourceDebate; provenance: Provenance }
  | { kind: 'unchanged'; provenance: Provenance }
  /** The source itself says that this debate is no longer to be had. */
  | { kind: 'withdrawn'; provenance: Provenance };

export type DebateType = 'seance_publique' | 'commission' | 'audition' | 'question_gouvernement' | 'autre';

/** A debate in the product's words. What the source does not say is null, never guessed. */
export interface SourceDebate {
  ref: DebateRef;
  title: string;
  /** Plain text, one subject a line; empty when none. */
  description: string;
  type: DebateType;
  /** The source's own code behind `type`. */
  sourceType: string | null;
  /** What the source says now. A source may flip to `ended` for a moment during a live sitting. */
  state: 'announced' | 'live' | 'ended';
  /** Start of the recording (the room may still be empty), ISO 8601 with the Paris offset. */
  startsAt: string;
  /** The recording is at least this long; up to about a minute more. */
  durationAtLeastSeconds: number | null;
  /** Room or place. */
  place: string | null;
  commission: string | null;
  legislature: number | null;
  session: string | null;
  /** `RUANR…`. Two recordings may share it. */
  meetingId: string | null;
  reportUrl: string | null;
  thumbnailUrl: string | null;
  /** HLS, only while `state` is `live`. */
  liveUrl: string | null;
  tags: string[];
  /** Best first; the same as `Source.media` answered at that moment. */
  media: MediaCandidate[];
  chapters: SourceChapter[];
  /** The directory of the debate: larger than the set of those whom chapters name. */
  speakers: SourceSpeaker[];
}

/** One way to the sound; a failed one leads to the next. */
export interface MediaCandidate {
  /**
   * `mp3` the published sound file · `hls` a master playlist, picture and sound muxed ·
   * `page` any web page that yt-dlp may read · `mp4` the whole video, 15 times the bytes of the mp3.
   */
  kind: 'mp3' | 'hls' | 'page' | 'mp4';
  /** Absolute, http or https. */
  url: string;
  /** The sound must be at least this long, where the source lets us know: a shorter file was cut. */
  durationAtLeastSeconds: number | null;
}

export interface SourceChapter {
  /** Unique within the debate; joins with the times published apart. */
  id: string;
  /** Cleaned: one line, single spaces. */
  label: string;
  /** As the operator typed it. */
  typedLabel: string;
  /** The source's kind, `{ key: '7', name: 'Intervention' }`. */
  kind: { key: string; name: string } | null;
  /** Ids in `SourceDebate.speakers`; may name one who is absent from there. */
  speakerIds: string[];
  children: SourceChapter[];
}

export interface SourceSpeaker {
  /** Unique within the debate. */
  id: string;
  name: string;
  /** `PA…` in the Assembly's open data; null for outsiders. */
  personId: string | null;
  role: string | null;
}

interface ConditionalOptions {
  validator?: Validator | undefined;
  signal?: AbortSignal | undefined;
}

/** A document that comes late and may change: what it says, or that it says nothing new since the validator. */
export type Published<T> =
  | { changed: true; value: T; provenance: Provenance }
  | { changed: false; provenance: Provenance };

export interface LiveObservation {
  /** Every stream that runs, with what the source says of it; `debate.state` may be `ended` for a moment. */
  sittings: { debate: SourceDebate; announcement: Announcement | null; provenance: Provenance }[];
  /** Today's programme, started or not. */
  announced: Announcement[];
  /** What could not be read, for the report: a stream, or the programme itself when `ref` is null. */
  failed: { ref: DebateRef | null; error: unknown }[];
  /** Entries that could not be understood, for the report. */
  rejected: { entry: string; reason: string }[];
}

/** A line of the day's programme, or a meeting of the agenda. */
export interface Announcement {
  /** The programme of the day knows better than the agenda, which is published for weeks to come. */
  origin: 'programme' | 'agenda';
  /** False for a meeting that may not take place. */
  isCertain: boolean;
  /** `RUANR…`; null when the programme does not name it. */
  meetingId: string | null;
  title: string;
  /** Plain text, one subject a line; empty when none. */
  description: string;
  type: DebateType;
  /** ISO 8601 with the Paris offset; null when the programme gives no usable hour. */
  startsAt: string | null;
  commission: string | null;
  place: string | null;
  thumbnailUrl: string | null;
  provenance: Provenance;
}

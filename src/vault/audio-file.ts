/** What a rendition is packed as. `mp3` is what the portal publishes; `m4a` is AAC in fragmented MP4. */
export type AudioFormat = 'mp3' | 'm4a';

/** How the bytes came to be: kept as the source published them, sound copied out of a video, or encoded again by us. */
export type AudioOrigin = 'published' | 'copied' | 're-encoded';

/** staged: bytes may not be in place yet · ready: verified and servable · retired: never served again. */
export type AudioFileState = 'staged' | 'ready' | 'retired';

/** One rendition of one debate. Two debates may have the same bytes, so the same `sha256`. */
export interface AudioFile {
  id: string;
  debateId: string;
  /** Lower-case hexadecimal. */
  sha256: string;
  format: AudioFormat;
  mime: string;
  sizeBytes: number;
  durationSeconds: number;
  /** The constant bitrate, or the average of a variable one, rounded. */
  bitrateKbps: number;
  sampleRateHz: number;
  channels: number;
  origin: AudioOrigin;
  /** Where the bytes came from: the original that attribution links to. */
  sourceUrl: string;
  state: AudioFileState;
  createdAt: Date;
  /** When the bytes were last read whole and found right. */
  verifiedAt: Date | null;
  retiredAt: Date | null;
  retireReason: string | null;
}

export const MIME_OF: Readonly<Record<AudioFormat, string>> = { mp3: 'audio/mpeg', m4a: 'audio/mp4' };

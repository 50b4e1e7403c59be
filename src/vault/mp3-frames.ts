import {
  announcedFrames,
  BITRATE_MASK,
  decodeFrame,
  type FrameHeader,
  frameSize,
  MAX_FRAME_BYTES,
  STREAM_MASK,
  TAG_PROBE_BYTES,
  tagSize,
} from './mp3-header.ts';

export interface Mp3Scan {
  /** Whether this is MP3 sound: frames were found and what lies between them stays within the tolerance. */
  valid: boolean;
  /** Whole audio frames; the encoder's silent information frame is not counted. */
  frames: number;
  durationSeconds: number;
  /** The constant bitrate, or the average of a variable one, rounded. */
  bitrateKbps: number;
  sampleRateHz: number;
  channels: number;
  /** Bytes before the first frame: tags and garbage. */
  firstFrameOffset: number;
  /** Bytes that belong to no frame and no tag. */
  garbageBytes: number;
  /** Whether the file ends inside a frame or a tag. */
  truncatedFrame: boolean;
  /** Audio frames that the encoder announced in its information frame, 0 when it did not. */
  announcedFrames: number;
}

export interface Mp3Scanner {
  push(chunk: Buffer): void;
  finish(): Mp3Scan;
}

/** Remains that servers and old tools leave before the first frame are shorter; a page of HTML or a hole is stopped here. */
const MAX_LEADING_GARBAGE_BYTES = 65_536;
/** Between frames: a frame or two lost at a splice, and no more than 0.1 % of a long file. A hole in a download is longer. */
const MIN_GARBAGE_TOLERANCE_BYTES = 4_096;
const GARBAGE_TOLERANCE = 0.001;
/** Beyond this a stream is given up and no longer looked at, whatever its length: the tolerance of a file of 1 GB. */
const MAX_GARBAGE_BYTES = 1_048_576;
/** Headers that must agree before a first frame is believed: two by chance happen once in 60 MB of noise, three never. */
const AGREEING_HEADERS = 3;
/** What must be at hand to judge a position: the agreeing headers or a tag. */
const LOOKAHEAD_BYTES = Math.max((AGREEING_HEADERS - 1) * MAX_FRAME_BYTES + 4, TAG_PROBE_BYTES);

/**
 * Reads MP3 as it comes and counts its frames, without decoding: only headers are looked at, memory is constant, the
 * verdict does not depend on how the bytes are cut into chunks. Tags (ID3v2, ID3v1, APEv2) are stepped over wherever a frame could start.
 */
export function createMp3Scanner(): Mp3Scanner {
  /** End of the last push that could not be judged yet. */
  let carry: Buffer = Buffer.alloc(0);
  /** Bytes still to come of the frame or tag being stepped over. */
  let skip = 0;
  let seenBytes = 0;
  let first: FrameHeader | null = null;
  let firstHeader = 0;
  let firstFrameOffset = 0;
  let frames = 0;
  let frameBytes = 0;
  let lastFrameBytes = 0;
  let variable = false;
  let announced = 0;
  let garbageBytes = 0;
  let leadingGarbageBytes = 0;
  let givenUp = false;
  let endsInHeader = false;
  /** True between a lost frame and the next one that can be believed. */
  let searching = true;

  /** Steps from frame to frame while headers follow each other. Returns where it stopped, at most `end` + one frame. */
  function walk(bytes: Buffer, from: number, end: number): number {
    const stream = firstHeader & STREAM_MASK;
    const bitrate = firstHeader & BITRATE_MASK;
    let position = from;
    let walked = 0;
    let otherBitrates = 0;
    let size = 0;
    for (const last = end - 4; position <= last; position += size) {
      const header = bytes.readInt32BE(position);
      const next = (header & STREAM_MASK) === stream ? frameSize(header) : 0;
      if (next === 0) break;
      size = next;
      walked += 1;
      otherBitrates |= (header & BITRATE_MASK) ^ bitrate;
    }
    if (walked > 0) {
      frames += walked;
      frameBytes += position - from;
      lastFrameBytes = size;
      variable ||= otherBitrates !== 0;
    }
    return position;
  }

  /** Whether frames start at `at`: enough headers agree, or the file ends or a tag starts before there are enough. */
  function agrees(bytes: Buffer, at: number, final: boolean): boolean {
    const stream = first ? firstHeader & STREAM_MASK : bytes.readInt32BE(at) & STREAM_MASK;
    let position = at;
    for (let agreed = 0; agreed < AGREEING_HEADERS; agreed += 1) {
      if (final && agreed > 0 && (position === bytes.length || tagSize(bytes, position) > 0)) return true;
      if (position + 4 > bytes.length) return false;
      const header = bytes.readInt32BE(position);
      const size = (header & STREAM_MASK) === stream ? frameSize(header) : 0;
      if (size === 0) return false;
      position += size;
    }
    return true;
  }

  /** Looks for the next believable frame. Returns its position, or the first position that cannot be judged yet. */
  function search(bytes: Buffer, from: number, final: boolean): number {
    const end = final ? bytes.length : bytes.length - LOOKAHEAD_BYTES;
    let position = from;
    for (; position < end; position += 1) {
      if (bytes[position] !== 0xff || position + 4 > bytes.length) continue;
      if (frameSize(bytes.readInt32BE(position)) > 0 && agrees(bytes, position, final)) {
        searching = false;
        break;
      }
    }
    return position;
  }

  function lock(bytes: Buffer, at: number, offset: number): number {
    firstHeader = bytes.readInt32BE(at);
    first = decodeFrame(firstHeader);
    firstFrameOffset = offset;
    leadingGarbageBytes = garbageBytes;
    if (!first) return at;
    const size = first.sizeBytes;
    const info = announcedFrames(bytes.subarray(at, at + size), first);
    announced = info ?? 0;
    return info === null ? at : at + size;
  }

  /** Judges `bytes` from `from`; returns the position up to which all is known (it may lie beyond the end). */
  function advance(bytes: Buffer, from: number, offset: number, final: boolean): number {
    let position = from;
    while (position < bytes.length && !givenUp) {
      if (!searching) position = walk(bytes, position, bytes.length);
      if (position >= bytes.length || (!final && position + LOOKAHEAD_BYTES > bytes.length)) break;
      endsInHeader = final && !searching && position + 4 > bytes.length;
      // Inside garbage the letters of a tag mean nothing.
      const atBoundary = !searching || (first === null && garbageBytes === 0);
      const tagBytes = atBoundary ? tagSize(bytes, position) : 0;
      if (tagBytes > 0) {
        position += tagBytes;
        lastFrameBytes = 0;
        continue;
      }
      searching = true;
      const found = search(bytes, position, final);
      garbageBytes += found - position;
      const limit = first ? MAX_GARBAGE_BYTES : MAX_LEADING_GARBAGE_BYTES;
      givenUp = garbageBytes > limit;
      if (searching || givenUp) return found;
      position = first ? found : lock(bytes, found, offset + found);
    }
    return position;
  }

  /** Scans one window and remembers what of it could not be judged. */
  function scan(bytes: Buffer, from: number, offset: number, final: boolean): void {
    const position = advance(bytes, from, offset, final);
    skip = Math.max(0, position - bytes.length);
    carry = givenUp || position >= bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(position));
  }

  function push(chunk: Buffer): void {
    const offset = seenBytes;
    seenBytes += chunk.length;
    if (givenUp) return;
    if (carry.length === 0) {
      if (skip >= chunk.length) skip -= chunk.length;
      else scan(chunk, skip, offset, false);
      return;
    }
    // The carried end is judged together with as much of the chunk as that takes; the rest is scanned in place, uncopied.
    const head = Buffer.concat([carry, chunk.subarray(0, 2 * LOOKAHEAD_BYTES)]);
    const carried = carry.length;
    scan(head, 0, offset - carried, false);
    if (head.length - carried === chunk.length || givenUp) return;
    const position = head.length + skip - carry.length - carried;
    carry = Buffer.alloc(0);
    if (position >= chunk.length) skip = position - chunk.length;
    else scan(chunk, position, offset, false);
  }

  function finish(): Mp3Scan {
    if (carry.length > 0) scan(carry, 0, seenBytes - carry.length, true);
    const truncatedFrame = endsInHeader || skip > 0;
    if (skip > 0 && lastFrameBytes > 0) {
      frames -= 1;
      frameBytes -= lastFrameBytes;
    }
    return report(truncatedFrame);
  }

  function report(truncatedFrame: boolean): Mp3Scan {
    const sampleRateHz = first?.sampleRateHz ?? 0;
    const durationSeconds = first ? (frames * first.samples) / first.sampleRateHz : 0;
    const averageKbps = durationSeconds > 0 ? Math.round((frameBytes * 8) / durationSeconds / 1_000) : 0;
    const tolerance = Math.max(MIN_GARBAGE_TOLERANCE_BYTES, seenBytes * GARBAGE_TOLERANCE);
    return {
      valid: !givenUp && frames > 0 && garbageBytes - leadingGarbageBytes <= tolerance,
      frames,
      durationSeconds,
      bitrateKbps: variable ? averageKbps : (first?.bitrateKbps ?? 0),
      sampleRateHz,
      channels: first?.channels ?? 0,
      firstFrameOffset,
      garbageBytes,
      truncatedFrame,
      announcedFrames: announced,
    };
  }

  return { push, finish };
}

import { type FileHandle, open } from 'node:fs/promises';

/**
 * Seconds of sound that a fragmented MP4 really holds (ISO 14496-12 §8.8): its samples counted, each at the usual length.
 * Its timeline tells nothing: where input was missing, the sample before the gap is declared as long as the gap.
 * @throws Error when the file is not such an MP4; errors of the disk
 */
export async function heardSeconds(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    let timescale: number | null = null;
    const samplesByDuration = new Map<number, number>();
    for await (const box of topLevelBoxes(file)) {
      if (box.type === 'moov') timescale = readTimescale(box.content);
      else countSamples(box.content, samplesByDuration);
    }
    if (timescale === null || timescale === 0) throw new Error('no timescale');
    return usualLength(samplesByDuration) / timescale;
  } finally {
    await file.close();
  }
}

/** The index of one fragment of 6 s is a few kilobytes; one of this size is hostile. */
const MAX_INDEX_BYTES = 16 * 1024 * 1024;

interface Box {
  type: string;
  content: Buffer;
}

/** The boxes that describe samples, read whole; the samples themselves are passed over. */
async function* topLevelBoxes(file: FileHandle): AsyncGenerator<Box> {
  const header = Buffer.alloc(16);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(header, 0, 16, at);
    if (bytesRead < 8) return;
    const type = header.toString('latin1', 4, 8);
    const large = header.readUInt32BE(0) === 1;
    const size = large ? Number(header.readBigUInt64BE(8)) : header.readUInt32BE(0);
    const headerBytes = large ? 16 : 8;
    if (size < headerBytes) return;
    if (type === 'moov' || type === 'moof') {
      if (size > MAX_INDEX_BYTES) throw new Error(`${type} of ${size} bytes`);
      const content = Buffer.alloc(size - headerBytes);
      await file.read(content, 0, content.length, at + headerBytes);
      yield { type, content };
    }
    at += size;
  }
}

function* boxesIn(content: Buffer): Generator<Box> {
  for (let at = 0; at + 8 <= content.length; ) {
    const size = content.readUInt32BE(at);
    if (size < 8) return;
    yield { type: content.toString('latin1', at + 4, at + 8), content: content.subarray(at + 8, at + size) };
    at += size;
  }
}

function find(content: Buffer, ...path: string[]): Buffer | null {
  const [type, ...rest] = path;
  if (type === undefined) return content;
  for (const box of boxesIn(content)) if (box.type === type) return find(box.content, ...rest);
  return null;
}

/** `mdhd`: version 0 has 32-bit times before the timescale, version 1 has 64-bit ones. */
function readTimescale(moov: Buffer): number | null {
  const mdhd = find(moov, 'trak', 'mdia', 'mdhd');
  if (mdhd === null) return null;
  return mdhd.readUInt32BE(mdhd[0] === 1 ? 20 : 12);
}

function countSamples(moof: Buffer, samplesByDuration: Map<number, number>): void {
  for (const traf of boxesIn(moof)) {
    if (traf.type !== 'traf') continue;
    const tfhd = find(traf.content, 'tfhd');
    const usual = tfhd === null ? null : defaultDuration(tfhd);
    for (const trun of boxesIn(traf.content)) {
      if (trun.type !== 'trun') continue;
      for (const duration of sampleDurations(trun.content, usual)) {
        samplesByDuration.set(duration, (samplesByDuration.get(duration) ?? 0) + 1);
      }
    }
  }
}

/** `tfhd`: track id, then what the flags announce: base offset (8), description index (4), default duration (4). */
function defaultDuration(tfhd: Buffer): number | null {
  const flags = tfhd.readUInt32BE(0) & 0xffffff;
  if ((flags & 0x8) === 0) return null;
  return tfhd.readUInt32BE(8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0));
}

/** `trun`: sample count, optional data offset and first flags, then for each sample what the flags announce, 4 bytes each. */
function* sampleDurations(trun: Buffer, usual: number | null): Generator<number> {
  const flags = trun.readUInt32BE(0) & 0xffffff;
  const count = trun.readUInt32BE(4);
  const perSample = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length * 4;
  let at = 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0);
  for (let sample = 0; sample < count && at + perSample <= trun.length; sample += 1) {
    yield flags & 0x100 ? trun.readUInt32BE(at) : (usual ?? 0);
    at += perSample;
  }
}

/** Every sample counts as the most frequent length at most: the codec's frame, of which only the last may be shorter. */
function usualLength(samplesByDuration: ReadonlyMap<number, number>): number {
  let usual = { duration: 0, samples: 0 };
  for (const [duration, samples] of samplesByDuration) {
    if (samples > usual.samples) usual = { duration, samples };
  }
  let total = 0;
  for (const [duration, samples] of samplesByDuration) {
    // A frame of AAC at a timescale that does not divide it alternates between two lengths, one unit apart.
    total += Math.min(duration, usual.duration + 1) * samples;
  }
  return total;
}

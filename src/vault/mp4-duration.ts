import { boxContent, children, descend, fileBoxes, Mp4Error, type ReadAt } from './mp4-boxes.ts';

export interface Mp4Sound {
  durationSeconds: number;
  sampleRateHz: number;
  channels: number;
  /** Average over the file, rounded. */
  bitrateKbps: number;
}

interface Track {
  id: number;
  timescale: number;
  sampleRateHz: number;
  channels: number;
  /** In units of `timescale`, from the sample tables; 0 in a fragmented file. */
  duration: number;
}

/**
 * Reads how long the sound of an MP4 lasts from its metadata alone (ISO/IEC 14496-12): sample tables of a plain file,
 * track runs of a fragmented one. Sizes and counts are bounded, so a hostile file costs an error, not memory.
 * @throws Mp4Error; `truncated` when the file ends inside a box or before what its index announces.
 */
export async function readMp4(read: ReadAt, sizeBytes: number): Promise<Mp4Sound> {
  let track: Track | null = null;
  let defaultSampleDuration = 0;
  let fragments = 0;
  let announced = 0;
  let mediaBytes = 0;
  for await (const box of fileBoxes(read, sizeBytes)) {
    if (box.type === 'moov') {
      const moov = await boxContent(read, box);
      track = soundTrack(moov);
      defaultSampleDuration = trackExtends(moov, track.id);
    } else if (box.type === 'sidx') {
      announced += indexedSeconds(await boxContent(read, box));
    } else if (box.type === 'moof' && track) {
      fragments += fragmentDuration(await boxContent(read, box), track.id, defaultSampleDuration);
    } else if (box.type === 'mdat') {
      mediaBytes += box.end - box.start;
    }
  }
  if (!track) throw new Mp4Error('no moov box');
  const durationSeconds = (track.duration + fragments) / track.timescale;
  if (durationSeconds <= 0 || mediaBytes === 0) throw new Mp4Error('no sound in it');
  // The index is written from the fragments themselves: a missing one shows as missing time. A second absorbs rounding.
  if (announced > durationSeconds + 1) throw new Mp4Error('fewer fragments than its index announces', true);
  return {
    durationSeconds,
    sampleRateHz: track.sampleRateHz,
    channels: track.channels,
    bitrateKbps: Math.round((mediaBytes * 8) / durationSeconds / 1_000),
  };
}

function soundTrack(moov: Buffer): Track {
  for (const trak of children(moov, 'trak')) {
    const mdia = descend(trak, 'mdia');
    // hdlr: version and flags 4, pre-defined 4, handler type 4 (§8.4.3).
    if (descend(mdia, 'hdlr').toString('latin1', 8, 12) !== 'soun') continue;
    const stbl = descend(mdia, 'minf', 'stbl');
    return { ...soundFormat(descend(stbl, 'stsd')), ...trackClock(trak, mdia), duration: tableDuration(stbl) };
  }
  throw new Mp4Error('no sound track');
}

/** tkhd (§8.3.2) and mdhd (§8.4.2); version 1 has 64-bit dates before the field. */
function trackClock(trak: Buffer, mdia: Buffer): { id: number; timescale: number } {
  const tkhd = fields(descend(trak, 'tkhd'));
  const mdhd = fields(descend(mdia, 'mdhd'));
  const id = tkhd.uint32(tkhd.version === 1 ? 20 : 12);
  const timescale = mdhd.uint32(mdhd.version === 1 ? 20 : 12);
  if (timescale === 0) throw new Mp4Error('a track without a clock');
  return { id, timescale };
}

/** The first sample entry of stsd (§8.5.2): 8 bytes of list header, 8 of box header, then the audio entry (§12.2.3). */
function soundFormat(stsd: Buffer): { sampleRateHz: number; channels: number } {
  const entry = fields(stsd);
  const sampleRateHz = entry.uint16(8 + 8 + 24);
  // Writers put 2 into the entry whatever the sound; AAC says the truth in its own configuration.
  const channels = aacChannels(stsd.subarray(8 + 8 + 28)) ?? entry.uint16(8 + 8 + 16);
  return { sampleRateHz, channels };
}

/** Channels by the AudioSpecificConfig (14496-3 §1.6.2.1) inside esds (14496-14 §5.6), null when there is none. */
function aacChannels(entryBoxes: Buffer): number | null {
  const [esds] = children(entryBoxes, 'esds');
  if (!esds) return null;
  let position = 4;
  // Descriptors nest, each a tag, a size in groups of 7 bits, and bytes of its own before the next one.
  for (const [tag, ownBytes] of [
    [0x03, 3],
    [0x04, 13],
    [0x05, 0],
  ] as const) {
    if (esds[position] !== tag) return null;
    position += 1;
    while (((esds[position] ?? 0) & 0x80) !== 0) position += 1;
    position += 1 + ownBytes;
  }
  // 5 bits object type, 4 bits rate index, 4 bits channels; 15 means that the rate itself follows, which no sitting has.
  const bits = position + 2 <= esds.length ? esds.readUInt16BE(position) : 0;
  const channels = (bits >> 3) & 15;
  return channels === 0 || ((bits >> 7) & 15) === 15 ? null : channels;
}

/** Sum of the sample tables of stts (§8.6.1.2): pairs of count and duration. */
function tableDuration(stbl: Buffer): number {
  const stts = fields(descend(stbl, 'stts'));
  const entries = stts.uint32(4);
  let total = 0;
  for (let entry = 0; entry < entries; entry += 1) total += stts.uint32(8 + entry * 8) * stts.uint32(12 + entry * 8);
  return total;
}

/** Duration that the samples of `trackId` have where a fragment does not say (trex, §8.8.3). */
function trackExtends(moov: Buffer, trackId: number): number {
  for (const mvex of children(moov, 'mvex')) {
    for (const trex of children(mvex, 'trex').map(fields)) if (trex.uint32(4) === trackId) return trex.uint32(12);
  }
  return 0;
}

/** Sum of the sample durations of a moof (§8.8.4), for one track. */
function fragmentDuration(moof: Buffer, trackId: number, trackDefault: number): number {
  let total = 0;
  for (const traf of children(moof, 'traf')) {
    const tfhd = fields(descend(traf, 'tfhd'));
    if (tfhd.uint32(4) !== trackId) continue;
    // Optional fields in this order (§8.8.7): base data offset 8 bytes, description index 4, sample duration 4.
    const at = 8 + (tfhd.flags & 0x1 ? 8 : 0) + (tfhd.flags & 0x2 ? 4 : 0);
    const sampleDuration = tfhd.flags & 0x8 ? tfhd.uint32(at) : trackDefault;
    for (const trun of children(traf, 'trun')) total += runDuration(trun, sampleDuration);
  }
  return total;
}

/** trun (§8.8.8): each sample may state its duration, size, flags and composition offset, 4 bytes each. */
function runDuration(content: Buffer, sampleDuration: number): number {
  const trun = fields(content);
  const samples = trun.uint32(4);
  if (!(trun.flags & 0x100)) return samples * sampleDuration;
  const first = 8 + (trun.flags & 0x1 ? 4 : 0) + (trun.flags & 0x4 ? 4 : 0);
  const stride = [0x100, 0x200, 0x400, 0x800].filter((flag) => trun.flags & flag).length * 4;
  let total = 0;
  for (let sample = 0; sample < samples; sample += 1) total += trun.uint32(first + sample * stride);
  return total;
}

/** Seconds that a sidx announces (§8.16.3), nested indexes aside: those announce their own. */
function indexedSeconds(content: Buffer): number {
  const sidx = fields(content);
  const timescale = sidx.uint32(8);
  const list = sidx.version === 0 ? 20 : 28;
  const references = sidx.uint16(list + 2);
  let total = 0;
  for (let reference = 0; reference < references; reference += 1) {
    const at = list + 4 + reference * 12;
    const isIndex = sidx.uint32(at) >>> 31 === 1;
    if (!isIndex) total += sidx.uint32(at + 4);
  }
  return timescale === 0 ? 0 : total / timescale;
}

interface Fields {
  version: number;
  flags: number;
  uint16(at: number): number;
  uint32(at: number): number;
}

/** The numbers of a full box (§4.2): offsets count from its version byte. Reading past its end is an Mp4Error. */
function fields(content: Buffer): Fields {
  const need = (at: number, length: number): number => {
    if (at + length > content.length) throw new Mp4Error('a box shorter than its fields');
    return at;
  };
  return {
    version: content.readUInt8(need(0, 4)),
    flags: content.readUIntBE(need(0, 4) + 1, 3),
    uint16: (at) => content.readUInt16BE(need(at, 2)),
    uint32: (at) => content.readUInt32BE(need(at, 4)),
  };
}

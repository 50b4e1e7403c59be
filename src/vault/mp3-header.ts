/**
 * MPEG audio frame headers, layers II and III: ISO/IEC 11172-3 §2.4.1.3 (MPEG-1), 13818-3 §2.4.1.3 (MPEG-2), and the
 * unofficial MPEG-2.5 for sample rates below 16 kHz. A header is handled as the 32-bit number it is:
 * sync 11 · version 2 · layer 2 · no CRC 1 · bitrate 4 · sample rate 2 · padding 1 · private 1 · mode 2 · the rest 6.
 */

/** Bitrates in kbit/s by 4-bit index; 0 (free format) and 15 (forbidden) are not accepted. */
const MPEG1_LAYER2_KBPS = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0];
const MPEG1_LAYER3_KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
const MPEG2_KBPS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];

/** Sample rates in Hz by 2-bit index, for MPEG-1; MPEG-2 halves and MPEG-2.5 quarters them. Index 3 is forbidden. */
const MPEG1_SAMPLE_RATES_HZ = [44_100, 48_000, 32_000];

const VERSION_25 = 0;
const VERSION_2 = 2;
const VERSION_1 = 3;
const LAYER_3 = 1;
const LAYER_2 = 2;
const MODE_MONO = 3;

/** Sync, version, layer and sample rate: what cannot change between two frames of one stream. */
export const STREAM_MASK = 0xfffe0c00 | 0;

/** The 4 bits of the bitrate index. */
export const BITRATE_MASK = 0xf000;

/** The longest frame the tables can give: MPEG-2.5 layer II, 160 kbit/s at 8 kHz. */
export const MAX_FRAME_BYTES = 2_880;

export interface FrameHeader {
  /** Whole frame, header included. */
  sizeBytes: number;
  samples: number;
  sampleRateHz: number;
  bitrateKbps: number;
  channels: 1 | 2;
  /** Where an encoder's Xing or Info mark stands in a layer III frame: after the header and the side information. */
  infoOffset: number;
}

/** Frame sizes in bytes for the 11 header bits that decide it (version, layer, bitrate, rate, padding); 0 = not a frame. */
const FRAME_SIZES = new Uint16Array(2_048);
for (let bits = 0; bits < FRAME_SIZES.length; bits += 1) {
  FRAME_SIZES[bits] = decodeFrame(0xffe10000 | ((bits >> 7) << 17) | ((bits & 0x7f) << 9))?.sizeBytes ?? 0;
}

/** The frame's size in bytes by one look into a table, 0 when `header` is not a frame we take. */
export function frameSize(header: number): number {
  if ((header & 0xffe00000) !== (0xffe00000 | 0)) return 0;
  return FRAME_SIZES[((header >>> 10) & 0x780) | ((header >>> 9) & 0x7f)] ?? 0;
}

/** Everything a header says, or null when it is not a layer II or III header with a stated bitrate. */
export function decodeFrame(header: number): FrameHeader | null {
  const version = (header >>> 19) & 3;
  const layer = (header >>> 17) & 3;
  const rate = MPEG1_SAMPLE_RATES_HZ[(header >>> 10) & 3];
  const knownVersion = version === VERSION_1 || version === VERSION_2 || version === VERSION_25;
  if (!knownVersion || (layer !== LAYER_2 && layer !== LAYER_3) || rate === undefined) return null;

  const mpeg1Kbps = layer === LAYER_2 ? MPEG1_LAYER2_KBPS : MPEG1_LAYER3_KBPS;
  const bitrateKbps = (version === VERSION_1 ? mpeg1Kbps : MPEG2_KBPS)[(header >>> 12) & 15];
  if (!bitrateKbps) return null;

  const sampleRateHz = version === VERSION_1 ? rate : version === VERSION_2 ? rate / 2 : rate / 4;
  const samples = layer === LAYER_3 && version !== VERSION_1 ? 576 : 1_152;
  const channels = ((header >>> 6) & 3) === MODE_MONO ? 1 : 2;
  const padding = (header >>> 9) & 1;
  const sideInfoBytes = version === VERSION_1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return {
    // samples / 8 bits a byte × bit/s ÷ Hz, rounded down, plus one slot when padded (11172-3 §2.4.3.1).
    sizeBytes: Math.floor(((samples / 8) * bitrateKbps * 1_000) / sampleRateHz) + padding,
    samples,
    sampleRateHz,
    bitrateKbps,
    channels,
    infoOffset: 4 + sideInfoBytes,
  };
}

/**
 * Number of audio frames that the encoder wrote into its first, silent frame, 0 when it did not say, null when the frame
 * is an ordinary one. Xing and Info marks (LAME, ffmpeg) and Fraunhofer's VBRI.
 */
export function announcedFrames(frame: Buffer, header: FrameHeader): number | null {
  const mark = frame.toString('latin1', header.infoOffset, header.infoOffset + 4);
  if (mark === 'Xing' || mark === 'Info') {
    const hasFrameCount =
      frame.length >= header.infoOffset + 12 && (frame.readUInt32BE(header.infoOffset + 4) & 1) === 1;
    return hasFrameCount ? frame.readUInt32BE(header.infoOffset + 8) : 0;
  }
  // VBRI stands 32 bytes after the header whatever the mode; its frame count 14 bytes further.
  if (frame.toString('latin1', 36, 40) === 'VBRI') return frame.length >= 54 ? frame.readUInt32BE(50) : 0;
  return null;
}

/** No tag of a sitting needs more; a cover picture is under 1 MB. A longer one is taken for garbage. */
const MAX_TAG_BYTES = 16 * 1_048_576;

/** Bytes that must be at hand before `tagSize` can answer: the footer of an APE tag. */
export const TAG_PROBE_BYTES = 32;

/** Size in bytes of the ID3v2, ID3v1 or APEv2 tag that starts at `at`, 0 when none does. */
export function tagSize(bytes: Buffer, at: number): number {
  const size = statedTagSize(bytes, at);
  return size <= MAX_TAG_BYTES ? size : 0;
}

function statedTagSize(bytes: Buffer, at: number): number {
  const first = bytes[at];
  if (first === 0x49 && at + 10 <= bytes.length && bytes.toString('latin1', at, at + 3) === 'ID3') {
    // ID3v2 §3.1: 28 bits in four bytes of seven, without the header of 10 and the optional footer of 10.
    const sizeBytes = [6, 7, 8, 9].reduce((sum, offset) => (sum << 7) | bytes.readUInt8(at + offset), 0);
    const syncSafe = ((bytes.readUInt32BE(at + 6) & 0x80808080) | 0) === 0;
    const footerBytes = bytes.readUInt8(at + 5) & 0x10 ? 10 : 0;
    return syncSafe ? 10 + sizeBytes + footerBytes : 0;
  }
  if (first === 0x54 && bytes.toString('latin1', at, at + 3) === 'TAG') return 128;
  if (first === 0x41 && at + TAG_PROBE_BYTES <= bytes.length && bytes.toString('latin1', at, at + 8) === 'APETAGEX') {
    // APEv2: the stated size counts items and footer; the flag's bit 29 says that this is a header, which adds its own 32.
    const isHeader = (bytes.readUInt32LE(at + 20) & 0x20000000) !== 0;
    return bytes.readUInt32LE(at + 12) + (isHeader ? 32 : 0);
  }
  return 0;
}

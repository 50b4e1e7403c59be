import type { ByteSource } from './byte-source.ts';

/**
 * A silent MP3 of any size that is never held in memory: MPEG-1 layer III, 128 kb/s CBR, 44.1 kHz, stereo, the form in
 * which the Assembly is thought to publish its sound (ISO/IEC 11172-3 §2.4).
 *
 * A frame is 144 × 128000 ÷ 44100 = 417 47/49 bytes, so 49 frames (47 of them padded by one byte) make a whole cycle of
 * 20,480 bytes. Every frame carries its own number among its ancillary bytes, so that no two spans of the file are
 * equal and a piece written at the wrong place shows.
 */
const SAMPLE_RATE_HZ = 44_100;
const SAMPLES_PER_FRAME = 1152;
const FRAMES_PER_CYCLE = 49;
const CYCLE_BYTES = 20_480;
const UNPADDED_FRAME_BYTES = 417;
/** Sync, MPEG-1 layer III without CRC; 128 kb/s, 44.1 kHz; stereo, "original". The padding bit is 0x02 of the third byte. */
const HEADER = [0xff, 0xfb, 0x90, 0x04] as const;
const PADDING_BIT = 0x02;
/** Four bytes of header and 32 of side information; zeros there mean no main data, hence silence. */
const ANCILLARY_OFFSET = 36;
/** Stamps use 7 bits a byte: no 0xFF can appear in them, so nothing there looks like the start of a frame. */
const STAMP_BYTES = 6;

const frameOffsets = Array.from({ length: FRAMES_PER_CYCLE + 1 }, (_, frame) =>
  Math.floor((frame * CYCLE_BYTES) / FRAMES_PER_CYCLE),
);
const silentCycle = makeSilentCycle();

export interface SyntheticMp3 extends ByteSource {
  readonly durationSeconds: number;
  readonly frames: number;
}

/** The longest such file of at most `maxBytes`, cut at a whole frame. Another `seed` gives other bytes of the same size. */
export function syntheticMp3OfSize(maxBytes: number, seed = 0): SyntheticMp3 {
  const wholeCycles = Math.floor(maxBytes / CYCLE_BYTES);
  const rest = maxBytes % CYCLE_BYTES;
  const restFrames = frameOffsets.findLastIndex((offset) => offset <= rest);
  return syntheticMp3(wholeCycles * FRAMES_PER_CYCLE + restFrames, seed);
}

/** Such a file of at least `durationSeconds`, less than one frame (26 ms) longer. */
export function syntheticMp3OfDuration(durationSeconds: number, seed = 0): SyntheticMp3 {
  return syntheticMp3(Math.ceil((durationSeconds * SAMPLE_RATE_HZ) / SAMPLES_PER_FRAME), seed);
}

function syntheticMp3(frames: number, seed: number): SyntheticMp3 {
  const sizeBytes = Math.floor(frames / FRAMES_PER_CYCLE) * CYCLE_BYTES + offsetInCycle(frames % FRAMES_PER_CYCLE);
  return {
    frames,
    sizeBytes,
    durationSeconds: (frames * SAMPLES_PER_FRAME) / SAMPLE_RATE_HZ,
    slice(from, to) {
      const firstCycle = Math.floor(from / CYCLE_BYTES);
      const cycles = Math.ceil(to / CYCLE_BYTES) - firstCycle;
      const bytes = Buffer.allocUnsafe(Math.max(0, cycles) * CYCLE_BYTES);
      for (let index = 0; index < cycles; index += 1) writeCycle(bytes, index * CYCLE_BYTES, firstCycle + index, seed);
      return bytes.subarray(from - firstCycle * CYCLE_BYTES, to - firstCycle * CYCLE_BYTES);
    },
  };
}

function writeCycle(target: Buffer, at: number, cycle: number, seed: number): void {
  silentCycle.copy(target, at);
  for (let frame = 0; frame < FRAMES_PER_CYCLE; frame += 1) {
    const stampAt = at + offsetInCycle(frame) + ANCILLARY_OFFSET;
    let number = cycle * FRAMES_PER_CYCLE + frame;
    for (let index = 0; index < STAMP_BYTES; index += 1) {
      target[stampAt + index] = number & 0x7f;
      number = Math.floor(number / 128);
    }
    target[stampAt + STAMP_BYTES] = seed & 0x7f;
  }
}

function makeSilentCycle(): Buffer {
  const cycle = Buffer.alloc(CYCLE_BYTES);
  for (let frame = 0; frame < FRAMES_PER_CYCLE; frame += 1) {
    const offset = offsetInCycle(frame);
    cycle.set(HEADER, offset);
    const padded = offsetInCycle(frame + 1) - offset > UNPADDED_FRAME_BYTES;
    if (padded) cycle[offset + 2] = HEADER[2] | PADDING_BIT;
  }
  return cycle;
}

function offsetInCycle(frame: number): number {
  return frameOffsets[frame] ?? CYCLE_BYTES;
}

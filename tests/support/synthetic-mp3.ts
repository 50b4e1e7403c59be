/**
 * A valid MP3 of any size that need not be kept: 128 kbit/s, 48 kHz, mono, layer III without CRC (ISO 11172-3), frames of
 * exactly 384 bytes and 24 ms. Each decodes to silence; its number stands in the ancillary data, so that bytes which are
 * in the wrong place are seen to be.
 */
export const FRAME_BYTES = 384;
const FRAME_SECONDS = 0.024;

const HEADER = Buffer.from([0xff, 0xfb, 0x94, 0xc0]);

export function frameCount(durationSeconds: number): number {
  return Math.round(durationSeconds / FRAME_SECONDS);
}

/** Bytes `start`..`end` of the endless file. */
export function syntheticMp3(start: number, end: number): Buffer {
  const firstFrame = Math.floor(start / FRAME_BYTES);
  const lastFrame = Math.ceil(end / FRAME_BYTES);
  const frames = Buffer.alloc((lastFrame - firstFrame) * FRAME_BYTES);
  for (let frame = firstFrame; frame < lastFrame; frame += 1) {
    const at = (frame - firstFrame) * FRAME_BYTES;
    HEADER.copy(frames, at);
    frames.writeUInt32BE(frame, at + FRAME_BYTES - 4);
  }
  return frames.subarray(start - firstFrame * FRAME_BYTES, end - firstFrame * FRAME_BYTES);
}

/** Bytes that can be asked for by position, whether they lie in memory or are computed when asked. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Bytes from `from` up to and not including `to`; 0 ≤ from ≤ to ≤ sizeBytes. */
  slice(from: number, to: number): Buffer;
}

export function bufferSource(bytes: Buffer): ByteSource {
  return { sizeBytes: bytes.length, slice: (from, to) => bytes.subarray(from, to) };
}

/** The same file when the origin holds only its first `sizeBytes` bytes. */
export function truncatedSource(source: ByteSource, sizeBytes: number): ByteSource {
  return { sizeBytes: Math.min(sizeBytes, source.sizeBytes), slice: source.slice };
}

/** The same file with every bit of the bytes from `fromByte` up to and not including `toByte` turned over. */
export function corruptedSource(source: ByteSource, fromByte: number, toByte: number): ByteSource {
  return {
    sizeBytes: source.sizeBytes,
    slice(from, to) {
      const bytes = Buffer.from(source.slice(from, to));
      for (let position = Math.max(from, fromByte); position < Math.min(to, toByte); position += 1) {
        const index = position - from;
        bytes[index] = ~bytes.readUInt8(index) & 0xff;
      }
      return bytes;
    },
  };
}

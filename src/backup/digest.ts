import { createHash } from 'node:crypto';

/** What a table held: how many rows, and a sum over them that no order changes. */
export interface Digest {
  rows: number;
  /** Of the SHA-256 of each row, combined bit by bit, in hexadecimal. It finds accidents, not forgers: those are the cipher's. */
  sum: string;
}

export interface DigestBuilder {
  add(line: string): void;
  digest(): Digest;
}

const SHA256_BYTES = 32;

/** Two databases give rows in different orders; the same rows give the same digest. */
export function createDigest(): DigestBuilder {
  const sum = Buffer.alloc(SHA256_BYTES);
  let rows = 0;
  return {
    add: (line) => {
      const hash = createHash('sha256').update(line).digest();
      for (let at = 0; at < SHA256_BYTES; at += 1) sum[at] = (sum[at] ?? 0) ^ (hash[at] ?? 0);
      rows += 1;
    },
    digest: () => ({ rows, sum: sum.toString('hex') }),
  };
}

export function sameDigest(one: Digest, other: Digest): boolean {
  return one.rows === other.rows && one.sum === other.sum;
}

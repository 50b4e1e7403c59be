import { describe, expect, it } from 'vitest';
import type { ObjectKey, OpenObject } from '../vault/index.ts';
import { type Block, createBlockCache } from './block-cache.ts';

const key: ObjectKey = { sha256: 'ab'.repeat(32), format: 'mp3' };

/** An object of `sizeBytes` whose bytes are their position's block number; reads are counted. */
function objectOf(sizeBytes: number, { storedAt = new Date(0), shorter = 0 } = {}) {
  const reads: number[] = [];
  const object: OpenObject = {
    sizeBytes,
    storedAt,
    read: async (buffer, position, length) => {
      reads.push(position);
      buffer.fill(position / 100, 0, length);
      return length - shorter;
    },
    close: () => undefined,
  };
  return { object, reads };
}
const cacheOf = (blocks: number) => createBlockCache({ blockBytes: 100, maxBytes: blocks * 100 });
const first = (block: Block | null): number | undefined => block?.bytes[0];

describe('blocks of stored files', () => {
  it('are read once for all who ask, and then come from memory', async () => {
    const cache = cacheOf(4);
    const { object, reads } = objectOf(250);
    expect(cache.peek(key, object, 2)).toBeNull();
    const blocks = await Promise.all([cache.load(key, object, 2), cache.load(key, object, 2)]);
    expect(blocks.map((block) => [block.bytes.length, first(block)])).toEqual([
      [50, 2],
      [50, 2],
    ]);
    expect(first(cache.peek(key, object, 2))).toBe(2);
    expect(reads).toEqual([200]);
  });

  it('make room, the longest unused first, and their memory is used again', async () => {
    const cache = cacheOf(2);
    const { object } = objectOf(1_000);
    const zero = await cache.load(key, object, 0);
    zero.release();
    zero.release();
    (await cache.load(key, object, 1)).release();
    cache.peek(key, object, 0)?.release();
    const two = await cache.load(key, object, 2);
    expect(cache.peek(key, object, 1)).toBeNull();
    expect(first(cache.peek(key, object, 0))).toBe(0);
    const three = await cache.load(key, object, 3);
    expect([first(two), first(three)]).toEqual([2, 3]);
  });

  it('are never written over while somebody is still sending them', async () => {
    const cache = cacheOf(1);
    const { object } = objectOf(1_000);
    const held = await cache.load(key, object, 0);
    for (const index of [1, 2, 3, 4]) (await cache.load(key, object, index)).release();
    expect(held.bytes.every((byte) => byte === 0)).toBe(true);
    held.release();
    expect(first(await cache.load(key, object, 5))).toBe(5);
  });

  it('of a file that was published anew are not taken from the old one', async () => {
    const cache = cacheOf(4);
    await cache.load(key, objectOf(100).object, 0);
    const anew = objectOf(100, { storedAt: new Date(1) });
    expect(cache.peek(key, anew.object, 0)).toBeNull();
  });

  it('are refused when the object is shorter than it says, and asked for again the next time', async () => {
    const cache = cacheOf(4);
    const { object, reads } = objectOf(100, { shorter: 1 });
    await expect(cache.load(key, object, 0)).rejects.toThrow('ends at 99');
    await expect(cache.load(key, object, 0)).rejects.toThrow('ends at 99');
    expect(reads).toEqual([0, 0]);
  });
});

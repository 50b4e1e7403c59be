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
const NEW = new Date(1);

describe('blocks of stored files', () => {
  it('are read once for all who ask, and then come from memory', async () => {
    const cache = cacheOf(4);
    const { object, reads } = objectOf(250);
    const blocks = cache.of(key, object);
    expect(blocks.peek(2)).toBeNull();
    const loaded = await Promise.all([blocks.load(2, object), blocks.load(2, object)]);
    expect(loaded.map((block) => [block.bytes.length, first(block)])).toEqual([
      [50, 2],
      [50, 2],
    ]);
    expect(first(cache.of(key, object).peek(2))).toBe(2);
    expect(reads).toEqual([200]);
    expect(cache.stats()).toEqual({ hits: 1, misses: 2, entries: 1, sizeBytes: 100 });
  });

  it('make room, those that nobody used for a while first', async () => {
    const { object, reads } = objectOf(1_000);
    const blocks = cacheOf(2).of(key, object);
    const use = async (index: number): Promise<number | undefined> => {
      const block = blocks.peek(index) ?? (await blocks.load(index, object));
      blocks.release(block);
      return first(block);
    };
    await use(0);
    await use(1);
    // The hand comes by both, and takes the place of the first.
    await use(2);
    expect(blocks.peek(0)).toBeNull();
    await use(2);
    await use(3);
    expect([await use(2), await use(3)]).toEqual([2, 3]);
    expect(blocks.peek(1)).toBeNull();
    expect(reads).toEqual([0, 100, 200, 300]);
  });

  it('are never written over while somebody is still sending them; then their memory is used again', async () => {
    const { object } = objectOf(1_000);
    const blocks = cacheOf(1).of(key, object);
    const held = await blocks.load(0, object);
    for (const index of [1, 2, 3, 4]) blocks.release(await blocks.load(index, object));
    expect(held.bytes.every((byte) => byte === 0)).toBe(true);
    blocks.release(held);
    for (const index of [5, 6, 7, 8]) blocks.release(await blocks.load(index, object));
    expect(held.bytes.every((byte) => byte === 0)).toBe(false);
  });

  it('of a file that was published anew are not taken from the old one', async () => {
    const cache = cacheOf(4);
    const { object } = objectOf(100);
    await cache.of(key, object).load(0, object);
    const anew = objectOf(100, { storedAt: NEW });
    expect(cache.of(key, anew.object).peek(0)).toBeNull();
  });

  it('are refused when the object is shorter than it says, and asked for again the next time', async () => {
    const { object, reads } = objectOf(100, { shorter: 1 });
    const blocks = cacheOf(4).of(key, object);
    await expect(blocks.load(0, object)).rejects.toThrow('ends at 99');
    await expect(blocks.load(0, object)).rejects.toThrow('ends at 99');
    expect(reads).toEqual([0, 0]);
  });
});

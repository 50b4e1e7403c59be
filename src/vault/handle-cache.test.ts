import { describe, expect, it } from 'vitest';
import { createHandleCache, type HandleCache, type OpenFile } from './handle-cache.ts';

function counted(maxIdle = 2): { cache: HandleCache; opened: string[]; closed: number[]; pass: (ms: number) => void } {
  const opened: string[] = [];
  const closed: number[] = [];
  let nowMs = 0;
  const cache = createHandleCache({
    open: async (path) => {
      if (path === 'absent') return null;
      if (path === 'broken') throw new Error('EIO');
      const file: OpenFile = { fd: opened.push(path), sizeBytes: 1, storedAt: new Date(0) };
      return file;
    },
    closeFile: (fd) => closed.push(fd),
    monotonicMs: () => nowMs,
    maxIdle,
    idleMs: 60_000,
  });
  return { cache, opened, closed, pass: (ms) => (nowMs += ms) };
}

describe('open files', () => {
  it('are opened once for all who ask at the same time, and for those who ask later', async () => {
    const { cache, opened, closed } = counted();
    const leases = await Promise.all([cache.lend('a'), cache.lend('a'), cache.lend('a')]);
    for (const lease of leases) lease?.release();
    (await cache.lend('a'))?.release();
    expect({ opened, closed }).toEqual({ opened: ['a'], closed: [] });
  });

  it('are closed, longest unused first, when too many stay unused', async () => {
    const { cache, closed } = counted(2);
    for (const path of ['a', 'b', 'a', 'c', 'd']) (await cache.lend(path))?.release();
    expect(closed).toEqual([2, 1]);
  });

  it('are never closed under a reader, even when forgotten or when the cache is closed', async () => {
    const { cache, opened, closed } = counted(0);
    const one = await cache.lend('a');
    const two = await cache.lend('a');
    cache.forget('a');
    cache.close();
    one?.release();
    one?.release();
    expect(closed).toEqual([]);
    two?.release();
    expect(closed).toEqual([1]);
    (await cache.lend('a'))?.release();
    expect(opened).toEqual(['a', 'a']);
  });

  it('are closed when unused for a minute, as soon as anything is given back', async () => {
    const { cache, closed, pass } = counted();
    (await cache.lend('a'))?.release();
    pass(60_001);
    (await cache.lend('b'))?.release();
    expect(closed).toEqual([1]);
  });

  it('answers null for what is not there and does not remember it, nor a failure', async () => {
    const { cache } = counted();
    expect(await cache.lend('absent')).toBeNull();
    await expect(cache.lend('broken')).rejects.toThrow('EIO');
    await expect(cache.lend('broken')).rejects.toThrow('EIO');
  });
});

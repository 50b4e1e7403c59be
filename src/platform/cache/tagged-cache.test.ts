import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../tests/support/manual-clock.ts';
import type { Clock } from '../clock/index.ts';
import { type Computation, createTaggedCache, keepOrCompute, type SharedTier, type TaggedCache } from './index.ts';

interface Value {
  text: string;
}

const LIST = { tags: ['lists'], ttlSeconds: 300 };
const never: Clock['sleep'] = () => new Promise(() => undefined);

function setup(options: { shared?: SharedTier<Value>; maxBytes?: number } = {}) {
  const clock = { ...createManualClock('2026-10-06T12:00:00Z'), sleep: never };
  const cache = createTaggedCache<Value>({
    maxBytes: options.maxBytes ?? 10_000,
    sizeBytesOf: (value) => value.text.length,
    clock,
    shared: options.shared,
  });
  return { clock, cache };
}

async function computationOf(cache: TaggedCache<Value>, key: string, keep = LIST): Promise<Computation<Value>> {
  const claim = await cache.claim(key, keep);
  if ('value' in claim) throw new Error(`not to be computed: ${claim.value.text}`);
  return claim.computation;
}
async function keep(cache: TaggedCache<Value>, key: string, text: string, by = LIST): Promise<void> {
  (await computationOf(cache, key, by)).finish({ text }, by);
}

/** A shared tier as Redis would be, kept in a map. */
function createMapTier() {
  const kept = new Map<string, { value: Value; ttlSeconds: number }>();
  const tier: SharedTier<Value> = {
    get: async (key) => kept.get(key) ?? null,
    set: async (key, value, ttlSeconds) => void kept.set(key, { value, ttlSeconds }),
  };
  return { kept, tier };
}

describe('a kept value', () => {
  it('is given until its time is over, and no longer', async () => {
    const { cache, clock } = setup();
    await keep(cache, 'a', 'one');
    clock.advance(299_999);
    expect(cache.get('a')).toEqual({ text: 'one' });
    clock.advance(1);
    expect(cache.get('a')).toBeUndefined();
  });

  it('leaves when any of its tags changes, and only then', async () => {
    const { cache } = setup();
    await keep(cache, 'list', 'list');
    await keep(cache, 'a', 'a', { tags: ['thing:a', 'lists'], ttlSeconds: 300 });
    await keep(cache, 'b', 'b', { tags: ['thing:b'], ttlSeconds: 300 });
    cache.evict(['thing:a', 'thing:unknown'], 1);
    expect(['list', 'a', 'b'].map((key) => cache.get(key)?.text)).toEqual(['list', undefined, 'b']);
    cache.evict(['lists'], 2);
    expect(['list', 'b'].map((key) => cache.get(key)?.text)).toEqual([undefined, 'b']);
    expect(cache.stats()).toMatchObject({ hits: 3, misses: 3, evicted: 2, entries: 1 });
  });

  it('makes room for newer ones, and is not kept when it alone would take too much', async () => {
    const { cache } = setup({ maxBytes: 800 });
    for (let number = 0; number < 100; number += 1) await keep(cache, `k${number}`, 'x'.repeat(90));
    expect(cache.stats().sizeBytes).toBeLessThanOrEqual(800);
    expect(cache.get('k99')).toBeDefined();
    expect(cache.get('k0')).toBeUndefined();
    await keep(cache, 'large', 'x'.repeat(101));
    expect(cache.get('large')).toBeUndefined();
    cache.evict(['lists'], 1);
    expect(cache.stats()).toMatchObject({ entries: 0, sizeBytes: 0 });
  });
});

describe('a value that many want at once', () => {
  it('is computed once', async () => {
    const { cache } = setup();
    const computation = await computationOf(cache, 'a');
    const waiting = [cache.claim('a', LIST), cache.claim('a', LIST)];
    computation.finish({ text: 'one' }, LIST);
    expect(await Promise.all(waiting)).toEqual([{ value: { text: 'one' } }, { value: { text: 'one' } }]);
    expect(cache.stats()).toMatchObject({ misses: 3, joined: 2 });
  });

  it('is computed by each when the first cannot, or hangs', async () => {
    const { cache } = setup();
    const first = await computationOf(cache, 'a');
    const waiting = cache.claim('a', LIST);
    first.abandon();
    expect(await waiting).toHaveProperty('computation');
    const impatient = setup();
    impatient.clock.sleep = async () => undefined;
    await computationOf(impatient.cache, 'a');
    expect(await impatient.cache.claim('a', LIST)).toHaveProperty('computation');
  });

  it('is not kept when something it depends on changed meanwhile, nor given to who asks after the change', async () => {
    const { cache } = setup();
    const old = await computationOf(cache, 'a');
    const other = await computationOf(cache, 'b', { tags: ['thing:b'], ttlSeconds: 300 });
    cache.evict(['lists'], 1);
    const fresh = await computationOf(cache, 'a');
    old.finish({ text: 'old' }, LIST);
    expect(cache.get('a')).toBeUndefined();
    fresh.finish({ text: 'fresh' }, LIST);
    other.finish({ text: 'untouched' }, { tags: ['thing:b'], ttlSeconds: 300 });
    old.finish({ text: 'old again' }, LIST);
    expect([cache.get('a')?.text, cache.get('b')?.text]).toEqual(['fresh', 'untouched']);
  });
});

describe('a value computed when it is not kept', () => {
  it('is computed once, and again after a change', async () => {
    const { cache } = setup();
    let computed = 0;
    const value = () => keepOrCompute(cache, 'a', LIST, async () => ({ text: `${++computed}` }));
    expect((await Promise.all([value(), value(), value()])).map(({ text }) => text)).toEqual(['1', '1', '1']);
    cache.evict(['lists'], 1);
    expect((await value()).text).toBe('2');
  });

  it('is asked for again when computing it failed', async () => {
    const { cache } = setup();
    await expect(keepOrCompute(cache, 'a', LIST, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect((await keepOrCompute(cache, 'a', LIST, async () => ({ text: 'x' }))).text).toBe('x');
  });
});

describe('processes that share a tier', () => {
  it('compute once for all of them, until an event', async () => {
    const { kept, tier } = createMapTier();
    const [one, two] = [setup({ shared: tier }), setup({ shared: tier })];
    one.cache.followedFrom(7);
    two.cache.followedFrom(7);
    await keep(one.cache, 'a', 'one');
    expect(await two.cache.claim('a', LIST)).toEqual({ value: { text: 'one' } });
    expect(two.cache.get('a')).toEqual({ text: 'one' });
    expect(two.cache.stats()).toMatchObject({ sharedHits: 1 });
    expect(kept.size).toBe(1);
    one.cache.evict(['lists'], 8);
    expect(await one.cache.claim('a', LIST)).toHaveProperty('computation');
  });

  it('never keep a value longer than its time in all tiers together', async () => {
    const { kept, tier } = createMapTier();
    const { cache, clock } = setup({ shared: tier });
    cache.followedFrom(1);
    await keep(cache, 'a', 'one');
    for (const entry of kept.values()) entry.ttlSeconds = 10;
    clock.advance(300_000);
    await cache.claim('a', LIST);
    clock.advance(9_999);
    expect(cache.get('a')).toBeDefined();
    clock.advance(1);
    expect(cache.get('a')).toBeUndefined();
  });

  it('do not share before they follow events, nor what depends on more than its key says', async () => {
    const { kept, tier } = createMapTier();
    const { cache } = setup({ shared: tier });
    await keep(cache, 'early', 'x');
    cache.followedFrom(1);
    (await computationOf(cache, 'alias')).finish({ text: 'x' }, { tags: ['lists', 'thing:found'], ttlSeconds: 300 });
    expect(kept.size).toBe(0);
    expect(cache.get('alias')).toBeDefined();
  });

  it('compute by themselves when the tier fails', async () => {
    const broken: SharedTier<Value> = {
      get: () => Promise.reject(new Error('away')),
      set: () => Promise.reject(new Error('away')),
    };
    const { cache } = setup({ shared: broken });
    cache.followedFrom(1);
    await keep(cache, 'a', 'one');
    expect(cache.get('a')).toEqual({ text: 'one' });
  });
});

import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock/index.ts';
import { createTagClock } from './tag-clock.ts';

/** What a value depends on and how long it may be kept at most. */
export interface Keep {
  /** A change of any of them takes the value out at once. */
  tags: readonly string[];
  ttlSeconds: number;
}

/** A second tier that processes share; it may be slow, empty or away: then it answers null or throws. */
export interface SharedTier<Value> {
  /** With the seconds that are left of the time the value was given. */
  get(key: string): Promise<{ value: Value; ttlSeconds: number } | null>;
  set(key: string, value: Value, ttlSeconds: number): Promise<void>;
}

export interface CacheOptions<Value> {
  /** Of all values together; the one not asked for longest leaves first. */
  maxBytes: number;
  sizeBytesOf: (value: Value) => number;
  clock: Clock;
  shared?: SharedTier<Value> | undefined;
}

export interface CacheStats {
  hits: number;
  misses: number;
  /** Of the misses: answered by the shared tier. */
  sharedHits: number;
  /** Of the misses: answered by a computation that was already under way. */
  joined: number;
  /** Taken out because something they depended on changed. */
  evicted: number;
  entries: number;
  sizeBytes: number;
}

/** The right to compute a value while others wait for it. One of the two must be called; calling again does nothing. */
export interface Computation<Value> {
  /** Hands the value to whoever waits, and keeps it unless what it depends on changed meanwhile. */
  finish(value: Value, keep: Keep): void;
  /** There is nothing to share: whoever waits computes for itself. */
  abandon(): void;
}

export type Claim<Value> = { value: Value } | { computation: Computation<Value> };

export interface TaggedCache<Value> {
  /** The value, when it is here and fresh. */
  get(key: string): Value | undefined;
  /** After `get` found nothing: the value somebody else has or is about to have, or the right to compute it. */
  claim(key: string, keep: Keep): Promise<Claim<Value>>;
  /** Something changed, as event `eventId` says. */
  evict(tags: readonly string[], eventId: number): void;
  /** Events are followed from here on. Until this is called, nothing is taken from or given to the shared tier. */
  followedFrom(eventId: number): void;
  stats(): CacheStats;
}

/** The value, from wherever it is quickest to have: kept, shared, under way, or computed now. What throws is not kept. */
export async function keepOrCompute<Value extends object>(
  cache: TaggedCache<Value>,
  key: string,
  keep: Keep,
  compute: () => Promise<Value>,
): Promise<Value> {
  const known = cache.get(key);
  if (known) return known;
  const claim = await cache.claim(key, keep);
  if ('value' in claim) return claim.value;
  try {
    const value = await compute();
    claim.computation.finish(value, keep);
    return value;
  } finally {
    // Does nothing once it is finished.
    claim.computation.abandon();
  }
}

interface Entry<Value> {
  value: Value;
  keep: Keep;
  expiresAtMs: number;
}

/** A value larger than this share of the whole would push out too many others. */
const LARGEST_SHARE = 1 / 8;
/** Whoever waits for another's computation longer than this computes for itself: the other may hang. */
const WAIT_MS = 2_000;

export function createTaggedCache<Value extends object>(options: CacheOptions<Value>): TaggedCache<Value> {
  const { clock, shared } = options;
  const entries = createTaggedEntries(options);
  const tagClock = createTagClock();
  const changes = createChangeWatch();
  const pending = new Map<string, Promise<Value | null>>();
  const counters = { hits: 0, misses: 0, sharedHits: 0, joined: 0, evicted: 0 };

  const store = (key: string, value: Value, keep: Keep): void =>
    entries.set(key, { value, keep, expiresAtMs: clock.monotonicMs() + keep.ttlSeconds * 1000 });

  /** Whoever else asks for the key waits for `settle`. `store` keeps nothing that became old meanwhile, and says so. */
  function begin(key: string) {
    const outcome = Promise.withResolvers<Value | null>();
    const watch = changes.begin();
    pending.set(key, outcome.promise);
    return {
      store: (value: Value, keep: Keep): boolean => {
        const fresh = !watch.changed(keep.tags);
        if (fresh) store(key, value, keep);
        return fresh;
      },
      settle: (value: Value | null): void => {
        outcome.resolve(value);
        watch.end();
        if (pending.get(key) === outcome.promise) pending.delete(key);
      },
    };
  }

  async function join(computed: Promise<Value | null>): Promise<Value | null> {
    const done = new AbortController();
    try {
      return await Promise.race([computed, clock.sleep(WAIT_MS, done.signal).then(() => null)]);
    } finally {
      done.abort();
    }
  }

  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry === undefined || entry.expiresAtMs <= clock.monotonicMs()) return undefined;
      counters.hits += 1;
      return entry.value;
    },

    claim: async (key, claimed) => {
      counters.misses += 1;
      const underWay = pending.get(key);
      const joined = underWay ? await join(underWay) : null;
      if (joined) {
        counters.joined += 1;
        return { value: joined };
      }
      const begun = begin(key);
      // The shared key changes with whatever the value depends on, so that nothing there need ever be deleted.
      const changedAt = shared ? tagClock.latest(claimed.tags) : null;
      const sharedKey = `${changedAt}:${key}`;
      const found = changedAt === null ? null : await shared?.get(sharedKey).catch(() => null);
      if (found) {
        counters.sharedHits += 1;
        begun.store(found.value, { ...claimed, ttlSeconds: Math.min(claimed.ttlSeconds, found.ttlSeconds) });
        begun.settle(found.value);
        return { value: found.value };
      }
      let open = true;
      const settle = (value: Value | null): void => {
        open = false;
        begun.settle(value);
      };
      return {
        computation: {
          finish: (value, keep) => {
            if (!open) return;
            const fresh = begun.store(value, keep);
            // A tag that was not known when the key was made does not change the key.
            const covered = keep.tags.every((tag) => claimed.tags.includes(tag));
            if (fresh && covered && changedAt !== null) {
              shared?.set(sharedKey, value, keep.ttlSeconds).catch(() => undefined);
            }
            settle(value);
          },
          abandon: () => {
            if (open) settle(null);
          },
        },
      };
    },

    evict: (tags, eventId) => {
      // Whoever asks from now on must not be given what is being computed from before.
      pending.clear();
      changes.note(tags);
      for (const tag of tags) {
        tagClock.touch(tag, eventId);
        counters.evicted += entries.deleteTagged(tag);
      }
    },
    followedFrom: (eventId) => tagClock.startAt(eventId),
    stats: () => ({ ...counters, ...entries.size() }),
  };
}

/** Values in the order of their last use, bounded in bytes, and by tag. */
function createTaggedEntries<Value extends object>(options: CacheOptions<Value>) {
  const keysOf = new Map<string, Set<string>>();
  const entries = new LRUCache<string, Entry<Value>>({
    maxSize: options.maxBytes,
    maxEntrySize: Math.floor(options.maxBytes * LARGEST_SHARE),
    // A character of a key may take two bytes.
    sizeCalculation: (entry, key) => options.sizeBytesOf(entry.value) + 2 * key.length,
    dispose: (entry, key) => {
      for (const tag of entry.keep.tags) {
        const keys = keysOf.get(tag);
        keys?.delete(key);
        if (keys?.size === 0) keysOf.delete(tag);
      }
    },
  });
  return {
    get: (key: string) => entries.get(key),
    set: (key: string, entry: Entry<Value>): void => {
      entries.set(key, entry);
      if (!entries.has(key)) return;
      for (const tag of entry.keep.tags) {
        const keys = keysOf.get(tag);
        if (keys) keys.add(key);
        else keysOf.set(tag, new Set([key]));
      }
    },
    /** Says how many there were. */
    deleteTagged: (tag: string): number => {
      // A copy: taking an entry out changes the set.
      const keys = [...(keysOf.get(tag) ?? [])];
      for (const key of keys) entries.delete(key);
      return keys.length;
    },
    size: () => ({ entries: entries.size, sizeBytes: entries.calculatedSize }),
  };
}

/** Tells a computation whether something it depends on changed while it ran. Remembers nothing while none runs. */
function createChangeWatch() {
  const lastChange = new Map<string, number>();
  let count = 0;
  let watching = 0;
  return {
    note: (tags: readonly string[]): void => {
      count += 1;
      if (watching > 0) for (const tag of tags) lastChange.set(tag, count);
    },
    begin: () => {
      const startedAt = count;
      watching += 1;
      return {
        changed: (tags: readonly string[]): boolean => tags.some((tag) => (lastChange.get(tag) ?? 0) > startedAt),
        end: (): void => {
          watching -= 1;
          if (watching === 0) lastChange.clear();
        },
      };
    },
  };
}

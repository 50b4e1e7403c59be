import { type ObjectHead, type ObjectKey, type OpenObject, objectName } from '../vault/index.ts';

/** A piece of a stored object in memory, lent to one answer until it is released, once. */
export interface Block {
  /** Shorter than a block only at the end of the object. Not to be changed. */
  readonly bytes: Buffer;
}

/** The blocks of one object. */
export interface ObjectBlocks {
  readonly blockBytes: number;
  /** Lends the block if it is in memory now. */
  peek(index: number): Block | null;
  /** Lends the block, read once for all who wait for it. @throws what reading throws, and Error when the object is shorter than it says */
  load(index: number, object: OpenObject): Promise<Block>;
  /** Takes a block back, once the system has its bytes. */
  release(block: Block): void;
}

export interface BlockCache {
  of(key: ObjectKey, head: ObjectHead): ObjectBlocks;
  stats(): BlockStats;
}

/** Of blocks: lent from memory, read from the storage or waited for, kept now. */
export interface BlockStats {
  hits: number;
  misses: number;
  entries: number;
  sizeBytes: number;
}

interface Home {
  name: string;
  blocks: Map<number, Entry>;
}

interface Entry extends Block {
  home: Home;
  index: number;
  buffer: Buffer;
  bytes: Buffer;
  users: number;
  /** Since the hand of the clock last came by. */
  used: boolean;
  cached: boolean;
}

/** Buffers between two uses: as many as reads of files that nobody has asked for lately end at about the same time. */
const MAX_SPARE = 8;

/**
 * The pieces of files that were sent last, so that what many listen to is read once: sending a block that is here takes neither
 * a thread nor a copy, which makes small ranges twice as cheap. Buffers are used again and again. What has not been used since
 * the hand last came by makes room (the CLOCK approximation of least recently used, which costs nothing when a block is used).
 * `maxBytes` are kept; blocks that slow listeners still hold are counted in, and more are made while they hold all of it.
 */
export function createBlockCache(options: { blockBytes: number; maxBytes: number }): BlockCache {
  const { blockBytes } = options;
  const maxBlocks = Math.floor(options.maxBytes / blockBytes);
  const ring: Entry[] = [];
  let hand = 0;
  /** Those that have a block. */
  const homes = new Map<string, Home>();
  const loading = new Map<string, Promise<Entry>>();
  const spare: Buffer[] = [];
  let hits = 0;
  let misses = 0;

  function lend(entry: Entry): Entry {
    entry.users += 1;
    entry.used = true;
    return entry;
  }

  function recycle(entry: Entry): void {
    if (!entry.cached && entry.users === 0 && spare.length < MAX_SPARE) spare.push(entry.buffer);
  }

  /** Puts the entry where the hand finds one that nobody used for a whole round. */
  function insert(entry: Entry): void {
    const { home } = entry;
    homes.set(home.name, home);
    home.blocks.set(entry.index, entry);
    if (ring.length < maxBlocks) {
      ring.push(entry);
      return;
    }
    for (;;) {
      const at = hand;
      hand = (hand + 1) % ring.length;
      const resident = ring[at];
      if (resident?.used) {
        resident.used = false;
        continue;
      }
      ring[at] = entry;
      if (resident) evict(resident);
      return;
    }
  }

  function evict(entry: Entry): void {
    const { name, blocks } = entry.home;
    blocks.delete(entry.index);
    if (blocks.size === 0) homes.delete(name);
    entry.cached = false;
    recycle(entry);
  }

  async function read(home: Home, index: number, object: OpenObject): Promise<Entry> {
    const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(blockBytes);
    const position = index * blockBytes;
    const length = Math.min(blockBytes, object.sizeBytes - position);
    const readBytes = await object.read(buffer, position, length);
    if (readBytes < length) throw new Error(`object of ${object.sizeBytes} bytes ends at ${position + readBytes}`);
    const bytes = buffer.subarray(0, length);
    const entry: Entry = { home, index, buffer, bytes, users: 0, used: true, cached: true };
    insert(entry);
    return entry;
  }

  return {
    of: (key, head) => {
      const name = nameOf(key, head);
      const home = homes.get(name) ?? { name, blocks: new Map<number, Entry>() };
      return {
        blockBytes,
        peek: (index) => {
          const entry = home.blocks.get(index);
          if (!entry) return null;
          hits += 1;
          return lend(entry);
        },
        load: async (index, object) => {
          misses += 1;
          const block = `${name}/${index}`;
          let reading = loading.get(block);
          if (!reading) {
            reading = read(home, index, object).finally(() => loading.delete(block));
            loading.set(block, reading);
          }
          return lend(await reading);
        },
        release: (block) => {
          const entry = block as Entry;
          entry.users -= 1;
          recycle(entry);
        },
      };
    },
    stats: () => ({ hits, misses, entries: ring.length, sizeBytes: (ring.length + spare.length) * blockBytes }),
  };
}

/** Bytes that were found corrupt and published anew have the same hash, but not the same date. */
function nameOf(key: ObjectKey, { storedAt }: ObjectHead): string {
  return `${objectName(key)}@${storedAt.getTime()}`;
}

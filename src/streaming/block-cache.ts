import { type ObjectKey, type OpenObject, objectName } from '../vault/index.ts';

/** A piece of a stored object in memory, lent to one answer. `release` once the system has taken the bytes. */
export interface Block {
  /** Shorter than a block only at the end of the object. Not to be changed. */
  readonly bytes: Buffer;
  release(): void;
}

export interface BlockCache {
  readonly blockBytes: number;
  /** The block if it is in memory now. */
  peek(key: ObjectKey, object: OpenObject, index: number): Block | null;
  /** Reads the block, once for all who wait for it. @throws what reading throws, and Error when the object is shorter than it says */
  load(key: ObjectKey, object: OpenObject, index: number): Promise<Block>;
}

interface Entry {
  name: string;
  buffer: Buffer;
  bytes: Buffer;
  users: number;
  cached: boolean;
}

/**
 * The pieces of files that were sent last, so that what many listen to is read once: sending a block that is here takes neither
 * a thread nor a copy, which makes small ranges twice as cheap. Buffers are used again and again.
 * `maxBytes` are kept; blocks that slow listeners still hold are counted in, and more are made while they hold all of it.
 */
export function createBlockCache(options: { blockBytes: number; maxBytes: number }): BlockCache {
  const { blockBytes } = options;
  const maxBlocks = Math.floor(options.maxBytes / blockBytes);
  /** Least recently used first. */
  const entries = new Map<string, Entry>();
  const loading = new Map<string, Promise<Entry>>();
  const spare: Buffer[] = [];

  const lend = (entry: Entry): Block => {
    entry.users += 1;
    let released = false;
    return {
      bytes: entry.bytes,
      release: () => {
        if (released) return;
        released = true;
        entry.users -= 1;
        recycle(entry);
      },
    };
  };

  function recycle(entry: Entry): void {
    if (!entry.cached && entry.users === 0 && spare.length + entries.size < maxBlocks) spare.push(entry.buffer);
  }

  function insert(entry: Entry): void {
    entries.set(entry.name, entry);
    if (entries.size <= maxBlocks) return;
    for (const oldest of entries.values()) {
      entries.delete(oldest.name);
      oldest.cached = false;
      recycle(oldest);
      return;
    }
  }

  async function read(name: string, object: OpenObject, index: number): Promise<Entry> {
    const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(blockBytes);
    const position = index * blockBytes;
    const length = Math.min(blockBytes, object.sizeBytes - position);
    const readBytes = await object.read(buffer, position, length);
    if (readBytes < length) throw new Error(`object of ${object.sizeBytes} bytes ends at ${position + readBytes}`);
    const entry: Entry = { name, buffer, bytes: buffer.subarray(0, length), users: 0, cached: true };
    insert(entry);
    return entry;
  }

  return {
    blockBytes,
    peek: (key, object, index) => {
      const name = nameOf(key, object, index);
      const entry = entries.get(name);
      if (!entry) return null;
      entries.delete(name);
      entries.set(name, entry);
      return lend(entry);
    },
    load: async (key, object, index) => {
      const name = nameOf(key, object, index);
      let reading = loading.get(name);
      if (!reading) {
        reading = read(name, object, index).finally(() => loading.delete(name));
        loading.set(name, reading);
      }
      return lend(await reading);
    },
  };
}

/** Bytes that were found corrupt and published anew have the same hash, but not the same date. */
function nameOf(key: ObjectKey, object: OpenObject, index: number): string {
  return `${objectName(key)}@${object.storedAt.getTime()}/${index}`;
}

/** A file that is open: what a reader needs of it without asking the disk again. */
export interface OpenFile {
  fd: number;
  sizeBytes: number;
  storedAt: Date;
}

/** An open file lent to one reader. `release` once. */
export interface Lease {
  file: OpenFile;
  release(): void;
}

export interface HandleCache {
  /** Lends the open file of `name`, opening it when needed; null when there is none. */
  lend(name: string): Promise<Lease | null>;
  /** Lends the file of `name` if it is open now. */
  lendOpen(name: string): Lease | null;
  /** Forgets `name`: the next reader opens it anew, present readers keep what they have. */
  forget(name: string): void;
  /** Forgets all; files lent out are closed when their readers release them. */
  close(): void;
}

interface Entry {
  file: OpenFile;
  readers: number;
  forgotten: boolean;
  idleSinceMs: number;
}

/**
 * Keeps files open between requests: a listener asks for hundreds of pieces of the same few files.
 * A handle is closed only when nobody reads it. At most `maxIdle` unused handles stay open, each at most `idleMs`.
 */
export function createHandleCache(options: {
  open: (name: string) => Promise<OpenFile | null>;
  closeFile: (fd: number) => void;
  monotonicMs: () => number;
  maxIdle: number;
  /** Also how long the room of a file deleted by another process may stay taken, in ms. */
  idleMs: number;
}): HandleCache {
  const entries = new Map<string, Entry>();
  const opening = new Map<string, Promise<OpenFile | null>>();
  /** Unused entries, longest unused first. */
  const idle = new Map<string, Entry>();

  function lendEntry(name: string, entry: Entry): Lease {
    idle.delete(name);
    entry.readers += 1;
    let released = false;
    return {
      file: entry.file,
      release: () => {
        if (released) return;
        released = true;
        giveBack(name, entry);
      },
    };
  }

  function giveBack(name: string, entry: Entry): void {
    entry.readers -= 1;
    if (entry.readers > 0) return;
    if (entry.forgotten) {
      options.closeFile(entry.file.fd);
      return;
    }
    entry.idleSinceMs = options.monotonicMs();
    idle.set(name, entry);
    evict(entry.idleSinceMs);
  }

  function evict(nowMs: number): void {
    for (const [name, entry] of idle) {
      if (idle.size <= options.maxIdle && nowMs - entry.idleSinceMs <= options.idleMs) return;
      forget(name);
    }
  }

  function forget(name: string): void {
    const entry = entries.get(name);
    if (!entry) return;
    entries.delete(name);
    idle.delete(name);
    entry.forgotten = true;
    if (entry.readers === 0) options.closeFile(entry.file.fd);
  }

  async function openOnce(name: string): Promise<OpenFile | null> {
    try {
      const file = await options.open(name);
      if (file) entries.set(name, { file, readers: 0, forgotten: false, idleSinceMs: 0 });
      return file;
    } finally {
      opening.delete(name);
    }
  }

  async function lend(name: string): Promise<Lease | null> {
    for (;;) {
      const entry = entries.get(name);
      if (entry) return lendEntry(name, entry);
      let pending = opening.get(name);
      if (!pending) {
        pending = openOnce(name);
        opening.set(name, pending);
      }
      // Whoever waits with us may have used and forgotten it before our turn: then it is opened again.
      if ((await pending) === null) return null;
    }
  }

  return {
    lend,
    lendOpen: (name) => {
      const entry = entries.get(name);
      return entry ? lendEntry(name, entry) : null;
    },
    forget,
    close: () => {
      for (const name of [...entries.keys()]) forget(name);
    },
  };
}

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
  /** Lends the open file of `path`, opening it when needed; null when there is none. */
  lend(path: string): Promise<Lease | null>;
  /** Forgets `path`: the next reader opens it anew, present readers keep what they have. */
  forget(path: string): void;
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
  open: (path: string) => Promise<OpenFile | null>;
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

  function lendEntry(path: string, entry: Entry): Lease {
    idle.delete(path);
    entry.readers += 1;
    let released = false;
    return {
      file: entry.file,
      release: () => {
        if (released) return;
        released = true;
        giveBack(path, entry);
      },
    };
  }

  function giveBack(path: string, entry: Entry): void {
    entry.readers -= 1;
    if (entry.readers > 0) return;
    if (entry.forgotten) {
      options.closeFile(entry.file.fd);
      return;
    }
    entry.idleSinceMs = options.monotonicMs();
    idle.set(path, entry);
    evict(entry.idleSinceMs);
  }

  function evict(nowMs: number): void {
    for (const [path, entry] of idle) {
      if (idle.size <= options.maxIdle && nowMs - entry.idleSinceMs <= options.idleMs) return;
      forget(path);
    }
  }

  function forget(path: string): void {
    const entry = entries.get(path);
    if (!entry) return;
    entries.delete(path);
    idle.delete(path);
    entry.forgotten = true;
    if (entry.readers === 0) options.closeFile(entry.file.fd);
  }

  async function openOnce(path: string): Promise<OpenFile | null> {
    try {
      const file = await options.open(path);
      if (file) entries.set(path, { file, readers: 0, forgotten: false, idleSinceMs: 0 });
      return file;
    } finally {
      opening.delete(path);
    }
  }

  async function lend(path: string): Promise<Lease | null> {
    for (;;) {
      const entry = entries.get(path);
      if (entry) return lendEntry(path, entry);
      let pending = opening.get(path);
      if (!pending) {
        pending = openOnce(path);
        opening.set(path, pending);
      }
      // Whoever waits with us may have used and forgotten it before our turn: then it is opened again.
      if ((await pending) === null) return null;
    }
  }

  return {
    lend,
    forget,
    close: () => {
      for (const path of [...entries.keys()]) forget(path);
    },
  };
}

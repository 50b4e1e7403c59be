/** A test that asks for more ranges of one file than this has gone wrong; later ones are counted, not listed. */
const MAX_LISTED_RANGES = 10_000;
/** The replay knows a few hundred addresses; requests for more different paths than this are counted under one name. */
const MAX_PATHS = 10_000;
const OTHER_PATHS = '(other paths)';

interface PathCount {
  requests: number;
  /** Body bytes handed to the kernel: a client that dies may have left some of them unread. */
  bytesServed: number;
  /** Range headers as asked, in order, at most 10,000. */
  ranges: readonly string[];
}

/** What the replay was asked for since its start or the last reset. */
export interface Counters {
  of(path: string): PathCount;
  /** Requests on every path. */
  total(): { requests: number; bytesServed: number };
  /** Requests being answered at the same moment, at most. */
  maxConcurrent(): number;
  reset(): void;
}

export interface CounterKeeper extends Counters {
  begin(path: string, range: string | undefined): { addBytes(bytes: number): void; end(): void };
}

export function createCounters(): CounterKeeper {
  const paths = new Map<string, { requests: number; bytesServed: number; ranges: string[] }>();
  let open = 0;
  let maxOpen = 0;

  function countOf(asked: string) {
    const path = paths.has(asked) || paths.size < MAX_PATHS ? asked : OTHER_PATHS;
    const known = paths.get(path);
    if (known !== undefined) return known;
    const fresh = { requests: 0, bytesServed: 0, ranges: [] };
    paths.set(path, fresh);
    return fresh;
  }

  return {
    of: (path) => structuredClone(paths.get(path) ?? { requests: 0, bytesServed: 0, ranges: [] }),
    total() {
      const all = [...paths.values()];
      return {
        requests: all.reduce((sum, { requests }) => sum + requests, 0),
        bytesServed: all.reduce((sum, { bytesServed }) => sum + bytesServed, 0),
      };
    },
    maxConcurrent: () => maxOpen,
    reset() {
      paths.clear();
      maxOpen = open;
    },
    begin(path, range) {
      const count = countOf(path);
      count.requests += 1;
      if (range !== undefined && count.ranges.length < MAX_LISTED_RANGES) count.ranges.push(range);
      open += 1;
      maxOpen = Math.max(maxOpen, open);
      return {
        addBytes: (bytes) => {
          countOf(path).bytesServed += bytes;
        },
        end: () => {
          open -= 1;
        },
      };
    },
  };
}

/** Work that is done by a few at once, the others waiting their turn. */
export interface Lane {
  /** Does the work when it is its turn; null when too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T | null>;
}

/** `width` at once, `waiting` more in the order they came. */
export function createLane({ width, waiting }: { width: number; waiting: number }): Lane {
  let running = 0;
  const queue: (() => void)[] = [];

  return {
    run: async (work) => {
      if (running >= width) {
        if (queue.length >= waiting) return null;
        // Whoever leaves hands over its place, so that nobody slips in between.
        await new Promise<void>((myTurn) => queue.push(myTurn));
      } else running += 1;
      try {
        return await work();
      } finally {
        const next = queue.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}

/** Runs `work` on each item, at most `limit` at once. Waits for all that started; then throws the first failure, if any. */
export async function forEachLimited<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const drain = async (): Promise<void> => {
    // All lanes draw from the one iterator, so each item goes to one of them.
    for (const item of queue) await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: limit }, drain));
  const failed = lanes.find((lane) => lane.status === 'rejected');
  if (failed) throw failed.reason;
}

import { setTimeout as delay } from 'node:timers/promises';

/** Far more than anything here takes on two busy cores, in ms. */
const DEADLINE_MS = 90_000;
const LOOK_EVERY_MS = 50;

/** Looks until `look` gives something that is neither null, undefined nor false. @throws Error with `what` at the deadline */
export async function until<T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const endMs = performance.now() + deadlineMs;
  while (performance.now() < endMs) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(`not within ${deadlineMs} ms: ${what}`);
}
